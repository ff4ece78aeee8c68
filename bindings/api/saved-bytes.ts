/**
Saving to and loading from the caller's bytes, piece by piece, so that the module never holds a second copy.

@module
*/
import { allocateBytes } from './allocate.js';
import { checkBytes } from './arguments.js';
import type { ModuleRuntime } from './module-runtime.js';
import type { PieceReader, RawModule, RawRows } from './raw-module.js';

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`. */
export function saveBytes(runtime: ModuleRuntime, raw: RawRows): Uint8Array {
  const { memory } = runtime;
  const bytes = allocateBytes(runtime.call(() => raw.savedBytes()));
  let position = 0;
  runtime.checked(() =>
    raw.save((address, size) => {
      bytes.set(new Uint8Array(memory.buffer, address, size), position);
      position += size;
    }),
  );
  return bytes;
}

/** @throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION` or `OUT_OF_MEMORY`. */
export function loadBytes<T>(
  runtime: ModuleRuntime,
  bytes: Uint8Array,
  load: (raw: RawModule, byteCount: number, read: PieceReader) => T | null,
): T {
  checkBytes(bytes);
  const { memory } = runtime;
  const read: PieceReader = (offset, address, size) => {
    new Uint8Array(memory.buffer, address, size).set(bytes.subarray(offset, offset + size));
  };
  return runtime.created((raw) => load(raw, bytes.length, read));
}
