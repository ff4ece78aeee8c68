/**
What a collection asks of its shards. Types only.

@module
*/
import type { StoreDamage, StoreVerification } from '../../bindings/api/store.js';
import type { StoreFiles } from '../../bindings/api/store-files.js';
import type { SparseStatistics, SparseVector } from '../../bindings/api/types.js';
import type { Durability, DurableStorage } from './durable/types.js';
import type { CheckedFilter } from './filter/check.js';
import type { FacetCounts } from './payload/facet-counts.js';
import type { PayloadSchema } from './payload/schema.js';
import type {
  OrderBy,
  Payload,
  PointId,
  SearchParams,
  ShardExplanation,
  SparseVectorConfig,
  StoredVector,
  StoredVectors,
  VectorConfig,
  WithPayload,
  WithVector,
} from './types.js';

/** How a shard is made. */
export interface ShardConfig {
  /** By name; `''` for the one without. */
  readonly vectors: { readonly [name: string]: VectorConfig };
  readonly sparseVectors: { readonly [name: string]: SparseVectorConfig };
  readonly payloadIndex: { readonly [key: string]: PayloadSchema };
  /** Where its points are kept. Default: in memory alone. */
  readonly storage?: ShardStorage;
}

/** Where a shard is kept. */
export interface ShardStorage {
  readonly kind: DurableStorage | 'auto';
  /** Of the collection. */
  readonly name: string;
  /** The collection's folder, under `file`. */
  readonly path?: string;
  readonly durability: Durability;
  readonly shard: number;
  /** Of the collection, where it is new. */
  readonly shardCount: number;
  /** Whether it may have been created with any number of shards. */
  readonly anyShardCount?: boolean;
  readonly shardKey?: string;
  readonly model?: string;
  /** `readOnly`: what is left of it is opened where it is damaged, and nothing is written until {@link ShardCalls.release}. */
  readonly ifDamaged?: 'readOnly';
  /** It is not made where there is none. */
  readonly mustExist?: boolean;
}

/** What is missing of a damaged shard. */
export interface ShardDamage {
  readonly files: readonly StoreDamage[];
  /** Whether nothing of it can be read. */
  readonly isLost: boolean;
  readonly lostPoints: number | 'unknown';
  /** Whether the newest changes may be lost. */
  readonly lostChanges: boolean;
}

/** A file of a shard, as long as it is now. */
export interface ShardFile {
  readonly name: keyof StoreFiles;
  readonly size: number;
}

/** Files that stay as they are. */
export interface HeldFiles {
  readonly hold: number;
  readonly files: readonly ShardFile[];
}

/** Calls on files that a snapshot is written into. */
export interface RestorationCalls {
  write(shard: number, name: string, offset: number, bytes: Uint8Array): void;
  finish(): void;
  close(): void;
}

/** What the client is told about a shard that it opened. */
export interface OpenedShard {
  /** Where it is kept. */
  readonly kind: DurableStorage | 'memory';
  /** Of the collection as it was created. */
  readonly shardCount: number;
  readonly model?: string;
  /** Its dense vectors, also in what was not asked for. */
  readonly vectors?: ShardConfig['vectors'];
  /** Whether it was not there before. */
  readonly created: boolean;
  /** Bytes at the end of its log of a change that was not acknowledged: the worker was ended in the middle of it. */
  readonly tornBytes: number;
  /** Of one of which only a part can be read. */
  readonly damage?: ShardDamage;
}

/** Dense vectors of a batch. They themselves travel beside it, one array for each of these. */
interface DenseColumn {
  readonly name: string;
  /** Points of the batch that have one, by their place in it. */
  readonly points: readonly number[];
}

/** Sparse vectors of a batch. */
export interface SparseColumn {
  readonly name: string;
  readonly points: readonly number[];
  readonly vectors: readonly SparseVector[];
}

/** Points without payloads. */
export interface VectorBatch {
  /** Distinct. */
  readonly ids: readonly PointId[];
  readonly dense: readonly DenseColumn[];
  readonly sparse: readonly SparseColumn[];
}

/** Points on their way to a shard. */
export interface PointBatch extends VectorBatch {
  /** `[ids]` Or JSON of them: it travels faster than copies of objects, the log keeps it, and most are never asked for. */
  readonly payloads: readonly (Payload | string | null)[];
}

/** Which points a change concerns. */
export type CheckedSelector =
  | { readonly ids: readonly PointId[] }
  | { readonly filter: CheckedFilter | undefined };

/** Which points may be returned: those that match all of it. */
export interface Allowed {
  readonly filter?: CheckedFilter | undefined;
  /** Only these. */
  readonly among?: readonly PointId[] | undefined;
  /** Not these. */
  readonly without?: readonly PointId[] | undefined;
}

/** What a shard looks for. Dense queries travel beside it, in one array. */
export type ShardTarget =
  | { readonly kind: 'dense' }
  | SparseTarget
  /** Dense examples: `positive` of them, then the negative ones. */
  | {
      readonly kind: 'examples';
      readonly strategy: 'best_score' | 'sum_scores';
      readonly positive: number;
    }
  /** A dense target, then pairs. */
  | { readonly kind: 'discover' }
  /** Dense pairs. */
  | { readonly kind: 'context' }
  | { readonly kind: 'orderBy'; readonly orderBy: OrderBy }
  | { readonly kind: 'sample'; readonly seed: number }
  | { readonly kind: 'ids' };

/** A sparse vector, or a text that makes one. */
export type SparseTarget =
  | ({ readonly kind: 'sparse' } & SparseVector)
  | { readonly kind: 'text'; readonly text: string };

/** What is returned of each point. */
export interface Returned {
  readonly withPayload: WithPayload;
  readonly withVector: WithVector;
}

/** A search. */
export interface ShardSearch extends Allowed, Returned {
  readonly target: ShardTarget;
  readonly using: string;
  readonly k: number;
  readonly params?: SearchParams | undefined;
  readonly scoreThreshold?: number | undefined;
  /** Of all shards, for `idf` and BM25. Default: of this one. */
  readonly statistics?: SparseStatistics | undefined;
  readonly explain?: boolean | undefined;
}

/** Points as they travel back. */
export interface PackedPoints {
  readonly ids: readonly PointId[];
  /** Where they were asked for. */
  readonly payloads?: readonly (Payload | null)[] | undefined;
  /** Where they were asked for. */
  readonly vectors?: readonly (StoredVectors | undefined)[] | undefined;
}

/** Hits as they travel back. */
export interface PackedHits extends PackedPoints {
  /** `[queries]` hits of each. */
  readonly counts: Uint32Array;
  readonly scores: Float64Array;
  readonly distances: Float64Array;
  readonly explanation?: Omit<ShardExplanation, 'shard'> | undefined;
}

/** What `scroll` asks for. */
export interface ShardScroll extends Returned {
  readonly filter?: CheckedFilter | undefined;
  /** Begin with this id, or behind it. */
  readonly from?: { readonly id: PointId; readonly included: boolean } | undefined;
  readonly limit: number;
}

/** What a shard is like now. */
export interface ShardInfo {
  readonly points: number;
  readonly vectors: { readonly [name: string]: { readonly count: number; readonly memoryBytes: number } };
  readonly payloadSchema: {
    readonly [key: string]: { readonly schema: PayloadSchema; readonly points: number };
  };
  readonly payloadBytes: number;
  /** Of its files. */
  readonly storedBytes: number;
  /** Why floats stay on disk that are to be in memory. */
  readonly loadError: string | undefined;
  /** Of the worker's module. */
  readonly memoryBytes: number;
}

/**
Why a checkpoint is made: `due` or, where no change waits for it, `still`, where the log has grown by a part of the data;
`wanted`, where there are changes since the last; `shrunk`, where the last is complete and takes much less than the files.
*/
export type CheckpointReason = 'due' | 'still' | 'wanted' | 'shrunk';

/** So many deleted vectors are taken out of a graph at once; where they are more, `indexSome` does it, in steps. */
export const mendedAtOnce = 64;

/** Calls on a shard, by the names of its methods. Arrays of floats that travel beside come last. */
export interface ShardCalls {
  /** Returns the arrays, here and below. */
  upsert(batch: PointBatch, ...flats: Float32Array[]): readonly Float32Array[];
  updateVectors(batch: VectorBatch, ...flats: Float32Array[]): readonly Float32Array[];
  deleteVectors(names: readonly string[], points: CheckedSelector): number;
  delete(points: CheckedSelector): number;
  setPayload(payload: Payload, points: CheckedSelector, key: string | undefined): number;
  overwritePayload(payload: Payload, points: CheckedSelector): number;
  deletePayload(keys: readonly string[], points: CheckedSelector): number;
  clearPayload(points: CheckedSelector): number;
  createPayloadIndex(key: string, schema: PayloadSchema): void;
  deletePayloadIndex(key: string): void;
  /** Some milliseconds of reading into memory what was left on disk to open soon. Returns the share that is there. */
  loadSome(): number;
  /**
  Some 20 ms of indexing what was upserted, and of mending graphs where many were deleted. `renews`: of making graphs anew
  of which more was deleted than is left. Returns the share that is done.
  */
  indexSome(renews: boolean): number;
  optimize(): void;
  /**
  Some 20 ms of writing down what the shard is like now, where there is reason to. Returns the share that is done. A change
  in between makes it begin anew.
  */
  checkpointSome(reason: CheckpointReason): number;
  /** To be called when there are no changes for long: gives back space of its files that only these have use for. */
  rest(): void;
  /** The files as they are, which stay so until they are released. */
  holdFiles(): HeldFiles;
  readFile(hold: number, name: string, offset: number, size: number): Uint8Array;
  releaseFiles(hold: number): void;
  /** Writes what was held back: all shards are whole. */
  release(): void;
  /** Checks every byte that is kept. */
  verify(): StoreVerification;
  search(request: ShardSearch, queries: Float32Array): PackedHits;
  statistics(using: string, target: SparseTarget): SparseStatistics;
  retrieve(ids: readonly PointId[], returned: Returned): PackedPoints;
  vectorsOf(ids: readonly PointId[], using: string): readonly (StoredVector | undefined)[];
  missing(ids: readonly PointId[]): readonly PointId[];
  scroll(request: ShardScroll): PackedPoints;
  /** Ids in the order of a field, and the value of each. */
  ordered(orderBy: OrderBy, filter: CheckedFilter | undefined, limit: number): OrderedIds;
  count(filter: CheckedFilter | undefined): number;
  facet(key: string, filter: CheckedFilter | undefined, limit?: number): FacetCounts;
  info(): ShardInfo;
  /** Ends it, with all that was acknowledged durable. */
  close(): void;
}

/** Ids in the order of a field. */
export interface OrderedIds {
  readonly ids: readonly PointId[];
  readonly values: Float64Array;
}
