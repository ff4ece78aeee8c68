/**
The engine in the module that an object holds, and whether it may be used right now.

@module
*/
import { invalidState, VectorSearchError } from './errors.js';
import { forgetLeak, guardLeak } from './leak-guard.js';
import type { ModuleRuntime } from './module-runtime.js';

/** What holds an engine: one that users call a store, too. */
export type Kind = 'engine' | 'store';

export class Handle {
  readonly runtime: ModuleRuntime;
  /** What errors call the object, as in "The engine has been disposed". */
  readonly kind: Kind;
  #address: number | undefined;
  #longCall: string | undefined;

  constructor(runtime: ModuleRuntime, address: number, kind: Kind) {
    this.runtime = runtime;
    this.#address = address;
    this.kind = kind;
    guardLeak(this, kind, () => release(runtime, address));
  }

  /**
  Address of the object in the module.

  @throws {VectorSearchError} with code `DISPOSED`; `INVALID_ARGUMENT` when called between the steps of a long call
  that changes the object or searches it (from its `onProgress`, say).
  */
  get address(): number {
    const address = this.addressInLongCall;
    if (this.#longCall !== undefined) {
      throw invalidState(
        `${this.#longCall}() to be over before the next call on the ${this.kind}`,
        'one inside it',
      );
    }
    return address;
  }

  /** Address of the object, for the steps of the long call itself. */
  get addressInLongCall(): number {
    if (this.#address === undefined) throw new VectorSearchError('DISPOSED', this.kind);
    return this.#address;
  }

  get disposed(): boolean {
    return this.#address === undefined;
  }

  /** From here to `endLongCall` only the long call itself may use the object. */
  beginLongCall(name: string): void {
    void this.address;
    this.#longCall = name;
  }

  endLongCall(): void {
    this.#longCall = undefined;
  }

  /** Frees the memory. Again: does nothing. */
  dispose(): void {
    if (this.#address === undefined) return;
    forgetLeak(this);
    release(this.runtime, this.#address);
    this.#address = undefined;
  }
}

/** A module that has stopped has nothing to free: its memory goes with it. */
function release(runtime: ModuleRuntime, address: number): void {
  try {
    runtime.call((raw) => raw.engineDelete(address));
  } catch (error) {
    if (!(error instanceof VectorSearchError)) throw error;
  }
}
