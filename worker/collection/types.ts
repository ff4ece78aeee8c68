/**
Collections: points with ids, vectors and payloads, in the words of Qdrant's REST API. What is JSON there (payloads,
filters) is the same JSON here; names of calls and options are in camel case.

@module
*/
import type {
  EngineOptions,
  Metric,
  Progress,
  SparseVector,
  SparseVectorInput,
  VectorInput,
} from '../../bindings/api/types.js';
import type { CallOptions, WorkerStartOptions } from '../options.js';
import type { Durability, StorageInfo, StorageKind } from './durable/types.js';
import type { FieldPath, Filter } from './filter/types.js';
import type { PayloadSchema } from './payload/schema.js';
import type { TextOptions } from './text/terms.js';

/** The caller's key of a point: an integer from 0 to 2^53 - 1, or a string that is not empty. */
export type PointId = number | string;

/** A value that JSON can tell. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What is known of a point beside its vectors: a JSON object. */
export type Payload = { readonly [key: string]: JsonValue };

/** Vectors by name, where a collection has names for them. */
export type NamedVectors = { readonly [name: string]: VectorInput | SparseVectorInput };

/** The vectors of a point: one without a name, or several with names. */
export type PointVectors = VectorInput | NamedVectors;

/** A vector as it is returned: an array that the caller owns. */
export type StoredVector = Float32Array | SparseVector;

/** Vectors as they are returned. */
export type StoredVectors = Float32Array | { readonly [name: string]: StoredVector };

/** A point to be kept. `P`: its payload. */
export interface Point<P extends object = Payload> {
  /** Its key. A point that has it already is replaced, vectors and payload. */
  readonly id: PointId;
  /** Its vectors. A collection with names takes any number of them. */
  readonly vector?: PointVectors | undefined;
  /** Default: none. */
  readonly payload?: P | null | undefined;
  /** In place of `vector`, in a collection that was opened with `embed`: its vector is made from this. */
  readonly text?: string | undefined;
}

/** Many points in columns: no object a vector. */
export interface PointColumns<P extends object = Payload> {
  /** `[count]` keys. */
  readonly ids: readonly PointId[] | Uint32Array;
  /** `[count x dim]` finite numbers, vector after vector; by name, where vectors have names. */
  readonly vectors?: Float32Array | { readonly [name: string]: Float32Array } | undefined;
  /** `[count]` payloads. Default: none. */
  readonly payloads?: readonly (P | null | undefined)[];
}

/** These parts of a payload. */
export interface PayloadInclude {
  /** Paths of fields. */
  readonly include: readonly string[];
}

/** All of a payload but these parts. */
export interface PayloadExclude {
  /** Paths of fields. */
  readonly exclude: readonly string[];
}

/** Which parts of a payload are returned: all, none, these keys, or all but some. Dotted paths reach into objects. */
export type WithPayload = boolean | readonly string[] | PayloadInclude | PayloadExclude;

/** Which vectors are returned: all, none, or these. */
export type WithVector = boolean | readonly string[];

/** What is returned of a point. */
export interface Selected {
  /** Default: `true`; in `search`, `query` and `recommend`: `false`. */
  readonly withPayload?: WithPayload | undefined;
  /** Default: `false`. */
  readonly withVector?: WithVector | undefined;
}

/** A point as it is returned. */
export interface PointRecord<P extends object = Payload> {
  /** Its key. */
  readonly id: PointId;
  /** Where it was asked for; `null` for a point without one. Of parts that `withPayload` chooses, those, whatever `P` says. */
  readonly payload?: P | null;
  /** Where it was asked for. */
  readonly vector?: StoredVectors;
}

/** A hit. */
export interface ScoredPoint<P extends object = Payload> extends PointRecord<P> {
  /** Larger is better: as the metric has it, or the fused one. */
  readonly score: number;
  /** Smaller is better: as the metric has it; else `-score`. */
  readonly distance: number;
}

/** How vectors are searched: as in the engine's `SearchOptions`. */
export interface SearchParams {
  /** With index `hnsw`: vectors that the walk keeps in view. Default: what `targetRecall` asks for, else `64`. */
  readonly efSearch?: number | 'auto' | undefined;
  /** With index `ivf`: lists that are searched. */
  readonly nprobe?: number | undefined;
  /** Compare every vector, exactly. Default: `false`. */
  readonly exact?: boolean | undefined;
  /** With quantization: score the best again by their floats. Default: `true` where they are kept. */
  readonly rescore?: boolean | undefined;
  /** How many are scored again, as a multiple of `k`. */
  readonly oversampling?: number | undefined;
}

/** What a search is about, beside its query. */
export interface SearchRequest<P extends object = Payload> extends Selected {
  /**
  Most hits. Default: `10`. They come with ties by id; but which of equally good points are among the last of them depends
  on the order in which they came, and so on the number of shards.
  */
  readonly k?: number | undefined;
  /** Hits that are left out first. Default: `0`. */
  readonly offset?: number | undefined;
  /** Only points that match. Default: all. */
  readonly filter?: Filter<P> | undefined;
  /** The vector that is searched, in a collection with names. */
  readonly using?: string | undefined;
  /** Only hits with `score >= scoreThreshold`. Default: no threshold. */
  readonly scoreThreshold?: number | undefined;
  /** How vectors are searched. */
  readonly params?: SearchParams | undefined;
}

/** Options of `search`. */
export interface CollectionSearchOptions<P extends object = Payload> extends SearchRequest<P>, CallOptions {
  /** Tell how the hits were found: `explanation` of {@link Hits}. Default: `false`. */
  readonly explain?: boolean | undefined;
}

/** Hits, best first, ties by smaller id: numbers before strings. */
export type Hits<P extends object = Payload> = ScoredPoint<P>[] & {
  /** Of a search with `explain`: one entry a shard that was asked. */
  readonly explanation?: readonly ShardExplanation[];
};

/** How a shard found its hits. */
export interface ShardExplanation {
  /** Which shard. */
  readonly shard: number;
  /** `scan`: all that match were compared; `walk`: by the graph or lists; `none`: nothing matched. */
  readonly strategy: 'scan' | 'walk' | 'none';
  /** Points that the filter lets through. */
  readonly matched: number;
  /** Points in the shard. */
  readonly points: number;
  /** Milliseconds for the filter. */
  readonly filterMs: number;
  /** Milliseconds for the vectors. */
  readonly searchMs: number;
  /** The filter, clause by clause; nothing where there is none. */
  readonly filter?: ClauseExplanation;
}

/** What a part of a filter did. */
export interface ClauseExplanation {
  /** Where it stands: `must[0]`, `should[1].must_not[0]`; empty for the whole. */
  readonly path: string;
  /** What it asks: `year range`, `has_id`, `filter`. */
  readonly condition: string;
  /** `index`: read from a payload index; `payloads`: by reading payloads; `points`: from ids or vectors; `clauses`. */
  readonly by: 'index' | 'payloads' | 'points' | 'clauses';
  /** Points that match it, of those that it was asked about. */
  readonly matched: number;
  /** Points that it was asked about. */
  readonly asked: number;
  /** Milliseconds that it took. */
  readonly ms: number;
  /** Its own clauses. */
  readonly clauses?: readonly ClauseExplanation[];
}

/** How points, and the order in which they are listed, are chosen by a payload field with an index. */
export interface OrderBy<P extends object = Payload> {
  /** A field with a payload index of numbers or datetimes. */
  readonly key: FieldPath<P>;
  /** Default: `asc`. */
  readonly direction?: 'asc' | 'desc' | undefined;
  /** Begin with this value. */
  readonly startFrom?: number | string | undefined;
}

/** Points by their ids. */
export interface PointsSelector {
  /** The ids; those that no point has are ignored. */
  readonly points: readonly PointId[];
}

/** Points that match. */
export interface FilterSelector<P extends object = Payload> {
  /** The filter; `{}` matches all. */
  readonly filter: Filter<P>;
}

/** Which points a change concerns: these ids, or all that match. */
export type PointSelector<P extends object = Payload> =
  | readonly PointId[]
  | PointsSelector
  | FilterSelector<P>;

/** What `scroll` lists. */
export interface ScrollRequest<P extends object = Payload> extends Selected, CallOptions {
  /** Only points that match. Default: all. */
  readonly filter?: Filter<P> | undefined;
  /** Most points. Default: all. */
  readonly limit?: number | undefined;
  /** Begin with this id; `null` from the first. Not with `orderBy`. */
  readonly offset?: PointId | null | undefined;
  /** By the values of a field, points without one left out. Default: by id, numbers before strings. */
  readonly orderBy?: OrderBy<P> | FieldPath<P> | undefined;
}

/** A value of a payload field, and how many points have it. */
export interface FacetHit {
  /** The value. */
  readonly value: string | number | boolean;
  /** Points that have it. */
  readonly count: number;
}

/** What `facet` counts. */
export interface FacetRequest<P extends object = Payload> extends CallOptions {
  /** A field with a payload index `keyword`, `integer`, `bool` or `uuid`. */
  readonly key: FieldPath<P>;
  /** Only points that match. Default: all. */
  readonly filter?: Filter<P> | undefined;
  /** Most values. Default: `10`. */
  readonly limit?: number | undefined;
}

/** A vector of each point: its length, its metric, its index. */
export interface VectorConfig extends EngineOptions {
  /** Values of every vector: 1 to 65,536. */
  readonly dim: number;
  /** How vectors are compared. Default: `cosine`. */
  readonly metric?: Metric | undefined;
  /**
  Leave the floats of vectors in the collection's files, where it has any, and read them when hits are scored again, when
  vectors are asked for, and for `exact` searches: codes and graph alone are in memory. So are the vectors that came since
  the last checkpoint, up to a quarter of the files or 4 MB; and all files, with `indexeddb`. Needs codes that keep vectors
  (`quantization`; index `hnsw` has them by itself) and another index than `ivf`. A collection may be opened with it at one
  time and without it at another.

  A block of the files, up to 1 MB, is read whole and checked the first time that it is read from, and when it is written
  anew; so the first searches read more than later ones. Damage is told by the call that meets it, with `CORRUPT_DATA`.
  Where a search with index `hnsw` compares all of more than `fullScanThreshold` vectors, it does so by their codes.

  With `false`, floats that have codes are read once the collection has been still for half a second after it was opened,
  where a worker has more than 64 MB of them; until then all is as with `true`. Where they cannot be read, they stay on
  disk, and `info().storage.loadError` tells why; the next change of that worker fails, once, for those that are damaged.
  With `ifDamaged: 'readOnly'` all is read, and checked, at once.

  Default: as the collection was created; of a new one `false`.
  */
  readonly onDisk?: boolean | undefined;
}

/** A sparse vector of each point. */
export interface SparseVectorConfig {
  /** `idf`: values of a query weigh by how rare their dimension is. Default: `none`. */
  readonly modifier?: 'none' | 'idf' | undefined;
  /** Make it from texts in the payload, scored by BM25. Then points do not bring it. */
  readonly text?: TextIndexOptions | undefined;
}

/** A text index by BM25: Robertson, Zaragoza. The Probabilistic Relevance Framework: BM25 and Beyond. 2009. */
export interface TextIndexOptions extends TextOptions {
  /** Payload fields whose texts are indexed, together. */
  readonly fields: readonly string[];
  /** How soon more of the same word counts no more: 0 or more. Default: `1.2`. */
  readonly k1?: number | undefined;
  /** How much longer texts count less, 0 to 1. Default: `0.75`. */
  readonly b?: number | undefined;
}

/** Makes vectors of texts: `[dim]` each, in the order of the texts. */
export type Embed = (texts: readonly string[]) => Promise<readonly VectorInput[]>;

/** A search that took long, as it is told to `onSlowQuery`. */
export interface SlowQuery {
  /** `search`, `query`, ... */
  readonly operation: string;
  /** Milliseconds it took. */
  readonly ms: number;
  /** What was asked, without vectors. */
  readonly request: unknown;
}

/**
How a collection is opened. `P`: what its payloads are like.

One that is stored is told its `dim`, or its `vectors`, its `sparseVectors`, `shards` (or `auto`) and `shardKey` each time
that it is opened; with others it is refused, and the error names those that it has. What else is left out of its vectors is
as it was created.
*/
export interface CollectionOptions<P extends object = Payload>
  extends Partial<VectorConfig>,
    WorkerStartOptions {
  /** Its name: not empty. */
  readonly name: string;
  /** Several vectors a point, by name. In place of `dim`. */
  readonly vectors?: { readonly [name: string]: VectorConfig } | undefined;
  /** Sparse vectors, by name. */
  readonly sparseVectors?: { readonly [name: string]: SparseVectorConfig } | undefined;
  /** Where points are kept. Default: `memory`. */
  readonly storage?: StorageKind | undefined;
  /** The folder that is kept in, under `file`: the collection's own. */
  readonly path?: string | undefined;
  /** When a change is acknowledged. Default: `strict`. */
  readonly durability?: Durability | undefined;
  /**
  What becomes of a collection whose stored bytes are damaged. It stays as it is in either case. Default: `refuse`, with
  `CORRUPT_DATA`; where floats are not read to open it ({@link VectorConfig.onDisk}), the calls that need them are refused.
  `readOnly` opens what is left: every point all of whose bytes are right, as it was acknowledged; `info().storage.damage`
  tells what is missing, and changes are refused with `READ_ONLY`.
  */
  readonly ifDamaged?: 'refuse' | 'readOnly' | undefined;
  /** Workers that share the points, 1 to 64. `auto`: half the processor's threads, at most 8. Default: `1`. */
  readonly shards?: 'auto' | number | undefined;
  /**
  A payload field whose value names the shard of a point: points of one value lie together, and a filter that asks for
  the value visits their shard alone. Every point must have it, as a string or an integer. Default: by id.
  */
  readonly shardKey?: string | undefined;
  /**
  Payload fields that filters read from an index. `createPayloadIndex` makes more. A collection that is opened again gets
  those that it has not, or that are of another type. One that is `undefined` is as if it were not there.
  */
  readonly payloadIndex?: { readonly [Path in FieldPath<P>]?: PayloadSchema | undefined } | undefined;
  /** Makes vectors of `text`. Vectors that are given are taken as they are. */
  readonly embed?: Embed | undefined;
  /** Name of the model behind `embed`. */
  readonly model?: string | undefined;
  /** Most bytes of hits that are kept for the same question asked again, until the next change; 0: none. Default: 1 MB. */
  readonly cacheBytes?: number | undefined;
  /** Told of calls that take longer than `slowQueryMs`. */
  readonly onSlowQuery?: ((query: SlowQuery) => void) | undefined;
  /** Default: `1000`. */
  readonly slowQueryMs?: number | undefined;
}

/** What became of a change. */
export interface UpdateResult {
  /** Points that were written, changed or removed. */
  readonly count: number;
  /**
  Set where another tab had been asked for the change and ended before it answered. So the change was made again, to
  the same effect; `count` tells of the second time, which may find less to change than the first.
  */
  readonly repeated?: true;
}

/** How far an `upsert` is. */
export interface UpsertProgress extends Progress {
  /** `upsert`: points are taken; `index`: those that were taken are linked to graphs. */
  readonly phase: 'upsert' | 'index';
}

/** Options of `upsert`. */
export interface UpsertOptions extends CallOptions {
  /** Points that are sent to the workers at a time, 1 to 100,000. Default: 1024, or as many as make some 4 MB. */
  readonly batchSize?: number | undefined;
  /** Told after each batch. `total` is `done` where the source does not tell its length. */
  readonly onProgress?: ((progress: UpsertProgress) => void) | undefined;
}

/** What a vector of a collection is like now. */
export interface VectorInfo {
  /** Points that have it. */
  readonly count: number;
  /** Bytes it takes, in all shards. */
  readonly memoryBytes: number;
}

/** A worker that keeps a part of the points. */
export interface ShardInfo {
  /** Points; `null` where the worker has ended. */
  readonly pointsCount: number | null;
}

/** A payload index. */
export interface PayloadIndexInfo {
  /** What it is over. */
  readonly schema: PayloadSchema;
  /** Points with a value in it. */
  readonly points: number;
}

/** What a collection is like now. */
export interface CollectionInfo {
  /** Its name. */
  readonly name: string;
  /** Points. */
  readonly pointsCount: number;
  /** `green`: all is well; `red`: a worker has ended, and its points with it, or what is stored is damaged or not written. */
  readonly status: 'green' | 'red';
  /** Workers that share the points. */
  readonly shards: readonly ShardInfo[];
  /** By name; `''` for the one without. */
  readonly vectors: { readonly [name: string]: VectorInfo & VectorConfig };
  /** By name. */
  readonly sparseVectors: { readonly [name: string]: VectorInfo & SparseVectorConfig };
  /** Payload indexes: their type, and how many points have a value in them. */
  readonly payloadSchema: { readonly [key: string]: PayloadIndexInfo };
  /** Bytes of the workers' modules. */
  readonly memoryBytes: number;
  /** Where it is kept. */
  readonly storage: StorageInfo;
  /** Name of the model, where one was given. */
  readonly model?: string;
  /**
  Of a collection that tabs share: `writer` in the tab that runs its workers, `follower` in those that ask it. A
  follower becomes the writer when that tab has ended.
  */
  readonly role?: 'writer' | 'follower';
}
