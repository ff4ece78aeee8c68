/**
What an engine or store object holds in the module, and whether it may be used right now.

@module
*/
import { invalidState, VectorSearchError } from './errors.js';
import { forgetLeak, guardLeak } from './leak-guard.js';
import type { ModuleRuntime } from './module-runtime.js';

export class Handle<Raw extends { delete(): void }> {
  readonly runtime: ModuleRuntime;
  readonly #kind: string;
  #raw: Raw | undefined;
  #longCall: string | undefined;

  /** @param kind - What errors call the object, as in "The engine has been disposed". */
  constructor(runtime: ModuleRuntime, raw: Raw, kind: string) {
    this.runtime = runtime;
    this.#raw = raw;
    this.#kind = kind;
    guardLeak(this, kind, () => release(runtime, raw));
  }

  /**
  The object in the module.

  @throws {VectorSearchError} with code `DISPOSED`; `INVALID_ARGUMENT` when called between the steps of a long call
  that changes the object (from its `onProgress`, say).
  */
  get raw(): Raw {
    const raw = this.rawInLongCall;
    if (this.#longCall !== undefined) {
      throw invalidState(
        `${this.#longCall}() to be over before the next call on the ${this.#kind}`,
        'one inside it',
      );
    }
    return raw;
  }

  /** The object in the module, for the steps of the long call itself. */
  get rawInLongCall(): Raw {
    if (this.#raw === undefined) throw new VectorSearchError('DISPOSED', this.#kind);
    return this.#raw;
  }

  get disposed(): boolean {
    return this.#raw === undefined;
  }

  /** From here to `endLongCall` only the long call itself may use the object. */
  beginLongCall(name: string): void {
    void this.raw;
    this.#longCall = name;
  }

  endLongCall(): void {
    this.#longCall = undefined;
  }

  /** Frees the memory. Again: does nothing. */
  dispose(): void {
    if (this.#raw === undefined) return;
    forgetLeak(this);
    release(this.runtime, this.#raw);
    this.#raw = undefined;
  }
}

/** A module that has stopped has nothing to free: its memory goes with it. */
function release(runtime: ModuleRuntime, raw: { delete(): void }): void {
  try {
    runtime.call(() => raw.delete());
  } catch (error) {
    if (!(error instanceof VectorSearchError)) throw error;
  }
}
