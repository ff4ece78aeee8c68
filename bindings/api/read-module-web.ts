/**
How the module is read, in browsers. The bundler puts read-module-node.ts in this file's place for Node; both export
the same.

@module
*/
import { absoluteUrl } from './address-web.js';
import { fetchModule } from './fetch-module.js';

/**
Compiles the module at an address, relative to the page.

@throws {VectorSearchError} with code `LOAD_FAILED`.
*/
export function readModule(address: string | URL, signal: AbortSignal): Promise<WebAssembly.Module> {
  return fetchModule(absoluteUrl(address), signal);
}
