/**
The module as embind exports it, written by hand: what the files of bindings/embind bind, with the meaning of its
numbers. A type test holds the generated declarations against it.

Conventions
- Arrays cross as addresses in the module's memory (numbers up to 2^32) that the caller has filled or will read.
- Objects are their addresses: the first argument of the functions named after them. `...Create` and `...Load` make
  one, `...Delete` frees it.
- A `Reply` is a value of 0 or more, or the negative of an error code; `lastError()` then has its numbers.

@module
*/

/** A value of 0 or more, or the negative of an error code. */
export type Reply = number;

/** Receives the next piece of saved bytes: `size` bytes at `address`. */
export type PieceWriter = (address: number, size: number) => void;

/** Copies `size` bytes, `offset` into the saved bytes, to `address`. */
export type PieceReader = (offset: number, address: number, size: number) => void;

/**
An operation on a file of a store, all by number: see {@link storeFileOperations} and `storeFileNames`. Of `truncate` the
offset is the new size. Replies with the size or the bytes read, else 0, or with the negative of an error code.
*/
export type FileCall = (
  files: number,
  operation: number,
  file: number,
  offset: number,
  address: number,
  size: number,
) => number;

/** In the order of their numbers. */
export const storeFileOperations = ['getSize', 'read', 'write', 'flush', 'truncate'] as const;

/** How a filter crosses: not at all, as a list of ids, or as bits. */
export const filterForm = { none: 0, ids: 1, bits: 2 } as const;

/**
Where a search has left its hits: words of the module's memory, the addresses of `ids, scores, distances, counts`.
Valid until the next search.
*/
export const hitsViewWords = 4;

/** Where `engineStats` leaves its numbers: doubles in this order. */
export const engineStatsFields = [
  'size',
  'deleted',
  'capacity',
  'vectorBytes',
  'normBytes',
  'codeBytes',
  'codecBytes',
  'indexBytes',
  'idBytes',
  'memoryBytes',
] as const;

/** Where `sparseStats` leaves its numbers: doubles in this order. */
export const sparseStatsFields = ['size', 'deleted', 'indexCount', 'postingCount', 'memoryBytes'] as const;

/** Where `sparseGet` tells its vector: words of the module's memory, `indices, values` (addresses) and `count`. */
export const sparseViewWords = 3;

/** Doubles of statistics before those of each index: rows, and the sum of their lengths. */
export const sparseStatisticsHeader = 2;

/** Bytes around a record for what the log writes with it (src/persist/store/store.h). */
export const recordRoom = { before: 24, behind: 16 } as const;

/** Where `storeFields` leaves its numbers: doubles in this order. `damageFile`: -1 for none. */
export const storeFields = [
  'created',
  'generation',
  'records',
  'torn',
  'tornBytes',
  'damageFile',
  'damageOffset',
  'damageBytes',
  'generationNow',
  'logBytes',
  'logRecords',
  'dataBytes',
  'liveBytes',
] as const;

/** A view of bytes of the module: words of its memory, `address` and `size`; valid until the next call. */
export const viewWords = 2;

/** `lastError` leaves as many doubles: `code, expected, actual`. */
export const errorNumbers = 3;

/** What the module exports, but for its memory. */
export interface RawFunctions {
  /** Whether this is the `relaxed` variant. */
  usesRelaxedSimd(): boolean;
  /** Address of the numbers of the last call that failed, see {@link errorNumbers}. */
  lastError(): number;
  /** Address of at least `bytes` bytes that stay the caller's until the next call of this function. */
  scratch(bytes: number): Reply;
  /** Bytes of the heap in use. */
  heapBytes(): number;

  /**
  `quantization`: address of words, see quantization.ts, or 0 for none. `index`: 0 flat, 1 ivf, 2 hnsw. `hnsw`: address
  of words, see hnsw.ts, or 0.
  */
  engineCreate(dim: number, metric: number, quantization: number, index: number, hnsw: number): Reply;
  /** Reads `byteCount` bytes by {@link RawModule.readPiece}. */
  engineLoad(byteCount: number): Reply;
  engineDelete(engine: number): void;
  /** Arguments as those of `engineCreate`. */
  engineBytesNeeded(
    dim: number,
    metric: number,
    quantization: number,
    index: number,
    hnsw: number,
    rowCount: number,
  ): Reply;
  engineDim(engine: number): number;
  /** Number of the metric, see metrics.ts. */
  engineMetric(engine: number): number;
  /** Address of words, see quantization.ts, or 0. */
  engineQuantization(engine: number): number;
  engineIndex(engine: number): number;
  /** Address of words, see hnsw.ts, or 0. */
  engineHnsw(engine: number): number;
  /** Address of words, see hnsw.ts. */
  engineGraphStats(engine: number): number;
  /** Rows of the graph that edges of its lowest level lead to from where walks start. */
  engineReachable(engine: number): Reply;
  /** Rows that `engineLinkStep` would link; 0 without a graph, and while its codec has not learned. */
  enginePendingLinks(engine: number): number;
  engineIsLinked(engine: number): boolean;
  /** Lists; 0 until trained. */
  engineNlist(engine: number): number;
  engineListImbalance(engine: number): number;
  /** `nlist`: 0 for the default. */
  engineBeginListTraining(engine: number, nlist: number, seed: number): Reply;
  /** Does the next piece: thousandths that are done, 1000 last. */
  engineListTrainingStep(engine: number): Reply;
  engineEndListTraining(engine: number): void;
  engineIsTrained(engine: number): boolean;
  /** Rows that its codec needs to learn from; 0 without quantization. */
  engineTrainingLeast(engine: number): number;
  /** How many rows more than there are the codec can learn from. */
  engineBeginTraining(engine: number, forAdd: boolean): Reply;
  engineAddTrainingRows(engine: number, rows: number, rowCount: number): Reply;
  /** Does the next piece: thousandths that are done, 1000 last. */
  engineTrainingStep(engine: number): Reply;
  /** Leaves all as it was before, unless training is done. */
  engineEndTraining(engine: number): void;
  engineSize(engine: number): number;
  /** Address of the numbers, see {@link engineStatsFields}. */
  engineStats(engine: number): number;
  /** Id of the first row. `links`: with a graph, link them to it at once. */
  engineAdd(engine: number, rows: number, rowCount: number, links: boolean): Reply;
  /** Links the next rows that are not linked, then calibrates: thousandths that are done, 1000 last. */
  engineLinkStep(engine: number, renews: boolean): Reply;
  /** Reads the next float rows that a store was asked to keep: thousandths that are in memory, 1000 last. */
  engineLoadRowsStep(engine: number, rowCount: number): Reply;
  /** `queryCount`: 0 for a sample of the rows. */
  engineBeginCalibration(engine: number, queries: number, queryCount: number): Reply;
  /** Does the next piece: thousandths that are done, 1000 last. */
  engineCalibrationStep(engine: number): Reply;
  /** Leaves all as it was before, unless calibration is done. */
  engineEndCalibration(engine: number): void;
  /** What a walk for `k` hits keeps, unless told. */
  engineEfSearch(engine: number, k: number): number;
  engineUndoAdd(engine: number, rowCount: number): Reply;
  /** Ends an add in parts, or linking: what would undo it is given back. */
  engineEndAdd(engine: number): void;
  engineUpdate(engine: number, id: number, row: number, links: boolean): Reply;
  engineRemove(engine: number, id: number, links: boolean): Reply;
  engineBringBack(engine: number, id: number): Reply;
  /** Address of the row. */
  engineGet(engine: number, id: number): Reply;
  engineContains(engine: number, id: number): boolean;
  /**
  Address of the hits among slots `firstSlot` to `endSlot - 1`, see {@link hitsViewWords}. No score threshold: NaN.
  `oversampling`: 0 searches by code alone. `nprobe`, `efSearch`: 0 for the default.
  */
  engineSearch(
    engine: number,
    queries: number,
    queryCount: number,
    k: number,
    scoreThreshold: number,
    form: number,
    filter: number,
    filterLength: number,
    oversampling: number,
    exact: boolean,
    nprobe: number,
    efSearch: number,
    firstSlot: number,
    endSlot: number,
  ): Reply;
  engineReserve(engine: number, rowCount: number): Reply;
  engineCompact(engine: number, renumbers: boolean): Reply;
  engineClear(engine: number): Reply;
  engineSavedBytes(engine: number): Reply;
  /** Hands the bytes on by {@link RawModule.writePiece}. */
  engineSave(engine: number): Reply;

  /** `scoring`: 0 dot, 1 dot with idf, 2 bm25. */
  sparseCreate(scoring: number, k1: number, b: number): Reply;
  sparseDelete(index: number): void;
  sparseSize(index: number): number;
  sparseContains(index: number, id: number): boolean;
  /** Address of the numbers, see {@link sparseStatsFields}. */
  sparseStats(index: number): number;
  sparseSet(index: number, id: number, indices: number, values: number, count: number): Reply;
  /** See {@link SparseIndex.setRecords}. */
  sparseSetRecords(index: number, records: number, wordCount: number): Reply;
  sparseRemove(index: number, id: number): Reply;
  /** Address of words, see {@link sparseViewWords}; valid until the next call. */
  sparseGet(index: number, id: number): Reply;
  sparseCompact(index: number): Reply;
  /** `out`: doubles, {@link sparseStatisticsHeader} and one for each index. */
  sparseStatistics(index: number, indices: number, count: number, out: number): void;
  /** Address of the hits, see {@link hitsViewWords}. `statistics`: address of doubles, or 0 for the index's own. */
  sparseSearch(
    index: number,
    indices: number,
    values: number,
    count: number,
    k: number,
    scoreThreshold: number,
    form: number,
    filter: number,
    filterLength: number,
    statistics: number,
  ): Reply;

  /**
  `files`: their number for {@link RawModule.storeFile}, which this calls, as most of what follows, and every function of
  an engine whose rows are in the store. The words are its identity where it is new.
  */
  storeOpen(files: number, identityLow: number, identityHigh: number): Reply;
  storeDelete(store: number): void;
  /** Address of the numbers, see {@link storeFields}; the first eight are of when it was opened. */
  storeFields(store: number): number;
  /** Address of a view ({@link viewWords}), or 0 after the last. */
  storeNextRecord(store: number): Reply;
  storeRewindRecords(store: number): void;
  /** `record`: with {@link recordRoom} around it, which is overwritten. */
  storeAppend(store: number, record: number, size: number): Reply;
  storeFlush(store: number): Reply;
  /** `file`: its place in `storeFileNames` (store-files.ts). */
  storeUsedBytes(store: number, file: number): Reply;
  storeTrimLogs(store: number, spareBytes: number): void;
  storeBeginCheckpoint(store: number): Reply;
  /** `name`: UTF-8, here and below. */
  storeBeginSection(store: number, name: number, nameSize: number): Reply;
  storeWriteSection(store: number, bytes: number, size: number): Reply;
  storeKeepStart(store: number, size: number): Reply;
  storeBeginEngine(store: number, engine: number, comparesAll: boolean): Reply;
  /** 1 once all of it is written, else 0. */
  storeWriteEngine(store: number, engine: number): Reply;
  storeNoteEngine(engine: number): void;
  storeEndSection(store: number): Reply;
  storeFinishCheckpoint(store: number): Reply;
  storeAbandonCheckpoint(store: number): Reply;
  storeHasSection(store: number, name: number, nameSize: number): boolean;
  storeSectionBytes(store: number, name: number, nameSize: number): number;
  /** Hands the bytes on by {@link RawModule.writePiece}. */
  storeReadSection(store: number, name: number, nameSize: number, offset: number, size: number): Reply;
  storeLoadEngine(store: number, name: number, nameSize: number, leavesRows: boolean): Reply;
  /** 1 where they are in the section from now on, else 0. */
  storeKeepEngineRows(store: number, name: number, nameSize: number, engine: number): Reply;
  /** Address of a view of doubles: `offset, bytes` of each block. */
  storeSectionBlocks(store: number, name: number, nameSize: number): Reply;
  /** Address of a view of doubles: dimensions, the offset of the first row, the id of each. */
  storeLocateRows(store: number, name: number, nameSize: number, withoutTable: boolean): Reply;
  /** Must be deleted before its store. */
  verifierCreate(store: number): Reply;
  verifierDelete(verifier: number): void;
  /** Checks the next piece: thousandths that are done, 1000 last. */
  verifierStep(verifier: number): Reply;
  /** Address of a view ({@link viewWords}) of doubles, `file, offset, bytes` of each damage; its size is their number. */
  verifierDamage(verifier: number): Reply;

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

  groupCreate(dim: number, pooling: number): Reply;
  groupDelete(group: number): void;
  groupAdd(group: number, rows: number, rowCount: number, mask: number, weights: number): Reply;
  groupFinish(group: number, out: number): Reply;

  statisticsCreate(dim: number): Reply;
  statisticsDelete(fit: number): void;
  statisticsAdd(fit: number, rows: number, rowCount: number): Reply;
  statisticsFinish(fit: number, mean: number, deviation: number, smallest: number, largest: number): Reply;

  pcaCreate(dim: number, componentCount: number, rowCount: number): Reply;
  pcaDelete(fit: number): void;
  pcaAdd(fit: number, rows: number, rowCount: number): Reply;
  /** Does the next piece of the decomposition: thousandths of it that are done, 1000 last. */
  pcaStep(fit: number): Reply;
  pcaFinish(
    fit: number,
    mean: number,
    components: number,
    explainedVariance: number,
    explainedVarianceRatio: number,
  ): Reply;
}

export interface RawModule extends RawFunctions {
  readonly wasmMemory: WebAssembly.Memory;
  /** Called while bytes are saved; put here before. */
  writePiece?: PieceWriter;
  /** Called while bytes are loaded; put here before. */
  readPiece?: PieceReader;
  /** Called for what a store does; put here before one is opened. */
  storeFile?: FileCall;
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
