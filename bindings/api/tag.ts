/**
What an object is, by name rather than `instanceof`, so that objects of another frame or realm pass.

@module
*/

/** `Float32Array`, `ArrayBuffer`, `WebAssembly.Module`, ... */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Whether a typed array has lost its memory: given away by a transfer, or cut off by a resize. */
export function isDetached(array: Float32Array): boolean {
  if (array.length > 0) return false;
  try {
    array.subarray();
    return false;
  } catch {
    return true;
  }
}
