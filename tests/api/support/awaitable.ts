/**
What the synchronous classes and their worker clients have in common, so that one suite can run on both.

@module
*/

/** `T` with every public method and property perhaps as a promise. `await` takes both. */
export type Awaitable<T> = {
  readonly [Key in Exclude<keyof T, symbol | `${string}Steps`>]: T[Key] extends (
    ...args: infer Arguments
  ) => infer Result
    ? (...args: Arguments) => Result | Promise<Result>
    : T[Key] | Promise<T[Key]>;
};

/** The error of a call that must fail, thrown or rejected. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('the call was expected to fail');
}
