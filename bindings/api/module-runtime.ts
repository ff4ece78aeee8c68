/**
The one loaded module: calls into it, errors out of it, and its scratch memory.

@module
*/
import { moduleError, moduleErrorCodes, VectorSearchError } from './errors.js';
import { copyDoubles } from './module-arrays.js';
import { errorNumbers, type RawModule, type Reply } from './raw-module.js';
import { Scratch } from './scratch.js';
import type { Variant } from './types.js';

/** Where the rows of a call lie in the caller's array, so that positions in errors count from its start. */
export interface RowOffset {
  /** Rows before those of the call. */
  readonly row: number;
  readonly dim: number;
}

export class ModuleRuntime {
  readonly variant: Variant;
  /** When the module became ready, in milliseconds since 1970. */
  readonly readyTime = performance.timeOrigin + performance.now();
  readonly #raw: RawModule;
  readonly #scratch: Scratch;
  #trap: { readonly error: unknown } | undefined;

  constructor(raw: RawModule) {
    this.#raw = raw;
    this.#scratch = new Scratch(raw.wasmMemory);
    this.variant = raw.usesRelaxedSimd() ? 'relaxed' : 'simd128';
  }

  get memory(): WebAssembly.Memory {
    return this.#raw.wasmMemory;
  }

  /**
  Calls into the module. Its errors come back as values; whatever is thrown is a trap, after which nothing in its
  memory can be trusted, so every later call fails at once.

  @throws {VectorSearchError} with code `INTERNAL`.
  */
  call<T>(body: (raw: RawModule) => T): T {
    this.#checkUsable();
    try {
      return body(this.#raw);
    } catch (error) {
      this.#trap = { error };
      this.#checkUsable();
      throw error;
    }
  }

  /**
  Calls a function that replies with a number.

  @param offset - Added to the positions that errors tell.
  @returns The reply, 0 or more.
  @throws {VectorSearchError} with the code of the reply.
  */
  checked(body: (raw: RawModule) => Reply, offset?: RowOffset): number {
    const reply = this.call(body);
    if (reply < 0) throw this.lastError(offset);
    return reply;
  }

  /**
  Scratch memory, empty, with room for `bytes` bytes. Taken from the last caller.

  @throws {VectorSearchError} with code `OUT_OF_MEMORY`.
  */
  scratch(bytes: number): Scratch {
    return this.#scratch.restart(this.checked((raw) => raw.scratch(bytes)));
  }

  /** The error of the call that has just failed. */
  lastError(offset?: RowOffset): VectorSearchError {
    const address = this.call((raw) => raw.lastError());
    const numbers = [...copyDoubles(this.memory, address, errorNumbers)];
    const [code, expected, actual] = numbers as [number, number, number];
    const name = moduleErrorCodes[code - 1];
    if (offset !== undefined && name === 'NOT_FINITE') {
      return moduleError(code, expected, actual + offset.row * offset.dim);
    }
    if (offset !== undefined && name === 'ZERO_VECTOR')
      return moduleError(code, expected, actual + offset.row);
    return moduleError(code, expected, actual);
  }

  #checkUsable(): void {
    if (this.#trap === undefined) return;
    throw new VectorSearchError('INTERNAL', undefined, `the module has stopped: ${this.#trap.error}`, {
      cause: this.#trap.error,
    });
  }
}
