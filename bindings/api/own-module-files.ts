/**
The package's own modules, as files beside its scripts. The bundler puts own-module-inline.ts in this file's place for
`vicinal/inline`, and own-module-node.ts in scripts for Node; all export the same.

@module
*/
import { VectorSearchError } from './errors.js';
import { loadFailure } from './load-failure.js';
import { lostFileRemedy } from './lost-files.js';
import { moduleUrl } from './module-url-web.js';
import { readModule } from './read-module-web.js';
import type { Variant } from './types.js';

/** What is loaded unless a variant is asked for: the best one that the engine has. */
export const defaultVariant: Variant | undefined = undefined;

/** What helps where a bundler or a host has lost the files. */
const remedy = lostFileRemedy(import.meta.url, '`wasmUrl` or `wasmModule`');

/** What browsers say where a page's policy keeps WebAssembly out. */
const isForbidden = /unsafe-eval|content security policy|\bCSP\b/i;
const policyRemedy = "allow it in the page's policy: `script-src 'wasm-unsafe-eval'`";

/** What errors call the module of a variant. */
export function ownModuleName(variant: Variant): string {
  return `the module at ${ownModuleUrl(variant).href} (${remedy})`;
}

/** @throws {VectorSearchError} with code `LOAD_FAILED`. */
export async function readOwnModule(variant: Variant, signal: AbortSignal): Promise<WebAssembly.Module> {
  try {
    return await readModule(ownModuleUrl(variant), signal);
  } catch (error) {
    if (!(error instanceof VectorSearchError)) throw error;
    const { code, expected, actual, cause } = error;
    const help = isForbidden.test(String(actual)) ? policyRemedy : remedy;
    throw new VectorSearchError(code, expected, `${actual} (${help})`, { cause });
  }
}

function ownModuleUrl(variant: Variant): URL {
  try {
    return moduleUrl(variant);
  } catch (cause) {
    // Such as one started from a blob, or bundled into a form that knows no `import.meta`.
    throw loadFailure('an address beside this script', 'a script without an address', cause);
  }
}
