/**
The compressed vector store behind a worker.

@module
*/
import type { SearchResults } from '../bindings/api/search-results.js';
import type {
  CompressedSearchOptions,
  CompressedStoreStats,
  Metric,
  VectorInput,
} from '../bindings/api/types.js';
import { workerStoreNames } from './option-names.js';
import type { CallOptions, LongSendOptions, SendOptions, WorkerStoreOptions } from './options.js';
import { unpackResult, unpackResults } from './packed-results.js';
import type { OpenRequest, StoreCalls } from './protocol.js';
import {
  checkOptions,
  openRemoteObject,
  RemoteObject,
  type RemoteObjectState,
  sentOptions,
} from './remote-object.js';

/**
A `CompressedVectorStore` in a worker: the same methods with the same arguments, each as a promise. Order of calls and
copying of vectors are as in {@link WorkerEngine}.
*/
export class WorkerStore extends RemoteObject<StoreCalls> {
  /** How vectors are compared. */
  readonly metric: Metric;

  /** {@link createWorkerStore} makes stores. @internal */
  constructor(state: RemoteObjectState) {
    super(state, 'store');
    this.metric = state.opened.metric ?? 'cosine';
  }

  /** Add a vector; returns its id. */
  add(vector: VectorInput, options: SendOptions = {}): Promise<number> {
    return this.change('add', [vector], options);
  }

  /**
  Add many vectors, all or none of them.

  @param flat - `[count x dim]` finite numbers, vector after vector.
  @param count - Vectors in `flat`. Default: `flat.length / dim`.
  @returns Id of the first; the others follow it one by one.
  */
  addBatch(flat: Float32Array, count?: number, options: LongSendOptions = {}): Promise<number> {
    return this.change('addBatch', [flat, count], options);
  }

  /** A vector: as it was given where float rows are kept, else as its code tells it. */
  get(id: number, options: CallOptions = {}): Promise<Float32Array> {
    return this.read('get', [id], options);
  }

  /** Find the `k` vectors nearest to `query`, by their codes; rescored where float rows are kept. Default `k`: `10`. */
  search(
    query: VectorInput,
    k?: number,
    options: CompressedSearchOptions & SendOptions = {},
  ): Promise<SearchResults> {
    return this.read('search', [query, k, sentOptions(options)], options).then(unpackResult);
  }

  /** Search for many queries at once; returns the results of each. */
  searchBatch(
    queries: Float32Array,
    k?: number,
    options: CompressedSearchOptions & LongSendOptions = {},
  ): Promise<SearchResults[]> {
    return this.read('searchBatch', [queries, k, sentOptions(options)], options).then(unpackResults);
  }

  /** Number of vectors. */
  count(options: CallOptions = {}): Promise<number> {
    return this.read('count', [], options);
  }

  /** Bytes held in all. */
  memoryUsage(options: CallOptions = {}): Promise<number> {
    return this.read('memoryUsage', [], options);
  }

  /** Bytes of the vectors as floats, divided by {@link memoryUsage}. */
  compressionRatio(options: CallOptions = {}): Promise<number> {
    return this.read('compressionRatio', [], options);
  }

  /** Numbers about the store: rows, bytes, codec, variant. */
  stats(options: CallOptions = {}): Promise<CompressedStoreStats> {
    return this.read('stats', [], options);
  }

  /** The store as bytes, for the `load` option of {@link createWorkerStore} or for `CompressedVectorStore.load`. */
  save(options: CallOptions = {}): Promise<Uint8Array> {
    return this.read('save', [], options);
  }
}

/**
Open a compressed vector store in a worker.

@param options - `dim` and what `CompressedVectorStore` takes: `bits`, `metric`, `keepVectors`; or `load`: bytes that
`save` returned. Besides, how the worker is started, or which one is shared.
@throws As {@link createWorkerEngine}.
*/
export async function createWorkerStore(options: WorkerStoreOptions): Promise<WorkerStore> {
  checkOptions(options, workerStoreNames);
  return new WorkerStore(await openRemoteObject(options, storeRequest(options)));
}

function storeRequest(options: WorkerStoreOptions): OpenRequest {
  if (options.load !== undefined) return { kind: 'store', load: options.load };
  const { dim, codec, bits, metric, keepVectors } = options;
  return {
    kind: 'store',
    dim,
    options: {
      ...(codec !== undefined && { codec }),
      ...(bits !== undefined && { bits }),
      ...(metric !== undefined && { metric }),
      ...(keepVectors !== undefined && { keepVectors }),
    },
  };
}
