/**
Graphs that are compared, by this package and by others. One thread each.

@module
*/
import type { Metric, QuantizationOptions } from 'vicinal';
import type { Surroundings } from '../searcher.js';

export interface GraphIndex {
  /** Adds rows, `[count x dim]`, in one call. Absent where a package has no such call, or only a loop. */
  addBatch?(rows: Float32Array): void;
  add(row: Float32Array): void;
  /** Makes of a query what `search` wants, before any clock starts. Default: the query itself. */
  prepare?(query: Float32Array): Float32Array;
  /** Row numbers of the `k` nearest, nearest first. */
  search(query: Float32Array, k: number, efSearch: number): ArrayLike<number>;
  /** The same by codes, rescored by the floats: `efSearch` rows of them. Absent where a package has none. */
  searchByCodes?(query: Float32Array, k: number, efSearch: number): ArrayLike<number>;
  bytes(): GraphBytes;
  dispose(): void;
}

/** What an index holds. A package that does not tell the parts tells `all`. */
export interface GraphBytes {
  readonly all: number;
  readonly vectors?: number;
  readonly codes?: number;
  /** Links, and whatever else belongs to the graph. */
  readonly graph?: number;
}

export interface GraphOptions {
  readonly dim: number;
  readonly metric: Metric;
  /** Most rows that will be added. */
  readonly capacity: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly seed: number;
  /** Of this package. Default: as the package has it. */
  readonly quantization?: QuantizationOptions | null;
}

/** Imports the package and makes an empty index. */
export type OpenGraph = (options: GraphOptions, surroundings: Surroundings) => Promise<GraphIndex>;

/** The same vector with length 1, by which an inner product or a distance ranks as cosine does. */
export function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  return vector.map((value) => value * scale);
}
