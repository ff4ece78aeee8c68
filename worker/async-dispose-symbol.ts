/**
Explicit resource management of objects whose end takes time, where the runtime has it.

@module
*/

/**
Makes an object end by `Symbol.asyncDispose` too. Without the symbol there is nothing to do. For constructors: done to a
class, bundlers would keep the class even where nobody uses it.
*/
export function disposeByAsyncSymbol(object: object, end: () => Promise<void>): void {
  if (typeof Symbol.asyncDispose === 'symbol')
    Object.defineProperty(object, Symbol.asyncDispose, { value: end, configurable: true });
}
