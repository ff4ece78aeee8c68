/**
The package's own modules, in Node: the files where they are, else the one that is embedded. Takes the place of
own-module-files.ts there.

@module
*/
import { readOwnModule as readEmbeddedModule } from './own-module-inline.js';
import { packageFile } from './package-file-node.js';
import { readModule } from './read-module-web.js';
import type { Variant } from './types.js';

export const defaultVariant: Variant | undefined = undefined;

export function ownModuleName(variant: Variant): string {
  const file = moduleFile(variant);
  return file === undefined ? 'the embedded module' : `the module at ${file.href}`;
}

/** The embedded module is simd128, which every engine runs, whichever was asked for. */
export function readOwnModule(variant: Variant, signal: AbortSignal): Promise<WebAssembly.Module> {
  const file = moduleFile(variant);
  return file === undefined ? readEmbeddedModule('simd128') : readModule(file, signal);
}

function moduleFile(variant: Variant): URL | undefined {
  return packageFile(`../web/vicinal_${variant}.wasm`);
}
