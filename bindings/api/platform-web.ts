/**
Where the module lies, and how it is read, in browsers. The bundler puts platform-node.ts in this file's place for
Node; both export the same.

@module
*/
import { absoluteUrl } from './address-web.js';
import { fetchModule } from './fetch-module.js';
import type { Variant } from './types.js';

/**
Address of the module of a variant, beside the package's own files. Both are written out in full, since bundlers look
for exactly this form.
*/
export function moduleUrl(variant: Variant): URL {
  return variant === 'relaxed'
    ? new URL('../vicinal_relaxed.wasm', import.meta.url)
    : new URL('../vicinal_simd128.wasm', import.meta.url);
}

/**
Compiles the module at an address, relative to the page.

@throws {VectorSearchError} with code `LOAD_FAILED`.
*/
export function readModule(address: string | URL, signal: AbortSignal): Promise<WebAssembly.Module> {
  return fetchModule(absoluteUrl(address), signal);
}
