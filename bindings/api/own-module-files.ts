/**
The package's own modules, as files beside its scripts. The bundler puts own-module-inline.ts in this file's place for
`vicinal/inline`; both export the same.

@module
*/
import { VectorSearchError } from './errors.js';
import { loadFailure } from './load-failure.js';
import { readModule } from './read-module-web.js';
import type { Variant } from './types.js';

/** What is loaded unless a variant is asked for: the best one that the engine has. */
export const defaultVariant: Variant | undefined = undefined;

/** What helps where a bundler or a host has lost the files. */
const remedy = "pass `wasmUrl` or `wasmModule`, or import from 'vicinal/inline'";

/** @throws {VectorSearchError} with code `LOAD_FAILED`. */
export async function readOwnModule(variant: Variant, signal: AbortSignal): Promise<WebAssembly.Module> {
  try {
    return await readModule(moduleUrl(variant), signal);
  } catch (error) {
    if (!(error instanceof VectorSearchError)) throw error;
    const { code, expected, actual, cause } = error;
    throw new VectorSearchError(code, expected, `${actual} (${remedy})`, { cause });
  }
}

/** Both are written out in full, since bundlers look for exactly this form. */
function moduleUrl(variant: Variant): URL {
  try {
    return variant === 'relaxed'
      ? new URL('../vicinal_relaxed.wasm', import.meta.url)
      : new URL('../vicinal_simd128.wasm', import.meta.url);
  } catch (cause) {
    // Such as one started from a blob, or bundled into a form that knows no `import.meta`.
    throw loadFailure('an address beside this script', 'a script without an address', cause);
  }
}
