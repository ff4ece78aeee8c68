/**
Starting the module, once.

@module
*/
import { VectorSearchError } from './errors.js';
import { loadModule } from './load-module.js';
import { log } from './log.js';
import { ModuleRuntime } from './module-runtime.js';
import type { InitOptions } from './types.js';

let runtime: ModuleRuntime | undefined;
let starting: Promise<void> | undefined;

/**
Load the WebAssembly module. Needed once before anything else; calling again does nothing, calling at the same time
shares one start, and calling after a failure tries again.

@param options - Where the module comes from, for setups that need it. Those of the first call count.
@throws {VectorSearchError} (as a rejection) with code `UNSUPPORTED_ENVIRONMENT` (no SIMD128), `LOAD_FAILED` (says what
was found where), `TIMEOUT` or `INVALID_ARGUMENT`.
*/
export default function init(options: InitOptions = {}): Promise<void> {
  starting ??= start(options).catch((error: unknown) => {
    starting = undefined;
    throw error;
  });
  return starting;
}

async function start(options: InitOptions): Promise<void> {
  const started = performance.now();
  runtime = new ModuleRuntime(await loadModule(options));
  log('debug', `${runtime.variant} module ready after ${Math.round(performance.now() - started)} ms`);
}

/**
The module, for the facade's own files.

@internal
@throws {VectorSearchError} with code `NOT_INITIALIZED`.
*/
export function currentRuntime(): ModuleRuntime {
  if (runtime === undefined) throw new VectorSearchError('NOT_INITIALIZED');
  return runtime;
}
