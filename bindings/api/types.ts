/**
Types shared by the engine (`vicinal`) and its worker client (`vicinal/worker`).

@module
*/

/** Options of which none is left open. */
export type Complete<Options> = {
  readonly [Name in keyof Options]-?: Exclude<Options[Name], undefined>;
};

/**
How two vectors are compared.

| metric | `score` (larger is better) | `distance` (smaller is better) |
| --- | --- | --- |
| `cosine` | cosine similarity, -1 to 1 | 1 - similarity, 0 to 2 |
| `euclidean` | `-distance` | L2 distance |
| `manhattan` | `-distance` | L1 distance |
| `dot` | inner product | `-score` |
*/
export type Metric = 'cosine' | 'euclidean' | 'manhattan' | 'dot';

/** Which of the two WebAssembly modules runs: `relaxed` where the engine has relaxed SIMD, else `simd128`. */
export type Variant = 'simd128' | 'relaxed';

/** A vector: `dim` finite numbers. A `Float32Array` is read without conversion. */
export type VectorInput = Float32Array | readonly number[];

/**
Which ids a search may return: the ids themselves, or bits (id `i` is bit `i % 32` of word `i / 32`).
Ids that do not exist are ignored.
*/
export type IdFilterInput =
  | ReadonlySet<number>
  | readonly number[]
  | Uint32Array
  | {
      /** Id `i` is bit `i % 32` of word `i / 32`. */
      readonly bits: Uint32Array;
    };

/** Bits a code: of a value (`scalar`, `binary`) or of a segment (`product`). */
export type CodeBits = 8 | 4 | 2 | 1;

/**
How rows become codes.

| codec | what is kept of a row | bits |
| --- | --- | --- |
| `scalar` | every value, rounded to a grid | 8, 4, 2 or 1 a value |
| `binary` | the signs of the values, after a random rotation | 1 a value |
| `product` | for every segment of values, the nearest of some learned ones | 4 or 8 a segment |
*/
export type CodecName = 'scalar' | 'binary' | 'product';

/** A `WebAssembly.Module`. Projects for Node alone may have no types for it: then any object. */
export type CompiledModule =
  typeof globalThis extends Record<'WebAssembly', Record<'Module', Record<'prototype', infer Module>>>
    ? Module
    : object;

/** The bytes of a `.wasm` file. */
export type ModuleBytes = ArrayBuffer | ArrayBufferView;

/** Where the module comes from. */
export interface InitOptions {
  /**
  Where the `.wasm` file lies, for setups that move it. With the `relaxed` file, an engine without relaxed SIMD fails
  to load. Default: beside the package's own files, the one that fits.
  */
  readonly wasmUrl?: string | URL | undefined;
  /** The module itself, compiled or as bytes: nothing is fetched then. */
  readonly wasmModule?: CompiledModule | ModuleBytes | undefined;
  /** Which of the package's own files to load. Default: `relaxed` where the engine has relaxed SIMD, else `simd128`. */
  readonly variant?: Variant | undefined;
  /** Longest wait for the module, in milliseconds. Default: `30000`. */
  readonly timeoutMs?: number | undefined;
}

/** One result of a search. */
export interface SearchHit {
  /** The id that `add` returned. */
  readonly id: number;
  /** Larger is better. See {@link Metric}. */
  readonly score: number;
  /** Smaller is better. See {@link Metric}. */
  readonly distance: number;
}

/** How rows are kept in codes: several times smaller than floats, and faster to search. */
export interface QuantizationOptions {
  /** Code family. Default: `scalar`. */
  readonly codec?: CodecName | undefined;
  /** Bits a code, see {@link CodecName}. Default: `8` for `scalar`, `1` for `binary`, `4` for `product`. */
  readonly bits?: CodeBits | undefined;
  /**
  `scalar` with 8 or 4 bits: one grid for all rows, that spans this share of all values, 0.5 to 1.
  Default: a grid for every row.
  */
  readonly quantile?: number | undefined;
  /** `product`: segments that a row is cut into, 1 to `dim`. Default: as many as suit the dimension. */
  readonly segments?: number | undefined;
  /** Rotate rows before they are coded. Default: `true` for `binary`, `false` for `product`. */
  readonly rotation?: boolean | undefined;
  /** `binary` and `product`: of what is random in rotation and training, 0 to 2^53 - 1. Default: `0`. */
  readonly seed?: number | undefined;
  /** Keep the float rows too, so that a search can rescore. Default: `true` in an engine, `false` in a store. */
  readonly keepVectors?: boolean | undefined;
}

/** How rows are kept in codes, as `stats()` tells it. */
export interface Quantization {
  /** Code family. */
  readonly codec: CodecName;
  /** Bits a code. */
  readonly bits: CodeBits;
  /** Share of all values that one grid for all rows spans; 0 where every row has its own. */
  readonly quantile: number;
  /** Segments asked for; 0 for the default. */
  readonly segments: number;
  /** Whether rows are rotated. */
  readonly rotation: boolean;
  /** Of what is random. */
  readonly seed: number;
  /** Whether the float rows are kept too. */
  readonly keepVectors: boolean;
  /** Whether rows are searched by their codes: while there are too few to learn from, they are kept as floats. */
  readonly trained: boolean;
}

/**
Which vectors a search compares with the query.

| index | compares |
| --- | --- |
| `flat` | all of them: exactly, or by their codes |
| `ivf` | those in the lists nearest to the query, once `train()` has sorted them into lists; until then all |
| `hnsw` | those that a walk through a graph of near vectors meets; all of them where few may be returned |
*/
export type IndexName = 'flat' | 'ivf' | 'hnsw';

/**
The graph of an index `hnsw`, in the words of its paper: Malkov, Yashunin. Efficient and Robust Approximate Nearest
Neighbor Search Using Hierarchical Navigable Small World Graphs. TPAMI 2020. Chosen once, when the engine is made.
*/
export interface HnswOptions {
  /**
  Edges of a new vector on each level, 2 to 256; on the lowest it can come to have twice as many. More raise recall at
  the same `efSearch`, and take `8 * m` bytes a vector. Default: `16`.
  */
  readonly m?: number | undefined;
  /** Candidates that these are chosen from, 1 to 65,536: more for a better graph, and a longer build. Default: `200`. */
  readonly efConstruction?: number | undefined;
  /**
  Where so many vectors or fewer may be returned, because there are no more or because of a filter, all of them are
  compared with the query; 0 to 4,294,967,295. Where a filter leaves no more than five times as many, and no more than an
  eighth of all, all their codes are: a walk among so few takes about as long, and finds less. Default: `1000`.
  */
  readonly fullScanThreshold?: number | undefined;
  /** Of the random levels, 0 to 2^53 - 1: the same seed and the same calls make the same graph. Default: `0`. */
  readonly seed?: number | undefined;
  /**
  Recall that searches without an `efSearch` of their own are to reach, 0.5 to 0.999: the share of what exact search
  finds. Which `efSearch` does is found by trial, on 100 of the vectors, each left out of the graph while it is searched
  for: after the first `addBatch` or `train`, and whenever one leaves twice as many vectors as the last time; after
  `add` one by one, and for queries of another kind than the vectors, call `calibrate()`. Where only codes are kept, it
  is the share of what all codes would find. Filters, and `oversampling` other than the default, are not taken into account.
  Default: `null`, no target.
  */
  readonly targetRecall?: number | null | undefined;
}

/** How an engine keeps and searches vectors. */
export interface EngineOptions extends HnswOptions {
  /** See {@link IndexName}. Default: `flat`. */
  readonly index?: IndexName | undefined;
  /**
  Keep vectors in codes; `null`: as floats only. An index `hnsw` walks by scalar codes of 8 or 4 bits, or, without them
  and under `manhattan`, by floats. Default: with index `hnsw`, codes of 8 bits beside the floats, but under `manhattan`;
  else `null`.
  */
  readonly quantization?: QuantizationOptions | null | undefined;
}

/** What a search may return. */
export interface SearchOptions {
  /** Only these ids may be returned. Default: all. */
  readonly filter?: IdFilterInput | undefined;
  /** Only hits with `score >= scoreThreshold` are returned; it is rounded to float32, as scores are. Default: no threshold. */
  readonly scoreThreshold?: number | undefined;
  /**
  With quantization: score the best rows by code again, exactly, on the float rows; needs `keepVectors`.
  Default: `true` where float rows are kept.
  */
  readonly rescore?: boolean | undefined;
  /**
  How many rows are scored again, as a multiple of `k`: at least 1. Default: `4` for `scalar`, but `2` with index `hnsw`
  and 8 bits; else `10`.
  */
  readonly oversampling?: number | undefined;
  /** Search all float rows, whatever codes, lists and graph there are; needs `keepVectors`. Default: `false`. */
  readonly exact?: boolean | undefined;
  /**
  With index `ivf`: how many lists are searched, 1 to 65,536; more than there are is all. Where they hold fewer than `k`
  vectors that may be returned, others are searched too. Default: 1.5 times the root of their number, at least 8.
  */
  readonly nprobe?: number | undefined;
  /**
  With index `hnsw`: how many of the nearest vectors a walk through the graph keeps in view, 1 to 65,536; more raise
  recall and time. At least `k` are kept. Where the walk meets fewer than `k` vectors that may be returned, all that may
  are compared with the query. `'auto'`: as calibrated for the engine's `targetRecall`. Default: `'auto'` where it has one,
  else `64`.
  */
  readonly efSearch?: number | 'auto' | undefined;
}

/** A sparse vector: its value at each index; 0 at all others. */
export interface SparseVector {
  /** Ascending. */
  readonly indices: Uint32Array;
  /** One for each index. */
  readonly values: Float32Array;
}

/** A sparse vector as callers write it, in any order. */
export interface SparseVectorInput {
  /** Distinct integers from 0 to 2^32 - 1. */
  readonly indices: Uint32Array | readonly number[];
  /** One finite number for each index. */
  readonly values: VectorInput;
}

/** How a sparse index scores: fixed when it is made. */
export interface SparseIndexOptions {
  /**
  Over the indices that query and vector share, `dot` adds up query value x value. `bm25` takes values as term
  frequencies, above 0, and adds up query value x idf x (k1 + 1) x tf / (tf + k1 x (1 - b + b x length / mean length)),
  where the length of a vector is the sum of its values. Default: `dot`.
  */
  readonly scoring?: 'dot' | 'bm25' | undefined;
  /**
  With `dot`: `idf` multiplies each query value by ln((N - n + 0.5) / (n + 0.5) + 1), of N vectors in all and n that have
  the index. Default: `none`.
  */
  readonly modifier?: 'none' | 'idf' | undefined;
  /** With `bm25`: how much more a term counts that is there again, 0 to 1000. Default: `1.2`. */
  readonly k1?: number | undefined;
  /** With `bm25`: how much longer vectors are held to say the same, 0 to 1. Default: `0.75`. */
  readonly b?: number | undefined;
}

/** What scores with idf and `bm25` depend on beside the vector itself. */
export interface SparseStatistics {
  /** Vectors. */
  readonly count: number;
  /** Sum of their lengths, with `bm25`; else 0. */
  readonly totalLength: number;
  /** `[query indices]` vectors that have each of them, in the order of the query. */
  readonly frequencies: Float64Array;
}

/** What a search of a sparse index may return, and how it scores. */
export interface SparseSearchOptions {
  /** Only these ids may be returned. Default: all. */
  readonly filter?: IdFilterInput | undefined;
  /** Only hits with `score >= scoreThreshold` are returned; it is rounded to float32, as scores are. Default: no threshold. */
  readonly scoreThreshold?: number | undefined;
  /** Score by these, joined from several indexes, of the query's indices in its order. Default: the index's own. */
  readonly statistics?: SparseStatistics | undefined;
}

/** What a sparse index holds. */
export interface SparseIndexStats {
  /** Vectors that can be found. */
  readonly size: number;
  /** Vectors that were removed or replaced, and whose space is not reclaimed yet. */
  readonly deleted: number;
  /** Different indices since the last `compact()`. */
  readonly indexCount: number;
  /** Values that are kept, also of vectors whose space is not reclaimed yet. */
  readonly postingCount: number;
  /** Bytes that the index holds in all. */
  readonly memoryBytes: number;
}

/** How `train` learns. */
export interface TrainOptions {
  /**
  With index `ivf`: lists that vectors are sorted into, 1 to 65,536, and no more than there are vectors.
  Default: twice the root of the number of vectors.
  */
  readonly nlist?: number | undefined;
  /** With index `ivf`: of what is random in finding the lists, 0 to 2^53 - 1. Default: `0`. */
  readonly seed?: number | undefined;
}

/** The lists of an index `ivf`. */
export interface ListStats {
  /** How many there are. */
  readonly count: number;
  /** Vectors of the largest list, in relation to the mean: 1 where all are equally long. */
  readonly imbalance: number;
}

/** The graph of an index `hnsw`: the options it was made with, and what it is like now. */
export interface GraphStats extends Complete<HnswOptions> {
  /** Vectors in the graph. */
  readonly linked: number;
  /** Vectors that are not in it, or not where they are now: every search compares them with the query one by one. */
  readonly pending: number;
  /** Removed vectors whose place in it `compact()` would reclaim. */
  readonly removed: number;
  /** Share of the places in it that are those of removed vectors, 0 to 1. */
  readonly removedRatio: number;
  /** Levels that hold vectors; 0 for an empty graph. */
  readonly levels: number;
  /** `[levels]` vectors on each level, the lowest first, where all linked ones are. */
  readonly levelSizes: Uint32Array;
  /** Edges of a vector on the lowest level, on average. */
  readonly meanDegree: number;
  /** Most edges of a vector on the lowest level: up to `2 * m`. */
  readonly maxDegree: number;
  /** `[2 * m + 1]` vectors by the number of their edges on the lowest level: `degrees[3]` of them have three. */
  readonly degrees: Uint32Array;
  /** `null` without `targetRecall`, until calibrated, and while so few vectors are there that searches are exact. */
  readonly calibration: GraphCalibration | null;
}

/** The `efSearch` that was found to reach a graph's `targetRecall`. */
export interface GraphCalibration {
  /** Vectors there were in the graph. */
  readonly linked: number;
  /** For up to 10 hits. More take values between this and `efSearch100`; above 100, in proportion to them. */
  readonly efSearch: number;
  /** For 100 hits. */
  readonly efSearch100: number;
  /** Recall of the sample, for 10 hits: below the target only where no `efSearch` up to 4,096 reaches it. */
  readonly recall: number;
  /** The same for 100 hits. */
  readonly recall100: number;
}

/** How much of a graph walks can come to. */
export interface GraphCheck {
  /** Vectors in the graph. */
  readonly linked: number;
  /** Of these, those that edges lead to from where walks start: all of them, unless there is an error in this package. */
  readonly reachable: number;
}

/** Which searches `estimateRecall` judges. */
export type RecallOptions = Pick<
  SearchOptions,
  'filter' | 'rescore' | 'oversampling' | 'nprobe' | 'efSearch'
>;

/** What `recommendQuantization` looks for. */
export interface RecommendOptions {
  /** How vectors are compared. Default: `cosine`. */
  readonly metric?: Metric | undefined;
  /** Hits a query that recall is about. Default: `10`. */
  readonly k?: number | undefined;
  /** Share of the exact hits that searches must find, 0 to 1. Default: `0.95`. */
  readonly minRecall?: number | undefined;
  /** Most bytes that the code of a vector may take, without its floats. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** Whether float rows will be kept, and searches rescored. Default: `true`. */
  readonly keepVectors?: boolean | undefined;
  /** What is tried. Default: every codec with its defaults. */
  readonly candidates?: readonly QuantizationOptions[] | undefined;
}

/** One codec, as it did on the sample. */
export interface QuantizationTrial {
  /** What was tried; `new VectorSearchEngine(dim, metric, { quantization })` takes it. */
  readonly quantization: QuantizationOptions;
  /** Bytes of a vector's code and what belongs to it, without its floats. */
  readonly bytesPerVector: number;
  /** Share of the exact hits found, as searches of such an engine find them: rescored where floats are kept. */
  readonly recall: number;
  /** The same by the codes alone. */
  readonly recallByCode: number;
  /** Milliseconds that training and coding the sample took. */
  readonly trainingMs: number;
}

/** What `recommendQuantization` found. */
export interface QuantizationRecommendation {
  /** The smallest that fits; `null` where none does. */
  readonly choice: QuantizationTrial | null;
  /** All, in the order in which they were tried. */
  readonly trials: readonly QuantizationTrial[];
}

/** Numbers about an engine. */
export interface EngineStats {
  /** Rows that can be found. */
  readonly size: number;
  /** Removed rows whose space `compact()` would reclaim. */
  readonly deleted: number;
  /** Rows that fit before memory grows. */
  readonly capacity: number;
  /** Values of every vector. */
  readonly dimension: number;
  /** How vectors are compared. */
  readonly metric: Metric;
  /** Which vectors a search compares with the query. */
  readonly index: IndexName;
  /** Lists of an index `ivf`; `null` until it is trained, and for other indexes. */
  readonly lists: ListStats | null;
  /** The graph of an index `hnsw`; `null` for other indexes. */
  readonly graph: GraphStats | null;
  /** How rows are kept in codes; `null` where they are floats only. */
  readonly quantization: Quantization | null;
  /** The module that runs. */
  readonly variant: Variant;
  /** Bytes that the engine holds in all. */
  readonly memoryBytes: number;
  /** Of these, for the vectors as floats. */
  readonly vectorBytes: number;
  /** Of these, for the norms that cosine needs. */
  readonly normBytes: number;
  /** Of these, for codes, and what belongs to each. */
  readonly codeBytes: number;
  /** Of these, for what their codec has learned. */
  readonly codecBytes: number;
  /** Of these, for the index: centroids of lists and where each vector is, or edges of a graph. */
  readonly indexBytes: number;
  /** Of these, for ids and deletion marks. */
  readonly idBytes: number;
}

/** Told between the steps of a long call. */
export interface Progress {
  /** Rows (or queries) done. */
  readonly done: number;
  /** Rows (or queries) in all. */
  readonly total: number;
}

/** Options of calls that may take long. */
export interface LongCallOptions {
  /** Called between steps, at least once, `done === total` last. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the call between two steps: it throws the signal's reason, and nothing has changed. */
  readonly signal?: AbortSignal | undefined;
}

/** How a compressed store keeps vectors. */
export interface CompressedStoreOptions extends QuantizationOptions {
  /** How vectors are compared. Default: `cosine`. */
  readonly metric?: Metric | undefined;
}

/** An operation of `BatchProcessor.process`. */
export type BatchOperation =
  | 'normalize'
  | 'mean'
  | 'max'
  | 'sum'
  | 'weighted'
  | 'centroid'
  | 'statistics'
  | 'pca'
  | 'similarity';

/** Options of `normalize`. */
export interface NormalizeOptions extends LongCallOptions {
  /** Receives the result, `[count x dim]`; may be the input itself. Untouched on error. Default: a new array. */
  readonly out?: Float32Array | undefined;
}

/** Options of `mean`, `max` and `sum`. */
export interface PoolOptions extends LongCallOptions {
  /** Rows pooled into one; the row count must be a multiple of it. Default: all rows. */
  readonly groupSize?: number | undefined;
  /** Attention mask, one value a row: rows with 0 are left out. Default: all rows count. */
  readonly mask?: Uint8Array | undefined;
  /** Receives the result, `[count / groupSize x dim]`. Untouched on error. Default: a new array. */
  readonly out?: Float32Array | undefined;
}

/** Options of `weighted`. */
export interface WeightedPoolOptions extends PoolOptions {
  /** Weights, one a row, finite and 0 or more. */
  readonly weights: Float32Array;
}

/** Options of `pca`. */
export interface PcaOptions extends LongCallOptions {
  /** Components wanted: 1 to the smaller of `dim` and the row count. */
  readonly components: number;
}

/** Options of `similarity`. */
export interface SimilarityOptions extends LongCallOptions {
  /** How rows are compared. Default: `cosine`. */
  readonly metric?: Metric | undefined;
}

/** Per dimension, over all rows; each array is `[dim]`. */
export interface VectorStatistics {
  /** Rows that were read. */
  readonly count: number;
  /** Mean. */
  readonly mean: Float32Array;
  /** Population standard deviation (divisor `count`). */
  readonly std: Float32Array;
  /** Smallest value. */
  readonly min: Float32Array;
  /** Largest value. */
  readonly max: Float32Array;
}

/**
Principal components, strongest first. An object of typed arrays: it can be sent to a worker or put into IndexedDB as it is;
JSON needs `Array.from` of each, and `Float32Array.from` on the way back.
*/
export interface PcaModel {
  /** `[dim]`; taken from a row before it is projected. */
  readonly mean: Float32Array;
  /** `[components x dim]`, orthonormal; of each, the value largest by magnitude is positive. */
  readonly components: Float32Array;
  /** `[components]` variance along each component (divisor: rows - 1). */
  readonly explainedVariance: Float32Array;
  /** `[components]` the same as a share of the variance of all dimensions. */
  readonly explainedVarianceRatio: Float32Array;
}

/** What each operation of `BatchProcessor.process` returns. */
export interface BatchResults {
  /** `[count x dim]` rows of length 1. */
  normalize: Float32Array;
  /** `[count / groupSize x dim]` means of groups. */
  mean: Float32Array;
  /** `[count / groupSize x dim]` largest values of groups. */
  max: Float32Array;
  /** `[count / groupSize x dim]` sums of groups. */
  sum: Float32Array;
  /** `[count / groupSize x dim]` weighted means of groups. */
  weighted: Float32Array;
  /** `[dim]` mean of all rows. */
  centroid: Float32Array;
  /** Mean, deviation and range of every dimension. */
  statistics: VectorStatistics;
  /** Principal components. */
  pca: PcaModel;
  /** `[count x count]` scores of every row with every row. */
  similarity: Float32Array;
}

/** What each operation of `BatchProcessor.process` takes. */
export interface BatchOptions {
  /** May be left out. */
  normalize: NormalizeOptions;
  /** May be left out: all rows are one group. */
  mean: PoolOptions;
  /** May be left out: all rows are one group. */
  max: PoolOptions;
  /** May be left out: all rows are one group. */
  sum: PoolOptions;
  /** The weights are needed. */
  weighted: WeightedPoolOptions;
  /** May be left out. */
  centroid: LongCallOptions;
  /** May be left out. */
  statistics: LongCallOptions;
  /** The number of components is needed. */
  pca: PcaOptions;
  /** May be left out. */
  similarity: SimilarityOptions;
}

/** Memory and age of the module. */
export interface PerformanceMetrics {
  /** The module that runs. */
  readonly variant: Variant;
  /** Bytes that the module has in use. */
  readonly memoryBytes: number;
  /** Most bytes that the module's memory has spanned: it grows, and never shrinks. */
  readonly peakMemoryBytes: number;
  /** When the module became ready, in milliseconds since 1970. */
  readonly timeOrigin: number;
}

/** How much a log entry matters, least first; `silent` is above all of them. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** One line of the package's log. */
export interface LogEntry {
  /** How much it matters. */
  readonly level: Exclude<LogLevel, 'silent'>;
  /** What it says. */
  readonly message: string;
}
