/**
Saving to and loading from the caller's bytes, piece by piece, so that the module never holds a second copy.

@module
*/
import { allocateBytes } from './allocate.js';
import { checkBytes } from './arguments.js';
import type { Handle } from './handle.js';
import type { ModuleRuntime } from './module-runtime.js';

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`. */
export function saveBytes({ address: object, runtime }: Handle): Uint8Array {
  const { memory } = runtime;
  const bytes = allocateBytes(runtime.checked((raw) => raw.engineSavedBytes(object)));
  let position = 0;
  runtime.checked((raw) => {
    raw.writePiece = (address, size) => {
      bytes.set(new Uint8Array(memory.buffer, address, size), position);
      position += size;
    };
    const reply = raw.engineSave(object);
    delete raw.writePiece;
    return reply;
  });
  return bytes;
}

/**
@returns Address of the engine.
@throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION` or `OUT_OF_MEMORY`.
*/
export function loadBytes(runtime: ModuleRuntime, bytes: Uint8Array): number {
  checkBytes(bytes);
  const { memory } = runtime;
  return runtime.checked((raw) => {
    raw.readPiece = (offset, address, size) => {
      new Uint8Array(memory.buffer, address, size).set(bytes.subarray(offset, offset + size));
    };
    const reply = raw.engineLoad(bytes.length);
    delete raw.readPiece;
    return reply;
  });
}
