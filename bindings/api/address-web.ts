/**
Addresses that callers give, in browsers. The bundler puts address-node.ts in this file's place for Node; both export
the same.

@module
*/
import { invalidArgument } from './errors.js';

/**
The address made absolute: it may be relative to the page, or in a worker to its script.

@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function absoluteUrl(address: string | URL): URL {
  try {
    return new URL(address, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch {
    throw invalidArgument('an address to be a URL', String(address));
  }
}
