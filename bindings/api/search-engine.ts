/**
The search engine.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { addSteps } from './add-steps.js';
import { checkId, checkInteger, checkOptions, checkRows, checkVector, maxDim } from './arguments.js';
import { disposeBySymbol } from './dispose-symbol.js';
import { invalidArgument } from './errors.js';
import { Handle } from './handle.js';
import { currentRuntime } from './init.js';
import { metricName, metricNumber } from './metrics.js';
import { copyFloats, copyNamed } from './module-arrays.js';
import type { ModuleRuntime } from './module-runtime.js';
import { engineNames, searchNames } from './option-names.js';
import { engineStatsFields } from './raw-module.js';
import { loadBytes, saveBytes } from './saved-bytes.js';
import { scratchBytes } from './scratch.js';
import type { SearchResults } from './search-results.js';
import { planSearch, type RawSearch, searchNow, searchSteps } from './search-steps.js';
import { runSteps, type Steps } from './steps.js';
import type {
  EngineOptions,
  EngineStats,
  LongCallOptions,
  Metric,
  SearchOptions,
  VectorInput,
} from './types.js';

/** An engine that was loaded, on its way through the constructor. */
class LoadedEngine {
  constructor(
    readonly runtime: ModuleRuntime,
    readonly address: number,
  ) {}
}

/**
Vectors with stable ids, and exact search over them. Lives in the module's memory: `dispose()` it when done.

Every call checks its input first and throws a `VectorSearchError`, with the engine unchanged.
*/
export class VectorSearchEngine {
  /** Values of every vector. */
  readonly dim: number;
  /** How vectors are compared. */
  readonly metric: Metric;
  /** `using engine = ...` disposes it, where the runtime knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #handle: Handle;

  /**
  @param dim - Values of every vector: 1 to 65,536.
  @param metric - How vectors are compared. Default: `cosine`.
  @throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`.
  */
  constructor(dim: number, metric?: Metric, options?: EngineOptions);
  constructor(dim: number, metric: Metric = 'cosine', options: EngineOptions | LoadedEngine = {}) {
    this.dim = dim;
    this.metric = metric;
    if (options instanceof LoadedEngine) {
      this.#handle = new Handle(options.runtime, options.address, 'engine');
      return;
    }
    const runtime = currentRuntime();
    checkInteger('dim', dim, 1, maxDim);
    const metricCode = metricNumber(metric);
    checkOptions(options, engineNames);
    if ((options.index ?? 'flat') !== 'flat') throw invalidArgument("the index to be 'flat'", options.index);
    const address = runtime.checked((raw) => raw.engineCreate(dim, metricCode));
    this.#handle = new Handle(runtime, address, 'engine');
  }

  /** Number of vectors that can be found. */
  get size(): number {
    const { address, runtime } = this.#handle;
    return runtime.call((raw) => raw.engineSize(address));
  }

  /**
  Add a vector.

  @param vector - `dim` finite numbers; under `cosine` not all zero. Copied.
  @returns Its id: 0 for the first vector, then 1, 2, ... An id is never used twice, and stays through removal of
  others, `compact()`, `save()` and `load()`.
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `ZERO_VECTOR`, `INVALID_ARGUMENT`,
  `OUT_OF_MEMORY`, `CAPACITY_EXCEEDED` or `DISPOSED`.
  */
  add(vector: VectorInput): number {
    const { address, runtime } = this.#handle;
    const row = this.#vectorToScratch('the vector', vector);
    return runtime.checked((raw) => raw.engineAdd(address, row, 1));
  }

  /**
  Add many vectors, all or none of them: far faster than one by one.

  @param flat - `[count x dim]`, one vector after another. Copied.
  @param count - Default: as many as `flat` holds.
  @param options - Progress, and a signal that stops the call: the engine is as before then.
  @returns Id of the first; the others follow one by one.
  @throws {VectorSearchError} as {@link add}; positions count from the start of `flat`. The signal's reason when
  stopped.
  */
  addBatch(flat: Float32Array, count?: number, options?: LongCallOptions): number {
    return runSteps(this.addBatchSteps(flat, count), options);
  }

  /** {@link addBatch} in steps. @internal */
  addBatchSteps(flat: Float32Array, count?: number): Steps<number> {
    void this.#handle.address;
    return addSteps(this.#handle, flat, checkRows('the vectors', flat, this.dim, count), this.dim);
  }

  /**
  The vector of an id, as it was given.

  @returns A copy, `[dim]`.
  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  get(id: number): Float32Array {
    const { address, runtime } = this.#handle;
    checkId(id);
    const row = runtime.checked((raw) => raw.engineGet(address, id));
    return copyFloats(runtime.memory, row, this.dim);
  }

  /**
  Whether a vector has this id.

  @throws {VectorSearchError} with code `INVALID_ARGUMENT` or `DISPOSED`.
  */
  has(id: number): boolean {
    const { address, runtime } = this.#handle;
    checkId(id);
    return runtime.call((raw) => raw.engineContains(address, id));
  }

  /**
  Replace the vector of an id.

  @throws {VectorSearchError} with code `NOT_FOUND`, and as {@link add}.
  */
  update(id: number, vector: VectorInput): void {
    const { address, runtime } = this.#handle;
    checkId(id);
    const row = this.#vectorToScratch('the vector', vector);
    runtime.checked((raw) => raw.engineUpdate(address, id, row));
  }

  /**
  Remove the vector of an id. Its space is reclaimed by {@link compact}.

  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  remove(id: number): void {
    const { address, runtime } = this.#handle;
    checkId(id);
    runtime.checked((raw) => raw.engineRemove(address, id));
  }

  /**
  Find the `k` vectors nearest to `query`.

  @param query - `dim` finite numbers; under `cosine` not all zero. Read during the call, not kept.
  @param k - At least 1; more than there are vectors returns all of them. Default: `10`.
  @returns Best first, ties by smaller id. Copies that the caller owns.
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `ZERO_VECTOR`, `INVALID_ARGUMENT`,
  `OUT_OF_MEMORY` or `DISPOSED`.
  */
  search(query: VectorInput, k = 10, options?: SearchOptions): SearchResults {
    const { runtime } = this.#handle;
    const search = this.#search();
    checkVector('the query', query, this.dim);
    return searchNow(runtime, search, query, 1, planSearch(k, searchNames, options))[0] as SearchResults;
  }

  /**
  Find the `k` vectors nearest to each of many queries: far faster than one search after another.

  @param queries - `[count x dim]`, one query after another.
  @returns One result a query, in their order.
  @throws {VectorSearchError} as {@link search}; positions count from the start of `queries`. The signal's reason when
  stopped.
  */
  searchBatch(queries: Float32Array, k = 10, options?: SearchOptions & LongCallOptions): SearchResults[] {
    return runSteps(this.searchBatchSteps(queries, k, options), options);
  }

  /** {@link searchBatch} in steps. @internal */
  searchBatchSteps(queries: Float32Array, k = 10, options?: SearchOptions): Steps<SearchResults[]> {
    const { runtime } = this.#handle;
    const count = checkRows('the queries', queries, this.dim);
    const plan = planSearch(k, searchNames, options);
    void this.#handle.address;
    return searchSteps(
      runtime,
      (...call) => this.#search()(...call),
      queries,
      count,
      () => this.size,
      plan,
    );
  }

  /**
  Make room for `count` vectors in all, so that adding them never has to move those that are there.

  @returns Bytes that an engine of `count` vectors holds.
  @throws {VectorSearchError} with code `OUT_OF_MEMORY`, `CAPACITY_EXCEEDED`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  reserve(count: number): number {
    const { address, runtime } = this.#handle;
    checkInteger('count', count, 0);
    runtime.checked((raw) => raw.engineReserve(address, count));
    return VectorSearchEngine.bytesNeeded(count, this.dim, this.metric);
  }

  /**
  Bytes that an engine of `count` vectors holds. One module has 4 GB for all its objects.

  @throws {VectorSearchError} with code `NOT_INITIALIZED` or `INVALID_ARGUMENT`.
  */
  static bytesNeeded(count: number, dim: number, metric: Metric = 'cosine'): number {
    const runtime = currentRuntime();
    checkInteger('count', count, 0);
    checkInteger('dim', dim, 1, maxDim);
    const metricCode = metricNumber(metric);
    return runtime.call((raw) => raw.engineBytesNeeded(dim, metricCode, count));
  }

  /** @throws {VectorSearchError} with code `DISPOSED`. */
  stats(): EngineStats {
    const { address, runtime } = this.#handle;
    const stats = runtime.call((raw) => raw.engineStats(address));
    return {
      ...copyNamed(runtime.memory, stats, engineStatsFields),
      dimension: this.dim,
      metric: this.metric,
      index: 'flat',
      variant: runtime.variant,
    };
  }

  /** Reclaim the space of removed vectors, and spare capacity. Ids stay. */
  compact(): void {
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.engineCompact(address));
  }

  /** Remove every vector. Ids go on from where they were. */
  clear(): void {
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.engineClear(address));
  }

  /**
  The whole engine as bytes, for `load`. Checksummed, and readable by every later release.

  @throws {VectorSearchError} with code `OUT_OF_MEMORY` or `DISPOSED`.
  */
  save(): Uint8Array {
    return saveBytes(this.#handle);
  }

  /**
  An engine from bytes that `save` returned.

  @throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, `INVALID_ARGUMENT` or
  `NOT_INITIALIZED`.
  */
  static load(bytes: Uint8Array): VectorSearchEngine {
    const runtime = currentRuntime();
    const address = loadBytes(runtime, bytes, 'engine');
    const [dim, metric] = runtime.call((raw) => [
      raw.engineDim(address),
      metricName(raw.engineMetric(address)),
    ]);
    return new VectorSearchEngine(dim, metric, new LoadedEngine(runtime, address) as EngineOptions);
  }

  /** Free the engine's memory. Every later call but `dispose` itself throws `DISPOSED`. */
  dispose(): void {
    this.#handle.dispose();
  }

  #vectorToScratch(name: string, vector: VectorInput): number {
    checkVector(name, vector, this.dim);
    return this.#handle.runtime.scratch(scratchBytes(this.dim)).putFloats(vector);
  }

  #search(): RawSearch {
    const { address } = this.#handle;
    return (raw, queries, queryCount, { k, scoreThreshold, filter }, words) =>
      raw.engineSearch(
        address,
        queries,
        queryCount,
        k,
        scoreThreshold,
        filter.form,
        words,
        filter.words.length,
      );
  }
}

disposeBySymbol(VectorSearchEngine);
