/**
Collections that are compared: points with vectors and payloads, by this package and by others.

@module
*/
import type { Surroundings } from '../searcher.js';
import type { BenchPayload, Condition } from './points.js';

/** Ids are row numbers. Vectors have unit length and are compared by cosine. */
export interface PointCollection {
  /**
  Makes points as the package takes them, before any clock starts.

  @param rows - `[payloads x dim]`.
  @returns What keeps them.
  */
  prepare(rows: Float32Array, payloads: readonly BenchPayload[]): () => unknown;
  /** Row numbers of the `k` nearest that match, nearest first. */
  search(query: Float32Array, k: number, condition: Condition): Promise<number[]>;
  /** How many points match. Absent where a package has no such call. */
  count?(condition: Condition): Promise<number>;
  /** Milliseconds that a search took for the filter alone. Absent where a package does not tell. */
  filterMs?(condition: Condition): Promise<number>;
  /** What is found for many queries, `[count x dim]`, in one call. Absent where a package has none. */
  searchBatch?(queries: Float32Array, k: number): Promise<number[][]>;
  close(): Promise<void>;
}

export interface CollectionSettings {
  readonly dim: number;
  /** Of this package. */
  readonly index?: 'flat' | 'hnsw';
  /** Of this package: whether payloads are indexed. */
  readonly indexed?: boolean;
  /** Of this package: workers. */
  readonly shards?: number;
}

/** Imports the package and makes an empty collection. */
export type OpenCollection = (
  settings: CollectionSettings,
  surroundings: Surroundings,
) => Promise<PointCollection>;
