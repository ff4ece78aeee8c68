/**
What the parts above the shards ask of what lies below them.

@module
*/
import type { Metric } from '../../../bindings/api/types.js';
import type { Filter } from '../filter/types.js';
import type {
  OrderBy,
  PointId,
  PointRecord,
  ScoredPoint,
  SearchParams,
  Selected,
  StoredVector,
  WithPayload,
  WithVector,
} from '../types.js';

/** Two vectors: hits lie nearer to the one than to the other. */
export interface VectorPair {
  readonly positive: Float32Array;
  readonly negative: Float32Array;
}

/** What one search of all shards looks for: vectors, not ids. */
export type Target =
  | { readonly kind: 'dense'; readonly vector: Float32Array }
  | { readonly kind: 'sparse'; readonly indices: Uint32Array; readonly values: Float32Array }
  /** In the text index that `using` names. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'examples';
      readonly strategy: 'best_score' | 'sum_scores';
      readonly positive: readonly Float32Array[];
      readonly negative: readonly Float32Array[];
    }
  | { readonly kind: 'discover'; readonly target: Float32Array; readonly context: readonly VectorPair[] }
  | { readonly kind: 'context'; readonly context: readonly VectorPair[] }
  | { readonly kind: 'orderBy'; readonly orderBy: OrderBy }
  /** In an order that the seed tells. */
  | { readonly kind: 'sample'; readonly seed: number }
  /** In the order of ids. */
  | { readonly kind: 'ids' };

/** One search of all shards. */
export interface LeafRequest {
  readonly target: Target;
  /** `''` for the vector without a name. */
  readonly using: string;
  readonly filter?: Filter;
  /** Only these points. */
  readonly among?: readonly PointId[];
  /** Points that are left out: examples. */
  readonly without?: readonly PointId[];
  readonly params?: SearchParams;
  readonly scoreThreshold?: number;
  /** Most hits. */
  readonly k: number;
  readonly withPayload: WithPayload;
  readonly withVector: WithVector;
}

/** A collection's shards, as one. */
export interface Searcher {
  /** Hits of all shards, best first, ties by id. Points that an order, not a score, chose have score 1. */
  leaf(request: LeafRequest, signal?: AbortSignal): Promise<ScoredPoint[]>;
  /** Vectors of points; `undefined` where there is no such point, or it has no such vector. */
  vectors(
    ids: readonly PointId[],
    using: string,
    signal?: AbortSignal,
  ): Promise<(StoredVector | undefined)[]>;
  /** Points in the order of the ids; those that there are not are left out. */
  retrieve(ids: readonly PointId[], selected: Selected, signal?: AbortSignal): Promise<PointRecord[]>;
  /** Of dense vectors alone. */
  metricOf(using: string): Metric | undefined;
  /** @throws `INVALID_ARGUMENT` with the names that there are. */
  kindOf(using: string): 'dense' | 'sparse' | 'text';
  /** @throws `INVALID_ARGUMENT` where the collection was opened without `embed`, or `using` is no dense vector. */
  embed(text: string, using: string): Promise<Float32Array>;
}
