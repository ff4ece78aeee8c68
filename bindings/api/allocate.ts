/**
Arrays for results, whose size follows from what the caller asks for.

@module
*/
import { VectorSearchError } from './errors.js';

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`. */
export function allocateFloats(length: number): Float32Array {
  return allocate(() => new Float32Array(length), length * 4);
}

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`. */
export function allocateBytes(length: number): Uint8Array {
  return allocate(() => new Uint8Array(length), length);
}

function allocate<T>(make: () => T, byteCount: number): T {
  try {
    return make();
  } catch (cause) {
    throw new VectorSearchError('OUT_OF_MEMORY', undefined, byteCount, { cause });
  }
}
