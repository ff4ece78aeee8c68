/**
A collection over the shards of its workers.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkInteger, checkOptions } from '../../bindings/api/arguments.js';
import { invalidArgument, VectorSearchError } from '../../bindings/api/errors.js';
import { forgetLeak, guardLeak } from '../../bindings/api/leak-guard.js';
import type { VectorInput } from '../../bindings/api/types.js';
import { disposeByAsyncSymbol } from '../async-dispose-symbol.js';
import type { CallOptions } from '../options.js';
import { type Batch, batchesOf, countOf } from './batches.js';
import { callNames } from './call-names.js';
import { Calls } from './calls.js';
import type { Collection } from './collection.js';
import type { CollectionConfig } from './collection-config.js';
import { findDamage, gaugesOf, infoOf } from './collection-info.js';
import { ownCopyOf } from './copy-of.js';
import { snapshotOf } from './durable/snapshot.js';
import type { Verification, VerifyOptions } from './durable/types.js';
import type { Filter } from './filter/types.js';
import type { MetricsSnapshot } from './metrics.js';
import { checkPayload } from './payload/check-payload.js';
import { copyOfJson } from './payload/edit.js';
import { parsePath } from './payload/path.js';
import type { PayloadSchema } from './payload/schema.js';
import { checkPointId, checkPointIds } from './point-ids.js';
import { checkSelected } from './query/check-query.js';
import { runGroups } from './query/groups.js';
import { runQuery, runRecommend } from './query/run-query.js';
import { runSearch, runSearchBatch } from './query/run-search.js';
import type { GroupRequest, PointGroup, QueryRequest, RecommendRequest } from './query/types.js';
import { scroll } from './scroll.js';
import { ShardSearcher } from './searcher.js';
import type { ShardGroup } from './shard-group.js';
import { type CheckedSelector, mendedAtOnce, type ShardCalls } from './shard-protocol.js';
import { ShardUpkeep } from './shard-upkeep.js';
import type {
  CollectionInfo,
  CollectionOptions,
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
import { madeFromText, shapesOf } from './vectors.js';
import { checkSelector, type SelectorCall, ShardWriter } from './writer.js';

/** What a change of points that a selector names is taken for in the log: most are much less. */
const selectedChangeBytes = 1 << 16;

/** Calls that may leave a graph to be mended, or made anew. */
const leavesGaps: ReadonlySet<SelectorCall> = new Set(['delete', 'deleteVectors']);

/** Labels that every line of {@link Collection.prometheus} bears. */
type MetricsLabels = { readonly [label: string]: string };

/** How long a worker may be silent while its files are closed, in milliseconds. */
const closeSilenceMs = 10_000;

export class ShardedCollection implements Collection {
  readonly name: string;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #config: CollectionConfig;
  readonly #options: CollectionOptions;
  readonly #shards: ShardGroup;
  readonly #searcher: ShardSearcher;
  readonly #calls: Calls;
  readonly #writer: ShardWriter;
  readonly #upkeep: ShardUpkeep;
  /** Points, or vectors of them, since graphs were looked after. */
  #deleted = 0;
  #closing: Promise<void> | undefined;

  /** {@link openCollection} makes collections. @internal */
  constructor(config: CollectionConfig, options: CollectionOptions, shards: ShardGroup) {
    this.name = config.name;
    this.#config = config;
    this.#options = options;
    this.#shards = shards;
    this.#searcher = new ShardSearcher(shards, shapesOf(config.shard), {
      ...options,
      shardKey: config.shardKey,
    });
    const readOnlyFor = shards.storage.damage && 'what is stored is damaged';
    this.#calls = new Calls(
      config,
      options.onSlowQuery,
      (underWay) => this.#upkeep.changed(underWay),
      readOnlyFor,
    );
    this.#writer = new ShardWriter(config, shards, this.#searcher, this.#calls);
    this.#upkeep = new ShardUpkeep(config.shard, shards, (run) => this.#calls.between(run));
    guardLeak(this, `collection ${config.name}`, () => {});
    disposeByAsyncSymbol(this, () => this.close());
  }

  // --- Changes ---

  upsert(
    points: Iterable<Point> | AsyncIterable<Point> | PointColumns,
    options: UpsertOptions = {},
  ): Promise<UpdateResult> {
    return this.#calls.change('upsert', options, () => {
      const { signal, onProgress, batchSize } = options;
      const plan = this.#writer.plan(batchSize);
      return async (turn) => {
        const total = countOf(points);
        let taken = 0;
        try {
          await this.#writer.send('upsert', batchesOf(points, plan), turn, {
            signal,
            look: (bytes) => this.#upkeep.look(bytes),
            onTaken: (count) => {
              taken += count;
              onProgress?.({ phase: 'upsert', done: taken, total: total ?? taken });
            },
          });
          await this.#upkeep.index(taken, options);
        } catch (reason) {
          if (taken === 0) throw reason;
          throw new VectorSearchError('STOPPED', total, taken, { cause: reason });
        }
        return { count: taken };
      };
    });
  }

  delete(points: PointSelector, options: CallOptions = {}): Promise<UpdateResult> {
    return this.#changeSelected('delete', points, options, (selector) => [selector]);
  }

  setPayload(
    payload: Payload,
    points: PointSelector,
    options: { readonly key?: string | undefined } & CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('setPayload', points, options, (selector) => {
      const { key } = options;
      const checked = this.#checkedPayload(payload);
      const [root] = key === undefined ? [] : parsePath(key, 'key');
      this.#writer.keepShardKey(root === undefined ? Object.keys(checked) : [root]);
      return [checked, selector, key];
    });
  }

  overwritePayload(
    payload: Payload,
    points: PointSelector,
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('overwritePayload', points, options, (selector) => {
      this.#writer.keepShardKey();
      return [this.#checkedPayload(payload), selector];
    });
  }

  deletePayload(
    keys: readonly string[],
    points: PointSelector,
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('deletePayload', points, options, (selector) => {
      if (!Array.isArray(keys)) throw invalidArgument('keys to be an array of payload fields', keys);
      this.#writer.keepShardKey(keys.map((field) => parsePath(field, 'keys')[0]));
      return [[...keys], selector];
    });
  }

  clearPayload(points: PointSelector, options: CallOptions = {}): Promise<UpdateResult> {
    return this.#changeSelected('clearPayload', points, options, (selector) => {
      this.#writer.keepShardKey();
      return [selector];
    });
  }

  deleteVectors(
    names: readonly string[],
    points: PointSelector,
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('deleteVectors', points, options, (selector) => {
      if (!Array.isArray(names)) throw invalidArgument('names to be an array of names of vectors', names);
      for (const name of names) if (this.#searcher.kindOf(name) === 'text') throw madeFromText(name);
      return [[...names], selector];
    });
  }

  updateVectors(
    points: readonly { readonly id: PointId; readonly vector: PointVectors }[],
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#calls.change('updateVectors', options, () => {
      if (!Array.isArray(points)) throw invalidArgument('points to be an array', points);
      const ids = points.map((point, index) => {
        const id = checkPointId(point?.id, `the id of the point at position ${index}`);
        for (const name of Object.keys(point))
          if (name !== 'id' && name !== 'vector') throw invalidArgument(`id and vector in point ${id}`, name);
        if (point.vector === undefined) throw invalidArgument(`a vector of point ${id}`, point.vector);
        return id;
      });
      const sources = points.map(({ id, vector }) => ({ id, vector }));
      return async (turn) => {
        const batches: Batch[] = [];
        // All are checked before the first is sent.
        for await (const batch of batchesOf(sources, await this.#writer.planInPlace(ids)))
          batches.push(batch);
        await this.#writer.send('updateVectors', inOrder(batches), turn, {
          signal: undefined,
          look: (bytes) => this.#upkeep.look(bytes),
          onTaken: () => {},
        });
        await this.#upkeep.index(points.length, options);
        return { count: new Set(ids).size };
      };
    });
  }

  createPayloadIndex(key: string, schema: PayloadSchema, options: CallOptions = {}): Promise<void> {
    const given = ownCopyOf(schema);
    return this.#calls.change('createPayloadIndex', options, () => async () => {
      await this.#shards.callEach(this.#shards.all, 'createPayloadIndex', () => [key, given], {});
    });
  }

  deletePayloadIndex(key: string, options: CallOptions = {}): Promise<void> {
    return this.#calls.change('deletePayloadIndex', options, () => async () => {
      await this.#shards.callEach(this.#shards.all, 'deletePayloadIndex', () => [key], {});
    });
  }

  optimize(options: CallOptions = {}): Promise<void> {
    return this.#calls.change('optimize', options, () => async () => {
      const { signal } = options;
      await this.#shards.callEach(this.#shards.all, 'optimize', () => [], { signal });
      await this.#upkeep.index(0, options);
      await this.#upkeep.mend(signal);
      await this.#upkeep.checkpoint('wanted');
      await this.#upkeep.checkpoint('shrunk');
    });
  }

  // --- Reads ---

  retrieve(ids: readonly PointId[], options: Selected & CallOptions = {}): Promise<PointRecord[]> {
    const given = optionsOf(options);
    const wanted = ownCopyOf(ids);
    return this.#calls.read('retrieve', options, undefined, async () => {
      checkPointIds(wanted, 'ids');
      checkSelected(given);
      return await this.#searcher.retrieve(wanted, given, given.signal);
    });
  }

  search(query: VectorInput | string, options: CollectionSearchOptions = {}): Promise<Hits> {
    const given = optionsOf(options);
    const vector = ownCopyOf(query);
    const { signal: _, ...request } = given;
    const asked = given.explain ? undefined : ['search', vector, request];
    return this.#calls.read('search', options, asked, () => runSearch(vector, given, this.#searcher));
  }

  searchBatch(queries: readonly VectorInput[], options: CollectionSearchOptions = {}): Promise<Hits[]> {
    const given = optionsOf(options);
    const vectors = ownCopyOf(queries);
    return this.#calls.read('searchBatch', options, undefined, () =>
      runSearchBatch(vectors, given, this.#searcher),
    );
  }

  query(request: QueryRequest, options: CallOptions = {}): Promise<Hits> {
    const given = ownCopyOf(request);
    return this.#calls.read('query', options, ['query', given], () =>
      runQuery(given, this.#searcher, options.signal),
    );
  }

  queryGroups(request: GroupRequest, options: CallOptions = {}): Promise<PointGroup[]> {
    const given = ownCopyOf(request);
    return this.#calls.read('queryGroups', options, ['queryGroups', given], () =>
      runGroups(given, this.#searcher, options.signal),
    );
  }

  recommend(request: RecommendRequest, options: CallOptions = {}): Promise<Hits> {
    const given = ownCopyOf(request);
    return this.#calls.read('recommend', options, ['recommend', given], () =>
      runRecommend(given, this.#searcher, options.signal),
    );
  }

  scroll(request: ScrollRequest = {}): AsyncGenerator<PointRecord, void, void> {
    return scroll({ shards: this.#shards, searcher: this.#searcher, calls: this.#calls }, request);
  }

  count(request: { readonly filter?: Filter | undefined } & CallOptions = {}): Promise<number> {
    const { filter, signal } = optionsOf(request);
    return this.#calls.read('count', request, ['count', filter], () => this.#searcher.count(filter, signal));
  }

  facet(request: FacetRequest): Promise<FacetHit[]> {
    const { signal, ...asked } = optionsOf(request);
    return this.#calls.read('facet', request, ['facet', asked], async () => {
      const { key, filter, limit = 10 } = asked;
      checkInteger('limit', limit, 1);
      parsePath(key, 'key');
      return this.#searcher.facet(key, filter, limit, signal);
    });
  }

  info(options: CallOptions = {}): Promise<CollectionInfo> {
    return this.#stock('info', options);
  }

  snapshot(): ReadableStream<Uint8Array> {
    return snapshotOf(this.#shards, (run) => this.#calls.between(run));
  }

  verify(options: VerifyOptions = {}): Promise<Verification> {
    return this.#calls.read('verify', options, undefined, async () => {
      const damage = await findDamage(this.#shards, options);
      const { storage } = await this.#stock('info', {});
      return { ok: damage.length === 0, bytes: storage.bytes, damage };
    });
  }

  async metrics(options: CallOptions = {}): Promise<MetricsSnapshot> {
    await this.#measure(options);
    return this.#calls.metrics.snapshot();
  }

  async prometheus(
    options: CallOptions & { readonly labels?: MetricsLabels | undefined } = {},
  ): Promise<string> {
    checkOptions(options, callNames.prometheus);
    const { labels, ...rest } = Object(options) as typeof options;
    await this.#measure(rest);
    return this.#calls.metrics.toPrometheus({ collection: this.name, ...labels });
  }

  /** Ends it. May be called again. */
  close(): Promise<void> {
    forgetLeak(this);
    this.#calls.end();
    this.#closing ??= this.#end();
    return this.#closing;
  }

  /** Ends its workers at once; what was acknowledged is stored. @internal */
  abandon(): void {
    this.#upkeep.end();
    this.#shards.abandon('the browser has put the page aside');
  }

  // --- Parts ---

  async #end(): Promise<void> {
    this.#upkeep.end();
    if (this.#shards.isDurable) {
      // The next who opens it has nothing to make again. Without it, all that was acknowledged is there as well.
      const closed = this.#upkeep
        .checkpoint('wanted')
        .catch(() => {})
        .then(() => this.#shards.callEach(this.#shards.all, 'close', () => [], {}))
        .catch(() => {});
      await this.#shards.unlessSilent(closed, closeSilenceMs);
    }
    await this.#shards.dispose(`collection ${this.name}`);
  }

  /** A change of points that a selector names. `args`: of the call, checked and the caller's no more. */
  #changeSelected<Call extends SelectorCall>(
    call: Call,
    points: PointSelector,
    options: CallOptions,
    args: (selector: CheckedSelector) => Parameters<ShardCalls[Call]>,
  ): Promise<UpdateResult> {
    return this.#calls.change(call, options, () => {
      const selector = checkSelector(points);
      const sent = args(selector);
      return async (turn) => {
        await this.#calls.unlessStopped(turn.room(), options.signal);
        const changed = this.#writer.changeSelected(call, selector, sent, options.signal);
        turn.sends(changed, selectedChangeBytes);
        await this.#upkeep.look(selectedChangeBytes);
        turn.pass();
        const count = await changed;
        if (leavesGaps.has(call)) this.#deleted += count;
        const deleted = this.#deleted;
        // What fails is tried again when it is still: they are deleted.
        if (deleted > mendedAtOnce && (await this.#upkeep.mend(options.signal).catch(() => false)))
          this.#deleted -= deleted;
        return { count };
      };
    });
  }

  #checkedPayload(payload: unknown): Payload {
    const checked = checkPayload(payload, 'the payload');
    if (checked === null) throw invalidArgument('the payload to be a plain object', payload);
    // A copy: the caller may alter it before its turn.
    return copyOfJson(checked);
  }

  /** What there is now; `operation`: as which it is counted. */
  #stock(operation: 'info' | 'metrics', options: CallOptions): Promise<CollectionInfo> {
    const described = {
      config: this.#config,
      options: this.#options,
      shards: this.#shards,
      upkeep: this.#upkeep,
    };
    return this.#calls.read(operation, options, undefined, () => infoOf(described, options.signal));
  }

  /** Takes stock, for the metrics. */
  async #measure(options: CallOptions): Promise<void> {
    const info = await this.#stock('metrics', options);
    this.#calls.metrics.gauge({ ...gaugesOf(info), cacheBytes: this.#calls.keptBytes });
  }
}

async function* inOrder(batches: readonly Batch[]): AsyncGenerator<Batch, void, void> {
  yield* batches;
}

/** Options as they are now: the caller may alter them. */
function optionsOf<Options extends CallOptions>(options: Options): Options {
  const { signal, ...asked } = Object(options) as Options;
  return { ...ownCopyOf(asked), ...(signal !== undefined && { signal }) } as Options;
}
