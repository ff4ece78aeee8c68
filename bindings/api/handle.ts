/**
The object in the module that an object here holds, and whether it may be used right now.

@module
*/
import { invalidState, VectorSearchError } from './errors.js';
import { forgetLeak, guardLeak } from './leak-guard.js';
import type { ModuleRuntime, RowOffset } from './module-runtime.js';
import type { RawModule, Reply } from './raw-module.js';

/** What errors call an object: an engine that users call a store is one. */
export type Kind = 'engine' | 'store' | 'sparse index' | 'storage';

/** One that goes on in steps. */
interface LongCall {
  readonly name: string;
  /** Whether the object is as it was, between two steps, for those who read it. */
  readonly letsRead: boolean;
}

/** Frees an object of the module. */
export type Free = (raw: RawModule, address: number) => void;

const freeEngine: Free = (raw, address) => raw.engineDelete(address);

export class Handle {
  readonly runtime: ModuleRuntime;
  /** What errors call the object, as in "The engine has been disposed". */
  readonly kind: Kind;
  readonly #free: Free;
  #address: number | undefined;
  /** The innermost last. */
  readonly #longCalls: LongCall[] = [];

  constructor(runtime: ModuleRuntime, address: number, kind: Kind, free = freeEngine) {
    this.runtime = runtime;
    this.#address = address;
    this.kind = kind;
    this.#free = free;
    guardLeak(this, kind, () => release(runtime, address, free));
  }

  /**
  Address of the object in the module.

  @throws {VectorSearchError} with code `DISPOSED`; `INVALID_ARGUMENT` when called between the steps of a long call
  that changes the object or reads it (from its `onProgress`, say).
  */
  get address(): number {
    return this.#addressBeside(this.#longCalls.at(-1));
  }

  /** {@link address}, for calls that change nothing: also between the steps of a long call that lets them read. */
  get addressToRead(): number {
    return this.#addressBeside(this.#longCalls.find(({ letsRead }) => !letsRead));
  }

  /** Address of the object, for the steps of the long call itself. */
  get addressInLongCall(): number {
    if (this.#address === undefined) throw new VectorSearchError('DISPOSED', this.kind);
    return this.#address;
  }

  /**
  Calls into the module for the object, for the steps of a long call. That it is disposed is told before: within the call an
  error is taken for a trap.

  @throws {VectorSearchError} as {@link addressInLongCall}, and as {@link ModuleRuntime.call}.
  */
  call<T>(body: (raw: RawModule, address: number) => T): T {
    const address = this.addressInLongCall;
    return this.runtime.call((raw) => body(raw, address));
  }

  /** As {@link call}, of a function that replies with a number: as {@link ModuleRuntime.checked}. */
  checked(body: (raw: RawModule, address: number) => Reply, offset?: RowOffset): number {
    const address = this.addressInLongCall;
    return this.runtime.checked((raw) => body(raw, address), offset);
  }

  get disposed(): boolean {
    return this.#address === undefined;
  }

  /**
  From here to `endLongCall` only the long call itself may use the object, and, between its steps, those that it lets read.

  @param reads - Whether it only reads itself.
  */
  beginLongCall(name: string, { reads = false, letsRead = false } = {}): void {
    void (reads ? this.addressToRead : this.address);
    this.#longCalls.push({ name, letsRead });
  }

  endLongCall(): void {
    this.#longCalls.pop();
  }

  /** Frees the memory. Again: does nothing. */
  dispose(): void {
    if (this.#address === undefined) return;
    forgetLeak(this);
    release(this.runtime, this.#address, this.#free);
    this.#address = undefined;
  }

  #addressBeside(longCall: LongCall | undefined): number {
    const address = this.addressInLongCall;
    if (longCall === undefined) return address;
    throw invalidState(
      `${longCall.name}() to be over before the next call on the ${this.kind}`,
      'one inside it',
    );
  }
}

/** A module that has stopped has nothing to free: its memory goes with it. */
function release(runtime: ModuleRuntime, address: number, free: Free): void {
  try {
    runtime.call((raw) => free(raw, address));
  } catch (error) {
    if (!(error instanceof VectorSearchError)) throw error;
  }
}
