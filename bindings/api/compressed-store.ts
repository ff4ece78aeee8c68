/**
The compressed vector store.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { addSteps } from './add-steps.js';
import { checkId, checkInteger, checkOptions, checkRows, checkVector, maxDim } from './arguments.js';
import { disposeBySymbol } from './dispose-symbol.js';
import { invalidArgument, invalidState } from './errors.js';
import { Handle } from './handle.js';
import { currentRuntime } from './init.js';
import { metricName, metricNumber } from './metrics.js';
import { copyFloats, copyNamed } from './module-arrays.js';
import type { ModuleRuntime } from './module-runtime.js';
import { compressedSearchNames, storeNames } from './option-names.js';
import { storeStatsFields } from './raw-module.js';
import { loadBytes, saveBytes } from './saved-bytes.js';
import { scratchBytes } from './scratch.js';
import type { SearchResults } from './search-results.js';
import { planSearch, type RawSearch, searchNow, searchSteps } from './search-steps.js';
import { runSteps, type Steps } from './steps.js';
import type {
  CodeBits,
  CompressedSearchOptions,
  CompressedStoreOptions,
  CompressedStoreStats,
  LongCallOptions,
  Metric,
  VectorInput,
} from './types.js';

/** Rows scored again for each hit wanted, where float rows are kept: enough for exact hits at 4 bits and above. */
const defaultOversampling = 4;

/** A store that was loaded, on its way through the constructor. */
class LoadedStore {
  constructor(
    readonly runtime: ModuleRuntime,
    readonly address: number,
  ) {}
}

/**
Vectors kept as short codes and searched on the codes, optionally scored again on the float rows. Lives in the
module's memory: `dispose()` it when done.
*/
export class CompressedVectorStore {
  /** Values of every vector. */
  readonly dim: number;
  /** How vectors are compared. */
  readonly metric: Metric;
  /** Bits a value. */
  readonly bits: CodeBits;
  /** Whether the float rows are kept too. */
  readonly keepVectors: boolean;
  /** `using store = ...` disposes it, where the runtime knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #handle: Handle;

  /**
  @param dim - Values of every vector: 1 to 65,536.
  @param options - Bits a value, or all options. Default: `8`.
  @throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`.
  */
  constructor(dim: number, options?: CodeBits | CompressedStoreOptions);
  constructor(dim: number, options: CodeBits | CompressedStoreOptions | LoadedStore = {}) {
    if (options instanceof LoadedStore) {
      const { runtime, address } = options;
      this.dim = dim;
      this.metric = runtime.call((raw) => metricName(raw.storeMetric(address)));
      this.bits = runtime.call((raw) => raw.storeBits(address)) as CodeBits;
      this.keepVectors = runtime.call((raw) => raw.storeKeepVectors(address));
      this.#handle = new Handle(runtime, address, 'store');
      return;
    }
    const runtime = currentRuntime();
    const given = typeof options === 'object' && options !== null ? options : { bits: options };
    checkOptions(given, storeNames);
    const { codec = 'scalar', bits = 8, metric = 'cosine', keepVectors = false } = given;
    this.dim = checkInteger('dim', dim, 1, maxDim);
    if (codec !== 'scalar') throw invalidArgument("the codec to be 'scalar'", codec);
    if (![8, 4, 2, 1].includes(bits)) throw invalidArgument('bits to be 8, 4, 2 or 1', bits);
    if (typeof keepVectors !== 'boolean') throw invalidArgument('keepVectors to be a boolean', keepVectors);
    this.metric = metric;
    this.bits = bits;
    this.keepVectors = keepVectors;
    const metricCode = metricNumber(metric);
    const address = runtime.checked((raw) => raw.storeCreate(dim, metricCode, bits, keepVectors));
    this.#handle = new Handle(runtime, address, 'store');
  }

  /**
  Add a vector.

  @param vector - `dim` finite numbers; under `cosine` not all zero.
  @returns Its id: 0 for the first vector, then 1, 2, ...
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `ZERO_VECTOR`, `INVALID_ARGUMENT`,
  `OUT_OF_MEMORY`, `CAPACITY_EXCEEDED` or `DISPOSED`.
  */
  add(vector: VectorInput): number {
    const { address, runtime } = this.#handle;
    checkVector('the vector', vector, this.dim);
    const row = runtime.scratch(scratchBytes(this.dim)).putFloats(vector);
    return runtime.checked((raw) => raw.storeAdd(address, row, 1));
  }

  /**
  Add many vectors, all or none of them.

  @param flat - `[count x dim]`, one vector after another.
  @param count - Default: as many as `flat` holds.
  @param options - Progress, and a signal that stops the call: the store is as before then.
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
  The vector of an id: as it was given where float rows are kept, else decoded, so near it.

  @returns A copy, `[dim]`.
  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  get(id: number): Float32Array {
    const { address, runtime } = this.#handle;
    checkId(id);
    const row = runtime.scratch(scratchBytes(this.dim)).reserve(this.dim);
    runtime.checked((raw) => raw.storeGet(address, id, row));
    return copyFloats(runtime.memory, row, this.dim);
  }

  /**
  Find the `k` vectors nearest to `query` by their codes; where float rows are kept, the best are scored again
  exactly.

  @param query - `dim` finite numbers; under `cosine` not all zero. Read during the call, not kept.
  @param k - At least 1; more than there are vectors returns all of them. Default: `10`.
  @returns Best first, ties by smaller id. Copies that the caller owns.
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `ZERO_VECTOR`, `INVALID_ARGUMENT`,
  `OUT_OF_MEMORY` or `DISPOSED`.
  */
  search(query: VectorInput, k = 10, options?: CompressedSearchOptions): SearchResults {
    const search = this.#search(options);
    checkVector('the query', query, this.dim);
    return searchNow(
      this.#handle.runtime,
      search,
      query,
      1,
      planSearch(k, compressedSearchNames, options),
    )[0] as SearchResults;
  }

  /**
  Find the `k` vectors nearest to each of many queries.

  @param queries - `[count x dim]`, one query after another.
  @returns One result a query, in their order.
  @throws {VectorSearchError} as {@link search}; positions count from the start of `queries`. The signal's reason when
  stopped.
  */
  searchBatch(
    queries: Float32Array,
    k = 10,
    options?: CompressedSearchOptions & LongCallOptions,
  ): SearchResults[] {
    return runSteps(this.searchBatchSteps(queries, k, options), options);
  }

  /** {@link searchBatch} in steps. @internal */
  searchBatchSteps(queries: Float32Array, k = 10, options?: CompressedSearchOptions): Steps<SearchResults[]> {
    const count = checkRows('the queries', queries, this.dim);
    const plan = planSearch(k, compressedSearchNames, options);
    this.#search(options);
    return searchSteps(
      this.#handle.runtime,
      (...call) => this.#search(options)(...call),
      queries,
      count,
      () => this.count(),
      plan,
    );
  }

  /** Number of vectors. */
  count(): number {
    const { address, runtime } = this.#handle;
    return runtime.call((raw) => raw.storeSize(address));
  }

  /** Bytes that the store holds in all. */
  memoryUsage(): number {
    return this.stats().memoryBytes;
  }

  /** How many times smaller the store is than its vectors as floats; 0 when it is empty. */
  compressionRatio(): number {
    const { size, memoryBytes } = this.stats();
    return size === 0 ? 0 : (size * this.dim * 4) / memoryBytes;
  }

  /** @throws {VectorSearchError} with code `DISPOSED`. */
  stats(): CompressedStoreStats {
    const { address, runtime } = this.#handle;
    const stats = runtime.call((raw) => raw.storeStats(address));
    const { dim: dimension, metric, bits } = this;
    return {
      ...copyNamed(runtime.memory, stats, storeStatsFields),
      dimension,
      metric,
      codec: 'scalar',
      bits,
      variant: runtime.variant,
    };
  }

  /**
  The whole store as bytes, for `load`. Checksummed, and readable by every later release.

  @throws {VectorSearchError} with code `OUT_OF_MEMORY` or `DISPOSED`.
  */
  save(): Uint8Array {
    return saveBytes(this.#handle);
  }

  /**
  A store from bytes that `save` returned.

  @throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, `INVALID_ARGUMENT` or
  `NOT_INITIALIZED`.
  */
  static load(bytes: Uint8Array): CompressedVectorStore {
    const runtime = currentRuntime();
    const address = loadBytes(runtime, bytes, 'store');
    const dim = runtime.call((raw) => raw.storeDim(address));
    return new CompressedVectorStore(dim, new LoadedStore(runtime, address) as CompressedStoreOptions);
  }

  /** Free the store's memory. Every later call but `dispose` itself throws `DISPOSED`. */
  dispose(): void {
    this.#handle.dispose();
  }

  #search(options: CompressedSearchOptions = {}): RawSearch {
    const { address } = this.#handle;
    checkOptions(options);
    const { oversampling = this.keepVectors ? defaultOversampling : 0 } = options;
    if (options.oversampling !== undefined) {
      if (!this.keepVectors)
        throw invalidState('oversampling only in a store that keeps its vectors', 'a store of codes alone');
      if (
        typeof oversampling !== 'number' ||
        !(oversampling >= 1) ||
        oversampling === Number.POSITIVE_INFINITY
      ) {
        throw invalidArgument('oversampling to be a number of at least 1', oversampling);
      }
    }
    return (raw, queries, queryCount, { k, scoreThreshold, filter }, words) =>
      raw.storeSearch(
        address,
        queries,
        queryCount,
        k,
        scoreThreshold,
        filter.form,
        words,
        filter.words.length,
        // More than there can be rows is all of them; it crosses as a float, which has a smaller range.
        Math.min(oversampling, 2 ** 32),
      );
  }
}

disposeBySymbol(CompressedVectorStore);
