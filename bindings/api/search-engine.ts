/**
The search engine.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { addSteps } from './add-steps.js';
import {
  checkId,
  checkInteger,
  checkOptions,
  checkRows,
  checkVector,
  maxDim,
  maxListCount,
} from './arguments.js';
import { calibrationSteps } from './calibration-steps.js';
import { disposeBySymbol } from './dispose-symbol.js';
import { checkKind, crossKind, type EngineKind, kindOf } from './engine-kind.js';
import { invalidArgument, invalidState } from './errors.js';
import { Handle } from './handle.js';
import { readGraphStats } from './hnsw.js';
import { currentRuntime } from './init.js';
import { thousandths } from './link-steps.js';
import { metricName, metricNumber } from './metrics.js';
import { copyFloats, copyNamed } from './module-arrays.js';
import type { ModuleRuntime } from './module-runtime.js';
import { longCallNames, trainNames } from './option-names.js';
import { engineStatsFields } from './raw-module.js';
import { recallSteps } from './recall-steps.js';
import { loadBytes, saveBytes } from './saved-bytes.js';
import { scratchBytes } from './scratch.js';
import type { SearchResults } from './search-results.js';
import { planSearch, searchNow, searchSteps } from './search-steps.js';
import { runSteps, type Steps } from './steps.js';
import { trainSteps } from './training-steps.js';
import type {
  EngineOptions,
  EngineStats,
  GraphCheck,
  GraphStats,
  ListStats,
  LongCallOptions,
  Metric,
  RecallOptions,
  SearchOptions,
  TrainOptions,
  VectorInput,
} from './types.js';

/** Bytes of float rows that are read into memory at a time. */
const loadedAtOnce = 4 << 20;

/** An engine that was loaded, on its way through the constructors. @internal */
export class LoadedEngine {
  readonly dim: number;
  readonly metric: Metric;

  constructor(
    readonly runtime: ModuleRuntime,
    readonly address: number,
  ) {
    this.dim = runtime.call((raw) => raw.engineDim(address));
    this.metric = metricName(runtime.call((raw) => raw.engineMetric(address)));
  }
}

/**
Vectors with stable ids, kept as floats, as codes or as both, and search over them. Lives in the module's memory:
`dispose()` it when done.

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
  readonly #kind: EngineKind;

  /**
  @param dim - Values of every vector: 1 to 65,536.
  @param metric - How vectors are compared. Default: `cosine`.
  @param options - The index, and whether vectors are kept in codes. Default: exact search over floats.
  @throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`.
  */
  constructor(dim: number, metric?: Metric, options?: EngineOptions);
  constructor(dim: number, metric: Metric = 'cosine', options: EngineOptions | LoadedEngine = {}) {
    const kind = new.target === VectorSearchEngine ? 'engine' : 'store';
    disposeBySymbol(this);
    this.dim = dim;
    this.metric = metric;
    if (options instanceof LoadedEngine) {
      const { runtime, address } = options;
      this.#kind = kindOf(runtime, address);
      this.#handle = new Handle(runtime, address, kind);
      return;
    }
    const runtime = currentRuntime();
    checkInteger('dim', dim, 1, maxDim);
    const metricCode = metricNumber(metric);
    this.#kind = checkKind(options, dim, metric);
    const { quantization, index, hnsw } = crossKind(runtime, this.#kind);
    const address = runtime.checked((raw) => raw.engineCreate(dim, metricCode, quantization, index, hnsw));
    this.#handle = new Handle(runtime, address, kind);
  }

  /** Number of vectors that can be found. */
  get size(): number {
    const { addressToRead: address, runtime } = this.#handle;
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
    const row = this.#vectorToScratch('the vector', vector);
    const { address, runtime } = this.#handle;
    const id = runtime.checked((raw) => raw.engineAdd(address, row, 1, true));
    runtime.call((raw) => raw.engineEndAdd(address));
    return id;
  }

  /**
  Add many vectors, all or none of them: far faster than one by one.

  With quantization, a codec that has not learned yet learns from these first; progress counts the vectors that it
  learns from, too. With index `hnsw` nearly all of the time goes into linking them to the graph, and progress counts
  those that are linked.

  @param flat - `[count x dim]`, one vector after another. Copied.
  @param count - Default: as many as `flat` holds.
  @param options - Progress, and a signal that stops the call: the vectors are as before then.
  @returns Id of the first; the others follow one by one.
  @throws {VectorSearchError} as {@link add}; positions count from the start of `flat`. The signal's reason when
  stopped.
  */
  addBatch(flat: Float32Array, count?: number, options?: LongCallOptions): number {
    checkOptions(options, longCallNames);
    return runSteps(this.addBatchSteps(flat, count), options);
  }

  /** {@link addBatch} in steps. `links`: whether a graph is linked to them, or by {@link linkSome} later. @internal */
  addBatchSteps(flat: Float32Array, count?: number, links = true): Steps<number> {
    void this.#handle.address;
    return addSteps(this.#handle, flat, checkRows('the vectors', flat, this.dim, count), this.dim, links);
  }

  /**
  Some 20 ms of linking what was added, updated or removed without; of linking all anew, where more was removed from the
  graph than there is. Until all is linked, searches compare those vectors that it lacks one by one.

  @param renews - Whether all is linked anew where there is reason to.
  @returns The share that is done: 1 when all is linked. Any change of the engine may make a later share smaller.
  @internal
  */
  linkSome(renews: boolean): number {
    const { address, runtime } = this.#handle;
    const done = runtime.checked((raw) => raw.engineLinkStep(address, renews)) / thousandths;
    if (done >= 1) runtime.call((raw) => raw.engineEndAdd(address));
    return done;
  }

  /**
  Some milliseconds of reading into memory the float rows that are left in a store.

  @returns The share that is there: 1 when all are.
  @throws {VectorSearchError} as the store, or with code `OUT_OF_MEMORY`: all are left in the store then.
  @internal
  */
  loadSome(): number {
    const { address, runtime } = this.#handle;
    const rowCount = Math.ceil(loadedAtOnce / (this.dim * 4));
    return runtime.checked((raw) => raw.engineLoadRowsStep(address, rowCount)) / thousandths;
  }

  /** Whether {@link linkSome} has nothing to do, nor to renew. @internal */
  get isLinked(): boolean {
    const { address, runtime } = this.#handle;
    return runtime.call((raw) => raw.engineIsLinked(address));
  }

  /**
  The vector of an id, as it was given; where only its code is kept, the nearest that the code can tell.

  @returns A copy, `[dim]`.
  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  get(id: number): Float32Array {
    const { addressToRead: address, runtime } = this.#handle;
    checkId(id);
    const row = runtime.checked((raw) => raw.engineGet(address, id));
    return copyFloats(runtime.memory, row, this.dim);
  }

  /**
  Whether a vector has this id.

  @throws {VectorSearchError} with code `INVALID_ARGUMENT` or `DISPOSED`.
  */
  has(id: number): boolean {
    const { addressToRead: address, runtime } = this.#handle;
    checkId(id);
    return runtime.call((raw) => raw.engineContains(address, id));
  }

  /**
  Replace the vector of an id.

  @throws {VectorSearchError} with code `NOT_FOUND`, and as {@link add}.
  */
  update(id: number, vector: VectorInput): void {
    this.#update(id, vector, true);
  }

  /** {@link update}; a graph is linked to it by {@link linkSome} later. @internal */
  updateUnlinked(id: number, vector: VectorInput): void {
    this.#update(id, vector, false);
  }

  /**
  Remove the vector of an id. Its space is reclaimed by {@link compact}. A graph is mended; where more vectors were removed
  than are left it finds less, until {@link train} links them anew.

  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  remove(id: number): void {
    this.#remove(id, true);
  }

  /** {@link remove}; a graph is mended by {@link linkSome} later. @internal */
  removeUnlinked(id: number): void {
    this.#remove(id, false);
  }

  /**
  Take back the removal of an id, as long as nothing but other removals came after it. A graph is linked to it by
  {@link linkSome} later.

  @throws {VectorSearchError} with code `NOT_FOUND` where no vector was removed under it, and `INVALID_ARGUMENT` with index
  `ivf`.
  @internal
  */
  bringBack(id: number): void {
    const { address, runtime } = this.#handle;
    checkId(id);
    runtime.checked((raw) => raw.engineBringBack(address, id));
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
    void this.#handle.addressToRead;
    const checked = checkVector('the query', query, this.dim);
    const plan = planSearch(k, options, this.#kind);
    return searchNow(this.#handle, checked, 1, plan)[0] as SearchResults;
  }

  /**
  Find the `k` vectors nearest to each of many queries: far faster than one search after another. Until it is over, calls that
  change the engine (from `onProgress`, say) are refused with `INVALID_ARGUMENT`.

  @param queries - `[count x dim]`, one query after another.
  @returns One result a query, in their order.
  @throws {VectorSearchError} as {@link search}; positions count from the start of `queries`. The signal's reason when
  stopped.
  */
  searchBatch(queries: Float32Array, k = 10, options?: SearchOptions & LongCallOptions): SearchResults[] {
    return runSteps(this.searchBatchSteps(queries, k, options), options);
  }

  /** {@link searchBatch} in steps. @param firstQuery - Added to the positions that errors tell. @internal */
  searchBatchSteps(
    queries: Float32Array,
    k = 10,
    options?: SearchOptions,
    firstQuery = 0,
  ): Steps<SearchResults[]> {
    void this.#handle.addressToRead;
    const count = checkRows('the queries', queries, this.dim);
    return searchSteps(this.#handle, queries, count, planSearch(k, options, this.#kind), firstQuery);
  }

  /**
  Learn from the vectors: with quantization how to code them, and code them anew; with index `ivf` which lists to sort
  them into. As often as is wanted: after many vectors have changed, what was learned before serves less well. An index
  `hnsw` has nothing to learn itself; where vectors are coded anew, or more were removed than are left, all of them are
  linked to a new graph.

  A codec learns by itself from the first vectors that are added, as soon as they are enough. Where only codes are
  kept it cannot learn again.

  @param vectors - `[count x dim]` more vectors for the codec to learn from, which are not added. Default: none.
  @param options - How many lists, progress, in thousandths, and a signal that stops the call: what has not been learned to
  its end is as before then. Stopped while vectors are moved to their lists, it moves the others first; while they are linked,
  it leaves the others to the next call of `train` or `add`, until when searches compare those with the query one by one.
  `onProgress` may search the engine, and read it.
  @throws {VectorSearchError} with code `NOT_FINITE`, `ZERO_VECTOR`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY` or `DISPOSED`.
  The signal's reason when stopped.
  */
  train(vectors?: Float32Array, options?: TrainOptions & LongCallOptions): void {
    runSteps(this.trainSteps(vectors, options), options);
  }

  /** {@link train} in steps. @internal */
  trainSteps(vectors: Float32Array = new Float32Array(0), options: TrainOptions = {}): Steps<void> {
    void this.#handle.address;
    checkOptions(options, trainNames);
    const { nlist, seed = 0 } = options;
    if (nlist !== undefined) checkInteger('nlist', nlist, 1, maxListCount);
    checkInteger('seed', seed, 0);
    const count = checkRows('the vectors', vectors, this.dim);
    const { quantization, size, graph } = this.stats();
    const learns = quantization !== null && (quantization.keepVectors || !quantization.trained);
    const codec = learns && count + size > 0;
    const { index } = this.#kind;
    const lists = index === 'ivf' && size > 0;
    const links = graph !== null && size > 0 && (codec || !this.isLinked);
    for (const [name, value] of Object.entries({ nlist, seed: options.seed })) {
      if (value !== undefined && index !== 'ivf')
        throw invalidArgument(`${name} with the index 'ivf' only`, value);
    }
    if (nlist !== undefined && !lists) throw invalidState('nlist only where there are vectors', 'none');
    if (count > 0 && !codec)
      throw invalidState('vectors only for a codec to learn from', 'none that can learn');
    if (!codec && !lists && !links) {
      const held = size === 0 ? 'no vectors' : quantization !== null ? 'codes only' : 'floats only';
      throw invalidState('train() only where there is something to learn', held);
    }
    return trainSteps(
      this.#handle,
      { codec, lists, links, nlist: nlist ?? 0, seed },
      vectors,
      count,
      this.dim,
    );
  }

  /**
  How much of what exact search finds, search by the present codes, lists and graph finds too: recall@k, the mean share
  over the queries, 0 to 1.

  @param queries - `[count x dim]` of the kind that will be searched for, best not among the vectors themselves.
  @param k - Hits a query. Default: `10`.
  @param options - As the searches to be judged: oversampling, `nprobe`, `efSearch`, filter.
  @throws {VectorSearchError} as {@link searchBatch}; `INVALID_ARGUMENT` also where vectors are not kept as floats, and
  for index `flat` without quantization, whose searches are all exact.
  */
  estimateRecall(queries: Float32Array, k = 10, options?: RecallOptions & LongCallOptions): number {
    return runSteps(this.estimateRecallSteps(queries, k, options), options);
  }

  /** {@link estimateRecall} in steps. @internal */
  estimateRecallSteps(queries: Float32Array, k = 10, options?: RecallOptions): Steps<number> {
    void this.#handle.address;
    return recallSteps(this, queries, k, options);
  }

  /**
  Make room for `count` vectors in all, so that adding them never has to move those that are there. With index `ivf`
  nothing is done: lists grow as vectors come to them.

  @returns Bytes that an engine of `count` vectors holds.
  @throws {VectorSearchError} with code `OUT_OF_MEMORY`, `CAPACITY_EXCEEDED`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  reserve(count: number): number {
    const { address, runtime } = this.#handle;
    checkInteger('count', count, 0);
    runtime.checked((raw) => raw.engineReserve(address, count));
    return bytesNeeded(runtime, this.dim, this.metric, this.#kind, count);
  }

  /**
  Bytes that an engine of `count` vectors holds: lists not counted, a graph to within a percent or so, since its levels
  are random. One module has 4 GB for all its objects.

  @throws {VectorSearchError} with code `NOT_INITIALIZED` or `INVALID_ARGUMENT`.
  */
  static bytesNeeded(
    count: number,
    dim: number,
    metric: Metric = 'cosine',
    options: EngineOptions = {},
  ): number {
    const runtime = currentRuntime();
    checkInteger('count', count, 0);
    checkInteger('dim', dim, 1, maxDim);
    return bytesNeeded(runtime, dim, metric, checkKind(options, dim, metric), count);
  }

  /** @throws {VectorSearchError} with code `DISPOSED`. */
  stats(): EngineStats {
    const { addressToRead: address, runtime } = this.#handle;
    const stats = runtime.call((raw) => raw.engineStats(address));
    return {
      ...copyNamed(runtime.memory, stats, engineStatsFields),
      dimension: this.dim,
      metric: this.metric,
      index: this.#kind.index,
      lists: this.#lists(),
      graph: this.#graph(),
      quantization: this.#kind.quantization && {
        ...this.#kind.quantization,
        trained: runtime.call((raw) => raw.engineIsTrained(address)),
      },
      variant: runtime.variant,
    };
  }

  /**
  With index `hnsw` and a `targetRecall`: find anew which `efSearch` reaches it, as `addBatch` does by itself where there
  are twice the vectors. `stats().graph.calibration` tells it. Where searches are exact nothing is found, and nothing
  changes.

  @param queries - `[count x dim]` of the kind that will be searched for, best 100 or more, and not among the vectors.
  Default: a sample of the vectors.
  @param options - Progress, in thousandths, and a signal that stops the call: unless all was done, it is as before then.
  @throws {VectorSearchError} with code `NOT_FINITE`, `ZERO_VECTOR`, `DIMENSION_MISMATCH`, `INVALID_ARGUMENT`,
  `OUT_OF_MEMORY` or `DISPOSED`. The signal's reason when stopped.
  */
  calibrate(queries?: Float32Array, options?: LongCallOptions): void {
    checkOptions(options, longCallNames);
    runSteps(this.calibrateSteps(queries), options);
  }

  /** {@link calibrate} in steps. @internal */
  calibrateSteps(queries: Float32Array = new Float32Array(0)): Steps<void> {
    void this.#handle.address;
    const count = checkRows('the queries', queries, this.dim);
    if (this.#kind.hnsw?.targetRecall == null)
      throw invalidState('calibrate() only where there is a targetRecall', 'none');
    return calibrationSteps(this.#handle, queries, count);
  }

  /**
  With index `hnsw`: whether walks can come to every vector of the graph. It follows every edge of the lowest level, which
  takes some 50 ms for 100,000 vectors.

  @returns `null` for other indexes.
  @throws {VectorSearchError} with code `OUT_OF_MEMORY` or `DISPOSED`.
  */
  checkGraph(): GraphCheck | null {
    const { address, runtime } = this.#handle;
    if (this.#kind.hnsw === null) return null;
    const reachable = runtime.checked((raw) => raw.engineReachable(address));
    return { linked: (this.#graph() as GraphStats).linked, reachable };
  }

  /**
  Reclaim the space of removed vectors, and spare capacity. Ids stay. A graph needs room for a second one meanwhile, and
  is put in an order in which near vectors lie together: searches are faster then, where they were added one by one.

  @throws {VectorSearchError} with code `OUT_OF_MEMORY`, the engine unchanged, or `DISPOSED`.
  */
  compact(): void {
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.engineCompact(address, false));
  }

  /** {@link compact}; ids become 0, 1, 2, ... in the order in which they are. @internal */
  renumber(): void {
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.engineCompact(address, true));
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
    const loaded = loadEngine(bytes);
    return new VectorSearchEngine(loaded.dim, loaded.metric, loaded as EngineOptions);
  }

  /** Where it is in the module, for what takes it there as a whole. @internal */
  get address(): number {
    return this.#handle.address;
  }

  /** Free the engine's memory. Every later call but `dispose` itself throws `DISPOSED`. */
  dispose(): void {
    this.#handle.dispose();
  }

  #update(id: number, vector: VectorInput, links: boolean): void {
    void this.#handle.address;
    checkId(id);
    const row = this.#vectorToScratch('the vector', vector);
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.engineUpdate(address, id, row, links));
  }

  #remove(id: number, links: boolean): void {
    const { address, runtime } = this.#handle;
    checkId(id);
    runtime.checked((raw) => raw.engineRemove(address, id, links));
  }

  #lists(): ListStats | null {
    const { addressToRead: address, runtime } = this.#handle;
    const count = runtime.call((raw) => raw.engineNlist(address));
    return count === 0 ? null : { count, imbalance: runtime.call((raw) => raw.engineListImbalance(address)) };
  }

  #graph(): GraphStats | null {
    const { addressToRead: address, runtime } = this.#handle;
    const { hnsw } = this.#kind;
    if (hnsw === null) return null;
    const words = runtime.call((raw) => raw.engineGraphStats(address));
    return { ...hnsw, ...readGraphStats(runtime.memory, words) };
  }

  #vectorToScratch(name: string, vector: VectorInput): number {
    void this.#handle.address;
    const checked = checkVector(name, vector, this.dim);
    return this.#handle.runtime.scratch(scratchBytes(this.dim)).putFloats(checked);
  }
}

/**
@throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, `INVALID_ARGUMENT` or
`NOT_INITIALIZED`.
@internal
*/
export function loadEngine(bytes: Uint8Array): LoadedEngine {
  const runtime = currentRuntime();
  return new LoadedEngine(runtime, loadBytes(runtime, bytes));
}

function bytesNeeded(
  runtime: ModuleRuntime,
  dim: number,
  metric: Metric,
  kind: EngineKind,
  count: number,
): number {
  const metricCode = metricNumber(metric);
  const { quantization, index, hnsw } = crossKind(runtime, kind);
  return runtime.checked((raw) => raw.engineBytesNeeded(dim, metricCode, quantization, index, hnsw, count));
}
