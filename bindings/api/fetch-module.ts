/**
Compiles the module from a response, as it arrives where the server names its type right.

@module
*/
import { beginningOf, isModule, loadFailure } from './load-failure.js';

/** @throws {VectorSearchError} with code `LOAD_FAILED`; whatever the signal gives, when it stops the fetch. */
export async function fetchModule(url: URL, signal: AbortSignal): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw loadFailure(url.href, `no answer (${cause})`, cause);
  }
  const type = response.headers.get('content-type') ?? 'no content type';
  if (response.ok && type.startsWith('application/wasm') && 'compileStreaming' in WebAssembly) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (cause) {
      signal.throwIfAborted();
      throw loadFailure(url.href, `a module that does not compile (${cause})`, cause);
    }
  }
  // The wrong type is common (servers that know no .wasm) and harmless when the bytes are right.
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok || !isModule(bytes)) {
    throw loadFailure(url.href, `HTTP ${response.status} (${type}) with ${beginningOf(bytes)}`);
  }
  return compileBytes(bytes, url.href);
}

/** @throws {VectorSearchError} with code `LOAD_FAILED`. */
export async function compileBytes(bytes: BufferSource, address: string): Promise<WebAssembly.Module> {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  if (!isModule(view)) throw loadFailure(address, beginningOf(view));
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw loadFailure(address, `a module that does not compile (${cause})`, cause);
  }
}
