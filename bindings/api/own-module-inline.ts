/**
The package's own module, embedded in its scripts. Takes the place of own-module-files.ts in `vicinal/inline`.

Only simd128 is embedded: every engine runs it, and a second module would double the download. Relaxed SIMD is 1.1
times as fast on float rows, 1.2 in batches, 1.5 on 8-bit and 1.7 on 4-bit codes (20,000 x 768, V8).

@module
*/
import packedModule from 'vicinal-packed-module';
import { invalidArgument, VectorSearchError } from './errors.js';
import { compileBytes } from './fetch-module.js';
import type { Variant } from './types.js';

export const defaultVariant: Variant | undefined = 'simd128';

export function ownModuleName(): string {
  return 'the embedded module';
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once, for this thread and the workers that it starts. */
export function readOwnModule(variant: Variant): Promise<WebAssembly.Module> {
  if (variant !== 'simd128') {
    const wanted = "the variant to be 'simd128', the embedded one (or its `wasmUrl` or `wasmModule` too)";
    return Promise.reject(invalidArgument(wanted, variant));
  }
  compiled ??= unpack(packedModule)
    .then((bytes) => compileBytes(bytes, 'the place where it is embedded'))
    .catch((error: unknown) => {
      compiled = undefined;
      throw error;
    });
  return compiled;
}

/** `packed`: base64 of gzip. */
async function unpack(packed: string): Promise<ArrayBuffer> {
  if (typeof DecompressionStream !== 'function') {
    const wanted = 'DecompressionStream (or `wasmUrl` or `wasmModule`)';
    throw new VectorSearchError('UNSUPPORTED_ENVIRONMENT', wanted, 'an environment without it');
  }
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(unpacked).arrayBuffer();
}
