/**
What a collection does, whatever keeps it: one interface, held to one suite of tests.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import type { VectorInput } from '../../bindings/api/types.js';
import type { CallOptions } from '../options.js';
import type { Verification, VerifyOptions } from './durable/types.js';
import type { FieldPath, Filter } from './filter/types.js';
import type { MetricsSnapshot } from './metrics.js';
import type { PayloadSchema } from './payload/schema.js';
import type { GroupRequest, PointGroup, QueryRequest, RecommendRequest } from './query/types.js';
import type {
  CollectionInfo,
  CollectionSearchOptions,
  FacetHit,
  FacetRequest,
  Hits,
  Payload,
  Point,
  PointColumns,
  PointId,
  PointRecord,
  PointSelector,
  PointVectors,
  ScrollRequest,
  Selected,
  UpdateResult,
  UpsertOptions,
} from './types.js';

/**
Points with ids, vectors and payloads. `P`: what their payloads are like; filters and other paths are checked against it
when they are compiled. What takes collections of whatever payloads takes `Collection<any>`: another type for `P` is
another type of collection, and of one that is not known yet no path is.

Changes are made one after another, in the order in which they were asked for. A read sees every change that was
acknowledged before it was asked for. Vectors and payloads of `upsert` and `updateVectors` are read while they run: they
are to stay as they are until then; whatever else is given may be altered as soon as it was given. Each call rejects with
a `VectorSearchError` where its arguments are wrong, and then nothing has changed.
*/
export interface Collection<P extends object = Payload> {
  /** Its name. */
  readonly name: string;

  /**
  Keep points: new ones, and in place of those with the same ids.

  @param points - An array, anything that is iterated over (a million points from a stream take the memory of a few
  batches), or columns. Changes wait for one another: a source that waits for another change of this collection waits
  without end.
  @throws {VectorSearchError} with code `STOPPED` where the signal, the source, a wrong point or `close()` ended it after some
  batches: `actual` tells how many points, from the first on, were taken, and `cause` is the reason. Where none was
  taken, the reason itself: also where a point is wrong in an array or columns of no more than a batch, 1,024 points or some 4 MB.
  Where only codes of vectors are kept (`keepVectors: false`), those that a batch had replaced before it failed come back
  as their codes tell them.
  */
  upsert(
    points: Iterable<Point<P>> | AsyncIterable<Point<P>> | PointColumns<P>,
    options?: UpsertOptions,
  ): Promise<UpdateResult>;

  /**
  Remove points. Ids that no point has are ignored. What is removed is found no more at once; where that is much of a graph,
  the graph is mended before this resolves, and searches come in between.

  A signal stops this, and every change of points that a selector names, where it is: each shard takes back what it has
  done.

  @throws {VectorSearchError} with code `STOPPED` where some shards had done their part by then: `actual` tells how many
  points were changed, and `cause` is the signal's reason. Where none was, the reason itself.
  */
  delete(points: PointSelector<P>, options?: CallOptions): Promise<UpdateResult>;

  /** Points by their ids, in the order of the ids; those that there are not are left out. */
  retrieve(ids: readonly PointId[], options?: Selected & CallOptions): Promise<PointRecord<P>[]>;

  /**
  Find the points nearest to a vector.

  @param query - A vector; or words, in a collection that was opened with `embed`.
  */
  search(query: VectorInput | string, options?: CollectionSearchOptions<P>): Promise<Hits<P>>;

  /** Search for many vectors at once: faster than one after another. */
  searchBatch(queries: readonly VectorInput[], options?: CollectionSearchOptions<P>): Promise<Hits<P>[]>;

  /** Whatever Qdrant's Query API does: see `Query`. */
  query(request: QueryRequest<P>, options?: CallOptions): Promise<Hits<P>>;

  /** As {@link query}, the hits grouped by a payload field, groups by their best hit. */
  queryGroups(request: GroupRequest<P>, options?: CallOptions): Promise<PointGroup<P>[]>;

  /** Points like some, and unlike others. The examples themselves are left out. */
  recommend(request: RecommendRequest<P>, options?: CallOptions): Promise<Hits<P>>;

  /** All points that match, one after another, fetched as they are asked for. */
  scroll(request?: ScrollRequest<P>): AsyncIterable<PointRecord<P>>;

  /** How many points match. */
  count(request?: { readonly filter?: Filter<P> | undefined } & CallOptions): Promise<number>;

  /** How many points have each value of a field, most first. */
  facet(request: FacetRequest<P>): Promise<FacetHit[]>;

  /** Set these keys of payloads, and leave their others; `null` deletes a key. */
  setPayload(
    payload: { readonly [Key in keyof P]?: P[Key] | null },
    points: PointSelector<P>,
    options?: { readonly key?: undefined } & CallOptions,
  ): Promise<UpdateResult>;
  /** The same of the object at the path `key`. */
  setPayload(
    payload: object,
    points: PointSelector<P>,
    options: { readonly key: string | undefined } & CallOptions,
  ): Promise<UpdateResult>;

  /** Replace whole payloads. */
  overwritePayload(payload: P, points: PointSelector<P>, options?: CallOptions): Promise<UpdateResult>;

  /** Delete keys of payloads. */
  deletePayload(
    keys: readonly FieldPath<P>[],
    points: PointSelector<P>,
    options?: CallOptions,
  ): Promise<UpdateResult>;

  /** Delete whole payloads. */
  clearPayload(points: PointSelector<P>, options?: CallOptions): Promise<UpdateResult>;

  /** Replace vectors; where vectors have names, only those that are given. Every id must be there. */
  updateVectors(
    points: readonly { readonly id: PointId; readonly vector: PointVectors }[],
    options?: CallOptions,
  ): Promise<UpdateResult>;

  /** Delete vectors by their names. */
  deleteVectors(
    names: readonly string[],
    points: PointSelector<P>,
    options?: CallOptions,
  ): Promise<UpdateResult>;

  /** Index a payload field, so that filters need not read payloads. */
  createPayloadIndex(key: FieldPath<P>, schema: PayloadSchema, options?: CallOptions): Promise<void>;

  /** Delete such an index. */
  deletePayloadIndex(key: string, options?: CallOptions): Promise<void>;

  /** What the collection is like now. */
  info(options?: CallOptions): Promise<CollectionInfo>;

  /**
  Train what learns (codes, lists) where there is much more than it learned from, and reclaim the space of what was removed:
  all of it, but for up to a quarter of what is left in files. In memory, what is more than what is left is reclaimed by
  itself. Searches, and all that only reads, are answered meanwhile. Files need room for what is left beside what is stored:
  where there is none it rejects with `STORAGE_FULL`, and what is stored stays as it is.
  */
  optimize(options?: CallOptions): Promise<void>;

  /**
  A copy of a collection that outlives the page, as it is at this moment: `restoreCollection` takes it. An archive in the
  format of tar; unpacked in a folder it is a collection of storage `file`. Changes go on meanwhile, and are not in it.

  @returns Bytes as they are read. Reading rejects with code `NOT_SUPPORTED` where the collection is in memory, and with
  `WORKER_CRASHED` where another tab runs it and ends before it is read to its end, or this page is put aside meanwhile.
  */
  snapshot(): ReadableStream<Uint8Array>;

  /**
  Check every byte that holds something: not the gaps between blocks, which are zeros.

  @throws {VectorSearchError} with code `NOT_SUPPORTED` where the collection is in memory.
  */
  verify(options?: VerifyOptions): Promise<Verification>;

  /** How often it was asked what, how long that took, and how large it is. */
  metrics(options?: CallOptions): Promise<MetricsSnapshot>;

  /** The same in Prometheus' text format; `labels`: that every line bears beside `collection`. */
  prometheus(
    options?: { readonly labels?: { readonly [label: string]: string } | undefined } & CallOptions,
  ): Promise<string>;

  /**
  End it: its workers end, and calls that wait reject with `DISPOSED`; an `upsert` that has taken some of its points with
  `STOPPED`, and that as the cause. Where another tab runs the workers, that may have taken a few batches more.
  */
  close(): Promise<void>;

  /** `await using movies = ...` closes it, where the runtime knows `Symbol.asyncDispose`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}
