/**
What an object is, by name rather than `instanceof`, so that objects of another frame or realm pass.

@module
*/

/** `Float32Array`, `ArrayBuffer`, `WebAssembly.Module`, ... */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
