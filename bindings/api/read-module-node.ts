/**
How the module is read, in Node. Takes the place of read-module-web.ts there.

@module
*/
import { readFile } from 'node:fs/promises';
import { absoluteUrl } from './address-node.js';
import { compileBytes, fetchModule } from './fetch-module.js';
import { loadFailure } from './load-failure.js';

/**
Compiles the module at an address: a `file:`, `http:` or `data:` URL, or a path.

@throws {VectorSearchError} with code `LOAD_FAILED`.
*/
export async function readModule(address: string | URL, signal: AbortSignal): Promise<WebAssembly.Module> {
  const url = absoluteUrl(address);
  if (url.protocol !== 'file:') return fetchModule(url, signal);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await readFile(url, { signal }));
  } catch (cause) {
    signal.throwIfAborted();
    throw loadFailure(url.href, String(cause), cause);
  }
  return compileBytes(bytes, url.href);
}
