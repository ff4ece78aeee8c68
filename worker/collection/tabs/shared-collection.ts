/**
A collection that several tabs share, as one of them sees it: whichever tab runs the shards, it does what {@link
Collection} says.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkCallOptions } from '../../../bindings/api/arguments.js';
import { describe, VectorSearchError } from '../../../bindings/api/errors.js';
import type { VectorInput } from '../../../bindings/api/types.js';
import { disposeByAsyncSymbol } from '../../async-dispose-symbol.js';
import type { CallOptions } from '../../options.js';
import type { Collection } from '../collection.js';
import { ownCopyOf } from '../copy-of.js';
import type { Verification, VerifyOptions } from '../durable/types.js';
import type { Embedding } from '../embed-texts.js';
import type { Filter } from '../filter/types.js';
import type { MetricsSnapshot } from '../metrics.js';
import { checkPayload } from '../payload/check-payload.js';
import type { PayloadSchema } from '../payload/schema.js';
import type { GroupRequest, PointGroup, QueryRequest, RecommendRequest } from '../query/types.js';
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
} from '../types.js';
import { checkNamed, isPlainVector, type VectorShapes } from '../vectors.js';
import { PointFeed } from './point-feed.js';
import type { TabMethod } from './protocol.js';
import { scrollByPages } from './scroll-by-pages.js';
import type { SharedTab } from './shared-tab.js';
import { snapshotByPieces } from './snapshot-by-pieces.js';
import { withoutTexts } from './texts-in-requests.js';

export class SharedCollection implements Collection {
  readonly name: string;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #tab: SharedTab;
  /** What is known of the vectors: of a follower, what the writer tells. */
  shapes: VectorShapes;
  readonly #embedding: Embedding;
  #lastSnapshot = 0;

  constructor(name: string, tab: SharedTab, shapes: VectorShapes, embedding: Embedding) {
    this.name = name;
    this.#tab = tab;
    this.shapes = shapes;
    this.#embedding = embedding;
    disposeByAsyncSymbol(this, () => this.close());
  }

  async upsert(
    points: Iterable<Point> | AsyncIterable<Point> | PointColumns,
    options?: UpsertOptions,
  ): Promise<UpdateResult> {
    const { local } = this.#tab;
    if (local !== undefined) return local.upsert(points, options);
    checkCallOptions(options as CallOptions);
    const { signal, onProgress, ...rest } = Object(options) as UpsertOptions;
    signal?.throwIfAborted();
    const feed = new PointFeed(points, rest.batchSize, this.shapes, this.#embedding);
    const args = ownArguments([rest]);
    return this.#tab.call({ method: 'upsert', args, signal, onProgress, feed }) as Promise<UpdateResult>;
  }

  delete(points: PointSelector, options?: CallOptions): Promise<UpdateResult> {
    return this.#call('delete', [points], options);
  }

  setPayload(
    payload: Payload,
    points: PointSelector,
    options?: { readonly key?: string | undefined } & CallOptions,
  ): Promise<UpdateResult> {
    return this.#call('setPayload', [payload, points], options);
  }

  overwritePayload(payload: Payload, points: PointSelector, options?: CallOptions): Promise<UpdateResult> {
    return this.#call('overwritePayload', [payload, points], options);
  }

  deletePayload(
    keys: readonly string[],
    points: PointSelector,
    options?: CallOptions,
  ): Promise<UpdateResult> {
    return this.#call('deletePayload', [keys, points], options);
  }

  clearPayload(points: PointSelector, options?: CallOptions): Promise<UpdateResult> {
    return this.#call('clearPayload', [points], options);
  }

  updateVectors(
    points: readonly { readonly id: PointId; readonly vector: PointVectors }[],
    options?: CallOptions,
  ): Promise<UpdateResult> {
    return this.#call('updateVectors', [points], options);
  }

  deleteVectors(
    names: readonly string[],
    points: PointSelector,
    options?: CallOptions,
  ): Promise<UpdateResult> {
    return this.#call('deleteVectors', [names, points], options);
  }

  createPayloadIndex(key: string, schema: PayloadSchema, options?: CallOptions): Promise<void> {
    return this.#call('createPayloadIndex', [key, schema], options);
  }

  deletePayloadIndex(key: string, options?: CallOptions): Promise<void> {
    return this.#call('deletePayloadIndex', [key], options);
  }

  optimize(options?: CallOptions): Promise<void> {
    return this.#call('optimize', [], options);
  }

  retrieve(ids: readonly PointId[], options?: Selected & CallOptions): Promise<PointRecord[]> {
    return this.#call('retrieve', [ids], options);
  }

  search(query: VectorInput | string, options?: CollectionSearchOptions): Promise<Hits> {
    return this.#call('search', [query], options);
  }

  searchBatch(queries: readonly VectorInput[], options?: CollectionSearchOptions): Promise<Hits[]> {
    return this.#call('searchBatch', [queries], options);
  }

  query(request: QueryRequest, options?: CallOptions): Promise<Hits> {
    return this.#call('query', [request], options);
  }

  queryGroups(request: GroupRequest, options?: CallOptions): Promise<PointGroup[]> {
    return this.#call('queryGroups', [request], options);
  }

  recommend(request: RecommendRequest, options?: CallOptions): Promise<Hits> {
    return this.#call('recommend', [request], options);
  }

  async *scroll(request: ScrollRequest = {}): AsyncGenerator<PointRecord, void, void> {
    const { local } = this.#tab;
    if (local !== undefined) yield* local.scroll(request);
    else
      yield* scrollByPages(request, {
        page: (asked) => this.#call('scroll', [], asked),
        retrieve: (ids, selected) => this.retrieve(ids, selected),
      });
  }

  count(request?: { readonly filter?: Filter | undefined } & CallOptions): Promise<number> {
    return this.#call('count', [], request);
  }

  facet(request: FacetRequest): Promise<FacetHit[]> {
    return this.#call('facet', [], request);
  }

  async info(options?: CallOptions): Promise<CollectionInfo> {
    const info = await this.#call<CollectionInfo>('info', [], options);
    return { ...info, role: this.#tab.role };
  }

  snapshot(): ReadableStream<Uint8Array> {
    const { local } = this.#tab;
    if (local !== undefined) return local.snapshot();
    return snapshotByPieces(++this.#lastSnapshot, (request) => this.#call('snapshot', [request], undefined));
  }

  async verify(options?: VerifyOptions): Promise<Verification> {
    const { local } = this.#tab;
    if (local !== undefined) return local.verify(options);
    checkCallOptions(options as VerifyOptions);
    const { onProgress, ...rest } = Object(options) as VerifyOptions;
    return this.#call('verify', [], rest, onProgress);
  }

  metrics(options?: CallOptions): Promise<MetricsSnapshot> {
    return this.#call('metrics', [], options);
  }

  prometheus(
    options?: { readonly labels?: { readonly [label: string]: string } | undefined } & CallOptions,
  ): Promise<string> {
    return this.#call('prometheus', [], options);
  }

  /** Ends it in this tab. Where this tab is the writer, another one takes over. May be called again. */
  close(): Promise<void> {
    return this.#tab.close();
  }

  /** Asynchronous, so that whatever is wrong rejects; a call without texts is sent before the first wait. */
  async #call<Result>(
    method: Exclude<TabMethod, 'upsert'>,
    args: readonly unknown[],
    options: CallOptions | undefined,
    onProgress?: VerifyOptions['onProgress'],
  ): Promise<Result> {
    const { local } = this.#tab;
    if (local !== undefined && method !== 'scroll' && method !== 'snapshot') {
      const call = local[method] as (...args: unknown[]) => Promise<Result>;
      return call.call(local, ...args, options);
    }
    checkCallOptions(options);
    const { signal, ...rest } = Object(options) as CallOptions;
    signal?.throwIfAborted();
    checkClasses(method, args);
    const own = withoutTexts(method, ownArguments([...args, rest]), this.shapes, this.#embedding);
    const sent = own instanceof Promise ? await unlessAborted(own, signal) : own;
    return this.#tab.call({ method, args: sent, signal, onProgress }) as Promise<Result>;
  }
}

/** Refuses what a message would make plain objects of, which the checks in the other tab would take for what they are not. */
function checkClasses(method: TabMethod, [first]: readonly unknown[]): void {
  if (method === 'setPayload' || method === 'overwritePayload') checkPayload(first, 'the payload');
  if (method !== 'updateVectors' || !Array.isArray(first)) return;
  for (const point of first) {
    const { id, vector } = Object(point) as { readonly id?: unknown; readonly vector?: unknown };
    if (vector !== undefined && !isPlainVector(vector)) checkNamed(vector, `point ${describe(id)}`);
  }
}

/** A copy: the caller may alter what was given, and it may be sent twice. */
function ownArguments(args: readonly unknown[]): readonly unknown[] {
  try {
    return structuredClone(ownCopyOf(args));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new VectorSearchError('INVALID_ARGUMENT', 'arguments that can be sent to a worker', text, {
      cause: error,
    });
  }
}

async function unlessAborted<Result>(
  waited: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
  });
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([aborted, waited]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
