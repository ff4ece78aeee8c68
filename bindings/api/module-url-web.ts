/**
Where the package's own modules lie, in browsers: beside its scripts, so that whoever copies the files by hand copies
one folder. The bundle for Node has module-url-node.ts in this file's place; both export the same.

@module
*/
import type { Variant } from './types.js';

/** Both are written out in full, since bundlers look for exactly this form. */
export function moduleUrl(variant: Variant): URL {
  return variant === 'relaxed'
    ? new URL('./vicinal_relaxed.wasm', import.meta.url)
    : new URL('./vicinal_simd128.wasm', import.meta.url);
}
