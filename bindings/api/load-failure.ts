/**
What to say when the module's bytes cannot be had, or are not a module.

@module
*/
import { VectorSearchError } from './errors.js';

const magic = [0x00, 0x61, 0x73, 0x6d]; // "\0asm"

/** `LOAD_FAILED`: names the address and what was found there. */
export function loadFailure(address: string, found: string, cause?: unknown): VectorSearchError {
  return new VectorSearchError('LOAD_FAILED', `a WebAssembly module at ${address}`, found, { cause });
}

/** Whether bytes begin as a WebAssembly module does. */
export function isModule(bytes: Uint8Array): boolean {
  return magic.every((byte, position) => bytes[position] === byte);
}

/** The beginning of a file that is not what it should be, as text: an error page shows itself by it. */
export function beginningOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).replace(/\s+/g, ' ');
  return `${bytes.length} bytes that begin with ${JSON.stringify(text)}`;
}
