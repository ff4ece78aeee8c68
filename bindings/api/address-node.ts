/**
Addresses that callers give, in Node. Takes the place of address-web.ts there.

@module
*/
import { pathToFileURL } from 'node:url';
import { invalidArgument } from './errors.js';

/**
A URL as it is, a path as a `file:` URL.

@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function absoluteUrl(address: string | URL): URL {
  const text = String(address);
  // A scheme has two letters or more; one letter is a drive.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return pathToFileURL(text);
  try {
    return new URL(text);
  } catch {
    throw invalidArgument('an address to be a URL or a path', text);
  }
}
