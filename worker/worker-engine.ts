/**
The search engine behind a worker.

@module
*/

import { engineNames } from '../bindings/api/option-names.js';
import type { SearchResults } from '../bindings/api/search-results.js';
import type {
  EngineOptions,
  EngineStats,
  GraphCheck,
  Metric,
  RecallOptions,
  SearchOptions,
  TrainOptions,
  VectorInput,
} from '../bindings/api/types.js';
import { newEngineNames, workerEngineNames } from './option-names.js';
import type { CallOptions, LongSendOptions, SendOptions, WorkerEngineOptions } from './options.js';
import { unpackResult, unpackResults } from './packed-results.js';
import type { EngineCalls, OpenRequest } from './protocol.js';
import {
  callOptions,
  checkLoadsOnly,
  checkOptions,
  openRemoteObject,
  optionsNamed,
  RemoteObject,
  type RemoteObjectState,
  sentOptions,
} from './remote-object.js';

/**
A `VectorSearchEngine` in a worker: the same methods with the same arguments, each as a promise that resolves with what
the engine returns and rejects with the {@link VectorSearchError} that it throws.

Calls run in the order in which they were made, whether or not they were awaited. Vectors are copied when the call is
made, so the caller's array may change at once; `transfer: true` gives its buffer away instead.
*/
export class WorkerEngine extends RemoteObject<EngineCalls> {
  /** How vectors are compared. */
  readonly metric: Metric;

  /** {@link createWorkerEngine} makes engines. @internal */
  constructor(state: RemoteObjectState, description = 'engine') {
    super(state, description);
    this.metric = state.opened.metric ?? 'cosine';
  }

  /** Number of vectors, after all calls made so far. */
  get size(): Promise<number> {
    return this.read('size', []);
  }

  /**
  Add a vector.

  @param vector - `dim` finite numbers; not all zero when the metric is cosine.
  @returns Its id, which stays the same until it is removed.
  */
  add(vector: VectorInput, options: SendOptions = {}): Promise<number> {
    return this.change('add', [vector], options);
  }

  /**
  Add many vectors, all or none of them. With index `hnsw` nearly all of the time is for linking them to the graph, and
  progress counts those that are linked.

  @param flat - `[count x dim]` finite numbers, vector after vector.
  @param count - Vectors in `flat`. Default: `flat.length / dim`.
  @returns Id of the first; the others follow it one by one.
  */
  addBatch(flat: Float32Array, count?: number, options: LongSendOptions = {}): Promise<number> {
    return this.change('addBatch', [flat, count], options);
  }

  /** A copy of a vector, as it was given; where only its code is kept, the nearest that the code can tell. */
  get(id: number, options: CallOptions = {}): Promise<Float32Array> {
    return this.read('get', [id], options);
  }

  /** Whether there is a vector with this id. */
  has(id: number, options: CallOptions = {}): Promise<boolean> {
    return this.read('has', [id], options);
  }

  /** Replace a vector; it keeps its id. */
  update(id: number, vector: VectorInput, options: SendOptions = {}): Promise<void> {
    return this.change('update', [id, vector], options);
  }

  /** Remove a vector. */
  remove(id: number, options: CallOptions = {}): Promise<void> {
    return this.change('remove', [id], options);
  }

  /**
  Find the `k` vectors nearest to `query`.

  @param query - `dim` finite numbers; not all zero when the metric is cosine.
  @param k - At least 1; more than there are vectors returns all of them. Default: `10`.
  @returns Hits, best first, ties by smaller id.
  */
  search(query: VectorInput, k?: number, options: SearchOptions & SendOptions = {}): Promise<SearchResults> {
    return this.read('search', [query, k, sentOptions(options)], callOptions(options)).then(unpackResult);
  }

  /**
  Search for many queries at once: far faster than one after another.

  @param queries - `[count x dim]` finite numbers, query after query.
  @returns The results of each query.
  */
  searchBatch(
    queries: Float32Array,
    k?: number,
    options: SearchOptions & LongSendOptions = {},
  ): Promise<SearchResults[]> {
    return this.read('searchBatch', [queries, k, sentOptions(options)], callOptions(options)).then(
      unpackResults,
    );
  }

  /**
  Learn how to code vectors, and which lists to sort them into, as `VectorSearchEngine.train`; a graph is linked anew.

  @param vectors - `[count x dim]` more vectors for the codec to learn from, which are not added. Default: none.
  */
  train(vectors?: Float32Array, options: TrainOptions & LongSendOptions = {}): Promise<void> {
    return this.change('train', [vectors, sentOptions(options)], callOptions(options));
  }

  /**
  How much of what exact search finds, search by the present codes, lists and graph finds too: recall@k, 0 to 1.

  @param queries - `[count x dim]` of the kind that will be searched for, best not among the vectors themselves.
  @param k - Hits a query. Default: `10`.
  */
  estimateRecall(
    queries: Float32Array,
    k?: number,
    options: RecallOptions & LongSendOptions = {},
  ): Promise<number> {
    return this.read('estimateRecall', [queries, k, sentOptions(options)], callOptions(options));
  }

  /**
  Make room for `count` vectors in all.

  @returns Bytes that the engine holds with so many.
  */
  reserve(count: number, options: CallOptions = {}): Promise<number> {
    return this.change('reserve', [count], options);
  }

  /** Numbers about the engine: rows, bytes, variant. */
  stats(options: CallOptions = {}): Promise<EngineStats> {
    return this.read('stats', [], options);
  }

  /**
  With index `hnsw` and a `targetRecall`: find anew which `efSearch` reaches it, as `VectorSearchEngine.calibrate`.

  @param queries - `[count x dim]` of the kind that will be searched for. Default: a sample of the vectors.
  */
  calibrate(queries?: Float32Array, options: LongSendOptions = {}): Promise<void> {
    return this.change('calibrate', [queries], options);
  }

  /** With index `hnsw`: how much of the graph walks can come to, as `VectorSearchEngine.checkGraph`. */
  checkGraph(options: CallOptions = {}): Promise<GraphCheck | null> {
    return this.read('checkGraph', [], options);
  }

  /** Reclaim the space of removed vectors. Ids stay. */
  compact(options: CallOptions = {}): Promise<void> {
    return this.change('compact', [], options);
  }

  /** Remove every vector. Ids go on from where they were. */
  clear(options: CallOptions = {}): Promise<void> {
    return this.change('clear', [], options);
  }

  /** The engine as bytes, for the `load` option of {@link createWorkerEngine} or for `VectorSearchEngine.load`. */
  save(options: CallOptions = {}): Promise<Uint8Array> {
    return this.read('save', [], options);
  }
}

/**
Open a search engine in a worker, so that neither filling nor searching it holds up the page.

```ts
const engine = await createWorkerEngine({ dim: 384 });
await engine.addBatch(vectors, undefined, { onProgress: ({ done, total }) => bar.update(done / total) });
const results = await engine.search(query, 10);
```

@param options - `dim` and what `VectorSearchEngine` takes: `metric`, `index`, `quantization`, the graph's `m` and so on;
or `load`: bytes that `save` returned. Besides, how the worker is started, or which one is shared.
@throws {VectorSearchError} with code
- `LOAD_FAILED` when the worker or its module cannot be loaded, `TIMEOUT` when it is not ready after `timeoutMs`;
- `UNSUPPORTED_ENVIRONMENT` where there is no WebAssembly SIMD;
- `INVALID_ARGUMENT`, `CORRUPT_DATA`, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`. Also throws the signal's reason.
*/
export async function createWorkerEngine(options: WorkerEngineOptions): Promise<WorkerEngine> {
  checkOptions(options, workerEngineNames);
  return new WorkerEngine(await openRemoteObject(options, engineRequest(options)));
}

function engineRequest(options: WorkerEngineOptions): OpenRequest {
  if (options.load !== undefined) {
    checkLoadsOnly(options, newEngineNames);
    return { kind: 'engine', load: options.load };
  }
  const { dim, metric } = options;
  return { kind: 'engine', dim, metric, options: optionsNamed<EngineOptions>(engineNames, options) };
}
