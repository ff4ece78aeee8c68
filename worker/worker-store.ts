/**
The compressed vector store behind a worker.

@module
*/
import { storeNames } from '../bindings/api/option-names.js';
import type { CompressedStoreOptions } from '../bindings/api/types.js';
import { newStoreNames, workerStoreNames } from './option-names.js';
import type { CallOptions, WorkerStoreOptions } from './options.js';
import type { OpenRequest } from './protocol.js';
import { checkLoadsOnly, checkOptions, openRemoteObject, optionsNamed } from './remote-object.js';
import { WorkerEngine } from './worker-engine.js';

/** A `CompressedVectorStore` in a worker: a {@link WorkerEngine} that keeps vectors in codes. */
export class WorkerStore extends WorkerEngine {
  /** Number of vectors, as `size`. */
  count(options: CallOptions = {}): Promise<number> {
    return this.read('size', [], options);
  }

  /** Bytes held in all. */
  async memoryUsage(options: CallOptions = {}): Promise<number> {
    return (await this.stats(options)).memoryBytes;
  }

  /** How many times smaller the store is than its vectors as floats; 0 when it is empty. */
  async compressionRatio(options: CallOptions = {}): Promise<number> {
    const { size, memoryBytes } = await this.stats(options);
    return size === 0 ? 0 : (size * this.dim * 4) / memoryBytes;
  }
}

/**
Open a compressed vector store in a worker.

@param options - `dim` and what `CompressedVectorStore` takes: `codec`, `bits`, `metric`, `keepVectors` and so on; or
`load`: bytes that `save` returned. Besides, how the worker is started, or which one is shared.
@throws As {@link createWorkerEngine}.
*/
export async function createWorkerStore(options: WorkerStoreOptions): Promise<WorkerStore> {
  checkOptions(options, workerStoreNames);
  return new WorkerStore(await openRemoteObject(options, storeRequest(options)), 'store');
}

function storeRequest(options: WorkerStoreOptions): OpenRequest {
  if (options.load !== undefined) {
    checkLoadsOnly(options, newStoreNames);
    return { kind: 'store', load: options.load };
  }
  const { dim } = options;
  return { kind: 'store', dim, options: optionsNamed<CompressedStoreOptions>(storeNames, options) };
}
