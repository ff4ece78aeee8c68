/**
What is compared: exact search over float rows, by this package and by others. One thread each.

@module
*/
import type { Metric, QuantizationOptions, Variant } from 'vicinal';

export interface Searcher {
  /** Adds rows, `[count x dim]`, in one call where the package has one. */
  addBatch(rows: Float32Array): void;
  /** Adds one row. Absent where a package takes all rows at once. */
  add?(row: Float32Array): void;
  /**
  Row numbers of the `k` nearest, nearest first.

  @param oversampling - Rescore `oversampling * k` rows by their floats. Default: none; a float index ignores it.
  */
  search(query: Float32Array, k: number, oversampling?: number): ArrayLike<number>;
  /** The same for many queries, `[count x dim]`, in one call. Absent where a package has none. */
  searchBatch?(queries: Float32Array, k: number, oversampling?: number): ArrayLike<number>[];
  /** Bytes that a scan of all codes reads; where a package does not tell them, all that it holds. Absent for floats. */
  codeBytes?(): number;
  dispose(): void;
}

export interface SearcherOptions {
  readonly dim: number;
  readonly metric: Metric;
  /** Most rows that will be added. */
  readonly capacity: number;
  /** Codes beside the floats. Default: floats alone. */
  readonly quantization?: QuantizationOptions;
}

/** What differs between the places that searchers run in. */
export interface Surroundings {
  /** The variant of this package's module. Default: the one that fits. */
  readonly variant?: Variant;
  /** Folder of the files that TensorFlow.js fetches: address or path, with a slash at its end. */
  readonly tfjsFolder: string;
  /** The WebAssembly module of edgevec. */
  readonly edgevecModule: () => Promise<BufferSource | Response>;
  /** Address of the script of this package's worker. */
  readonly workerUrl: string;
  /** Folder of what is kept, in Node. Absent in a page: its browser has a place for it. */
  readonly storeFolder?: string;
  /** Address of the script of raw-worker.ts. Absent in Node. */
  readonly rawWorkerUrl?: string;
  /** Makes believe that this is a page while a package loads that knows nothing else. Absent in a page. */
  readonly asPage?: <Result>(load: () => Promise<Result>) => Promise<Result>;
}

/** Imports the package and makes an empty index. */
export type OpenSearcher = (options: SearcherOptions, surroundings: Surroundings) => Promise<Searcher>;
