/**
The module as embind exports it, written by hand: what the files of bindings/embind bind, with the meaning of its
numbers. A type test holds the generated declarations against it.

Conventions
- Arrays cross as addresses in the module's memory (numbers up to 2^32) that the caller has filled or will read.
- A `Reply` is a value of 0 or more, or the negative of an error code; `lastError()` then has its numbers.
- An object that cannot be made is `null`; `lastError()` then has the code and its numbers.

@module
*/

/** A value of 0 or more, or the negative of an error code. */
export type Reply = number;

/** The error of the last call that failed. */
export interface RawError {
  readonly code: number;
  readonly expected: number;
  readonly actual: number;
}

/** Receives the next piece of saved bytes: `size` bytes at `address`. */
export type PieceWriter = (address: number, size: number) => void;

/** Copies `size` bytes, `offset` into the saved bytes, to `address`. */
export type PieceReader = (offset: number, address: number, size: number) => void;

/** How a filter crosses: not at all, as a list of ids, or as bits. */
export const filterForm = { none: 0, ids: 1, bits: 2 } as const;

/**
Where a search has left its hits: words of the module's memory, the addresses of `ids, scores, distances, counts`.
Valid until the next search.
*/
export const hitsViewWords = 4;

/** What the search engine and the compressed store have in common. */
export interface RawRows {
  dim(): number;
  /** Number of the metric, see metrics.ts. */
  metric(): number;
  size(): number;
  /** Id of the first row. */
  add(rows: number, rowCount: number): Reply;
  undoAdd(rowCount: number): void;
  savedBytes(): number;
  save(write: PieceWriter): Reply;
  delete(): void;
}

export interface RawEngineStats {
  readonly size: number;
  readonly deleted: number;
  readonly capacity: number;
  readonly vectorBytes: number;
  readonly normBytes: number;
  readonly idBytes: number;
  readonly memoryBytes: number;
}

export interface RawSearchEngine extends RawRows {
  update(id: number, row: number): Reply;
  remove(id: number): Reply;
  contains(id: number): boolean;
  /** Address of the row. */
  get(id: number): Reply;
  /** Address of the hits, see {@link hitsViewWords}. No score threshold: NaN. */
  search(
    queries: number,
    queryCount: number,
    k: number,
    scoreThreshold: number,
    form: number,
    filter: number,
    filterLength: number,
  ): Reply;
  reserve(rowCount: number): Reply;
  compact(): Reply;
  clear(): Reply;
  stats(): RawEngineStats;
}

export interface RawStoreStats {
  readonly size: number;
  readonly codeBytes: number;
  readonly vectorBytes: number;
  readonly memoryBytes: number;
}

export interface RawCompressedStore extends RawRows {
  bits(): number;
  keepVectors(): boolean;
  /** Decodes the row to `row`. */
  get(id: number, row: number): Reply;
  /** As `RawSearchEngine.search`. `oversampling`: 0 searches by code alone. */
  search(
    queries: number,
    queryCount: number,
    k: number,
    scoreThreshold: number,
    form: number,
    filter: number,
    filterLength: number,
    oversampling: number,
  ): Reply;
  stats(): RawStoreStats;
}

export interface RawGroupPooling {
  add(rows: number, rowCount: number, mask: number, weights: number): Reply;
  finish(out: number): Reply;
  delete(): void;
}

export interface RawStatisticsFit {
  add(rows: number, rowCount: number): Reply;
  finish(mean: number, deviation: number, smallest: number, largest: number): Reply;
  delete(): void;
}

export interface RawPcaFit {
  add(rows: number, rowCount: number): Reply;
  /** Does the next piece of the decomposition: thousandths of it that are done, 1000 last. */
  step(): Reply;
  finish(mean: number, components: number, explainedVariance: number, explainedVarianceRatio: number): Reply;
  delete(): void;
}

export interface RawModule {
  readonly wasmMemory: WebAssembly.Memory;

  /** Whether this is the `relaxed` variant. */
  usesRelaxedSimd(): boolean;
  lastError(): RawError;
  /** Address of at least `bytes` bytes that stay the caller's until the next call of this function. */
  scratch(bytes: number): Reply;
  /** Bytes of the heap in use. */
  heapBytes(): number;

  createSearchEngine(dim: number, metric: number): RawSearchEngine | null;
  loadSearchEngine(bytes: number, read: PieceReader): RawSearchEngine | null;
  engineBytesNeeded(dim: number, metric: number, rowCount: number): number;

  createCompressedStore(
    dim: number,
    metric: number,
    bits: number,
    keepVectors: boolean,
  ): RawCompressedStore | null;
  loadCompressedStore(bytes: number, read: PieceReader): RawCompressedStore | null;

  normalize(dim: number, rows: number, rowCount: number, out: number): Reply;
  /** `mask`, `weights`: 0 for none. */
  pool(
    dim: number,
    pooling: number,
    groupSize: number,
    rows: number,
    rowCount: number,
    mask: number,
    weights: number,
    out: number,
  ): Reply;
  similarity(
    dim: number,
    metric: number,
    queries: number,
    queryCount: number,
    rows: number,
    rowCount: number,
    out: number,
  ): Reply;
  measure(dim: number, metric: number, query: number, rows: number, rowCount: number, out: number): Reply;
  project(
    dim: number,
    rows: number,
    rowCount: number,
    mean: number,
    components: number,
    componentCount: number,
    out: number,
  ): Reply;
  createGroupPooling(dim: number, pooling: number): RawGroupPooling | null;
  createStatisticsFit(dim: number): RawStatisticsFit | null;
  createPcaFit(dim: number, componentCount: number, rowCount: number): RawPcaFit | null;
}

/** What the loader hands to the generated glue. */
export interface ModuleOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    ready: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}

/** The generated glue's only export. */
export type CreateModule = (options: ModuleOptions) => Promise<RawModule>;
