/**
Where results go.

@module
*/
import { checkOut } from '../arguments.js';

/**
Hands a finished result to the array that the caller offered, if any. Only now is that array written, so that a call
that fails or is stopped leaves it alone.

@throws {VectorSearchError} with code `DIMENSION_MISMATCH` or `INVALID_ARGUMENT` where it has lost its length meanwhile.
*/
export function deliver(result: Float32Array, out: Float32Array | undefined): Float32Array {
  const kept = checkOut(out, result.length);
  if (kept === undefined) return result;
  kept.set(result);
  return kept;
}
