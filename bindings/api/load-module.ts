/**
Finds, compiles and starts the WebAssembly module, within a time limit. The generated glue is handed the finished
module, so that it never fetches anything itself.

@module
*/
import createModule from 'vicinal-glue';
import { absoluteUrl } from './address-web.js';
import { checkOptions, checkTimeout } from './arguments.js';
import { invalidArgument, VectorSearchError } from './errors.js';
import { compileBytes } from './fetch-module.js';
import { loadFailure } from './load-failure.js';
import { initNames } from './option-names.js';
import { defaultVariant, ownModuleName, readOwnModule } from './own-module-files.js';
import type { RawModule } from './raw-module.js';
import { readModule } from './read-module-web.js';
import { pickVariant } from './simd-probe.js';
import { tagOf } from './tag.js';
import type { InitOptions, Variant } from './types.js';

/** @throws {VectorSearchError} as `init` does. */
export async function loadModule(options: InitOptions): Promise<RawModule> {
  checkOptions(options, initNames);
  const timeoutMs = checkTimeout(options.timeoutMs);
  const variant = pickVariant(options.variant ?? defaultVariant);
  const stop = new AbortController();
  const timer = setTimeout(() => {
    const what = `${nameOfModule(options, variant)} was not ready by then`;
    stop.abort(new VectorSearchError('TIMEOUT', timeoutMs, what));
  }, timeoutMs);
  const timeout = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  try {
    const module = await Promise.race([findModule(options, variant, stop.signal), timeout]);
    return await Promise.race([startModule(module), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function findModule(
  options: InitOptions,
  variant: Variant,
  signal: AbortSignal,
): Promise<WebAssembly.Module> {
  const { wasmModule, wasmUrl } = options;
  if (wasmModule === undefined)
    return wasmUrl === undefined ? readOwnModule(variant, signal) : readModule(wasmUrl, signal);
  if (isCompiled(wasmModule)) return Promise.resolve(wasmModule);
  if (ArrayBuffer.isView(wasmModule) || tagOf(wasmModule) === 'ArrayBuffer')
    return compileBytes(wasmModule, '`wasmModule`');
  return Promise.reject(invalidArgument('wasmModule to be a WebAssembly.Module or its bytes', wasmModule));
}

/** What errors call the module that was waited for. */
function nameOfModule({ wasmModule, wasmUrl }: InitOptions, variant: Variant): string {
  if (wasmModule !== undefined) return '`wasmModule`';
  return wasmUrl === undefined ? ownModuleName(variant) : `the module at ${absoluteUrl(wasmUrl).href}`;
}

function isCompiled(module: WebAssembly.Module | BufferSource): module is WebAssembly.Module {
  return tagOf(module) === 'WebAssembly.Module';
}

async function startModule(module: WebAssembly.Module): Promise<RawModule> {
  return new Promise((resolve, reject) => {
    createModule({
      instantiateWasm(imports, ready) {
        WebAssembly.instantiate(module, imports)
          .then((instance) => ready(instance, module))
          .catch((cause: unknown) => {
            reject(loadFailure('the address given', `a module of another kind or release (${cause})`, cause));
          });
        return {};
      },
    }).then(resolve, reject);
  });
}
