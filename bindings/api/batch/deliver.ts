/**
Where results go.

@module
*/

/**
Hands a finished result to the array that the caller offered, if any. Only now is that array written, so that a call
that fails or is stopped leaves it alone.
*/
export function deliver(result: Float32Array, out: Float32Array | undefined): Float32Array {
  if (out === undefined) return result;
  out.set(result);
  return out;
}
