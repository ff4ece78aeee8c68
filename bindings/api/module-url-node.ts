/**
Where the package's own modules lie, in Node: beside the scripts for browsers. Takes the place of module-url-web.ts there.

@module
*/
import type { Variant } from './types.js';

export function moduleUrl(variant: Variant): URL {
  return new URL(`../web/vicinal_${variant}.wasm`, import.meta.url);
}
