/**
A collection over the shards of its workers.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkInteger } from '../../bindings/api/arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../../bindings/api/errors.js';
import { forgetLeak, guardLeak } from '../../bindings/api/leak-guard.js';
import { checkNames, type NamesOf } from '../../bindings/api/option-names.js';
import type { Progress, VectorInput } from '../../bindings/api/types.js';
import { disposeByAsyncSymbol } from '../async-dispose-symbol.js';
import type { CallOptions } from '../options.js';
import { type Batch, type BatchPlan, batchesOf, countOf, type ShardBatch } from './batches.js';
import { Calls } from './calls.js';
import type { Collection } from './collection.js';
import type { CollectionConfig } from './collection-config.js';
import { snapshotOf } from './durable/snapshot.js';
import { Upkeep } from './durable/upkeep.js';
import { checkFilter } from './filter/check.js';
import type { Filter } from './filter/types.js';
import type { MetricsSnapshot } from './metrics.js';
import { checkPayload } from './payload/check-payload.js';
import { copyOfJson } from './payload/edit.js';
import { parsePath, someValueAt } from './payload/path.js';
import type { PayloadSchema } from './payload/schema.js';
import { checkPointId, checkPointIds, shardOf } from './point-ids.js';
import { checkSelected } from './query/check-query.js';
import { runGroups } from './query/groups.js';
import { runQuery, runRecommend } from './query/run-query.js';
import { scroll } from './scroll.js';
import { type DenseRequest, ShardSearcher } from './searcher.js';
import type { ShardGroup } from './shard-group.js';
import type { CheckedSelector, CheckpointReason, ShardCalls, VectorBatch } from './shard-protocol.js';
import { SpareFloats } from './spare-floats.js';
import type {
  CollectionInfo,
  CollectionOptions,
  CollectionSearchOptions,
  FacetHit,
  FacetRequest,
  GroupRequest,
  Hits,
  Payload,
  Point,
  PointColumns,
  PointGroup,
  PointId,
  PointRecord,
  PointSelector,
  PointVectors,
  QueryRequest,
  RecommendRequest,
  ScrollRequest,
  Selected,
  StorageDamage,
  UpdateResult,
  UpsertOptions,
  Verification,
  VerifyOptions,
} from './types.js';
import { checkDense, shapesOf, type VectorShapes } from './vectors.js';

/** Vectors and payloads of a batch, about: some milliseconds to make and to take in. */
const batchBytes = 4 << 20;
/** What a point takes beside its vectors, about. */
const pointBytes = 256;
const maxBatchSize = 100_000;
/** Changes, or batches of them, between two looks at whether a checkpoint is due. */
const changesPerLook = 8;
/** Rounds of some 20 ms of indexing that make a piece of upkeep: a change waits that long. */
const roundsPerPiece = 5;

const upsertNames: NamesOf<UpsertOptions> = { signal: true, onProgress: true, batchSize: true };
const searchNames: NamesOf<CollectionSearchOptions> = {
  ...{ k: true, offset: true, filter: true, using: true, scoreThreshold: true, params: true },
  ...{ withPayload: true, withVector: true, explain: true, signal: true },
};

/** Labels that every line of {@link Collection.prometheus} bears. */
type MetricsLabels = { readonly [label: string]: string };

/** The changes of points that a selector names. */
type SelectorCall =
  | 'delete'
  | 'setPayload'
  | 'overwritePayload'
  | 'deletePayload'
  | 'clearPayload'
  | 'deleteVectors';

export class ShardedCollection implements Collection {
  readonly name: string;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #config: CollectionConfig;
  readonly #options: CollectionOptions;
  readonly #shards: ShardGroup;
  readonly #shapes: VectorShapes;
  readonly #searcher: ShardSearcher;
  readonly #calls: Calls;
  readonly #spare = new SpareFloats();
  readonly #upkeep: Upkeep | undefined;
  /** Of the last, where it failed. */
  #checkpointError: string | undefined;
  #changesMade = 0;
  #closing: Promise<void> | undefined;

  /** {@link openCollection} makes collections. @internal */
  constructor(config: CollectionConfig, options: CollectionOptions, shards: ShardGroup) {
    this.name = config.name;
    this.#config = config;
    this.#options = options;
    this.#shards = shards;
    this.#shapes = shapesOf(config.shard);
    this.#searcher = new ShardSearcher(shards, this.#shapes, { ...options, shardKey: config.shardKey });
    const isDamaged = shards.storage.damage !== undefined;
    const readOnlyFor = isDamaged ? 'what is stored is damaged' : undefined;
    this.#calls = new Calls(config, options.onSlowQuery, () => this.#upkeep?.changed(), readOnlyFor);
    if (shards.isDurable) {
      this.#upkeep = new Upkeep(() => this.#calls.between(() => this.#keepUp()));
      // What was not indexed when it was left.
      this.#upkeep.changed();
    }
    guardLeak(this, `collection ${config.name}`, () => {});
    disposeByAsyncSymbol(this, () => this.close());
  }

  // --- Changes ---

  upsert(
    points: Iterable<Point> | AsyncIterable<Point> | PointColumns,
    options: UpsertOptions = {},
  ): Promise<UpdateResult> {
    return this.#calls.change('upsert', options, () => {
      checkNames(Object(options), upsertNames);
      const { signal, onProgress, batchSize } = options;
      const plan = this.#batchPlan(batchSize);
      return async () => {
        const total = countOf(points);
        const batches = batchesOf(points, plan);
        let taken = 0;
        let next = batches.next();
        try {
          for (;;) {
            // A source, or what embeds its texts, may never answer.
            const { value: batch } = await this.#calls.unlessStopped(next, signal);
            if (batch === undefined) break;
            const sent = this.#sendBatch(batch);
            // Made while the shards work on this one, which is on its way.
            next = batches.next();
            next.catch(() => {});
            await sent;
            taken += batch.count;
            await this.#look();
            onProgress?.({ phase: 'upsert', done: taken, total: total ?? taken });
          }
        } catch (reason) {
          batches.return().catch(() => {});
          if (taken === 0) throw reason;
          throw new VectorSearchError('STOPPED', total, taken, { cause: reason });
        }
        await this.#index(taken, options);
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
    options: { readonly key?: string } & CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('setPayload', points, options, (selector) => {
      const { key } = options;
      const checked = this.#checkedPayload(payload);
      const [root] = key === undefined ? [] : parsePath(key, 'key');
      this.#keepShardKey(root === undefined ? Object.keys(checked) : [root]);
      return [checked, selector, key];
    });
  }

  overwritePayload(
    payload: Payload,
    points: PointSelector,
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#changeSelected('overwritePayload', points, options, (selector) => {
      this.#keepShardKey();
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
      this.#keepShardKey(keys.map((field) => parsePath(field, 'keys')[0]));
      return [[...keys], selector];
    });
  }

  clearPayload(points: PointSelector, options: CallOptions = {}): Promise<UpdateResult> {
    return this.#changeSelected('clearPayload', points, options, (selector) => {
      this.#keepShardKey();
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
      for (const name of names) {
        if (this.#searcher.kindOf(name) === 'text')
          throw invalidArgument('vectors that points bring', `${name}, which is made from their texts`);
      }
      return [[...names], selector];
    });
  }

  updateVectors(
    points: readonly { readonly id: PointId; readonly vector: PointVectors }[],
    options: CallOptions = {},
  ): Promise<UpdateResult> {
    return this.#calls.change('updateVectors', options, () => {
      if (!Array.isArray(points)) throw invalidArgument('points to be an array', points);
      const ids = points.map((point, index) => checkPointId(point?.id, `the id of point ${index}`));
      const plan = this.#batchPlan(undefined);
      const sources = points.map(({ id, vector }) => ({ id, vector }));
      return async () => {
        const shards = await this.#shardsOf(ids);
        const batches: Batch[] = [];
        // All are checked before the first is sent.
        for await (const batch of batchesOf(sources, { ...plan, shardOf: (id) => shards.get(id) as number }))
          batches.push(batch);
        for (const { shards: receivers } of batches) {
          const argsOf = (shard: number): [VectorBatch, ...Float32Array[]] => {
            const { batch, flats } = receivers.get(shard) as ShardBatch;
            const { payloads: _, ...vectors } = batch;
            return [vectors, ...flats];
          };
          const sent = await this.#shards.callEach([...receivers.keys()], 'updateVectors', argsOf, {});
          for (const flats of sent) this.#spare.give(flats);
          await this.#look();
        }
        await this.#index(points.length, options);
        return { count: new Set(ids).size };
      };
    });
  }

  createPayloadIndex(key: string, schema: PayloadSchema, options: CallOptions = {}): Promise<void> {
    return this.#calls.change('createPayloadIndex', options, () => async () => {
      await this.#shards.callEach(this.#shards.all, 'createPayloadIndex', () => [key, schema], {});
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
      await this.#index(0, options);
      await this.#checkpoint('wanted');
      await this.#checkpoint('shrunk');
    });
  }

  // --- Reads ---

  retrieve(ids: readonly PointId[], options: Selected & CallOptions = {}): Promise<PointRecord[]> {
    return this.#calls.read('retrieve', options, undefined, async () => {
      checkPointIds(ids, 'ids');
      checkSelected(options);
      return await this.#searcher.retrieve(ids, options, options.signal);
    });
  }

  search(query: VectorInput | string, options: CollectionSearchOptions = {}): Promise<Hits> {
    const { signal, ...request } = Object(options) as CollectionSearchOptions;
    const asked = options?.explain ? undefined : ['search', query, request];
    return this.#calls.read('search', options, asked, async () => {
      checkNames(Object(options), searchNames);
      const { using = '' } = options;
      if (typeof query === 'string' && this.#isText(using)) {
        const { offset = 0 } = request;
        checkInteger('offset', offset, 0);
        const target = { kind: 'text', text: query } as const;
        const hits: Hits = await this.#searcher.leaf({ ...leafRequest(request, offset), target }, signal);
        hits.splice(0, offset);
        return hits;
      }
      const vector = typeof query === 'string' ? await this.#searcher.embed(query, using) : query;
      const [hits] = await this.#searchDense([vector], options);
      return hits as Hits;
    });
  }

  searchBatch(queries: readonly VectorInput[], options: CollectionSearchOptions = {}): Promise<Hits[]> {
    return this.#calls.read('searchBatch', options, undefined, async () => {
      checkNames(Object(options), searchNames);
      if (!Array.isArray(queries)) throw invalidArgument('queries to be an array of vectors', queries);
      return queries.length === 0 ? [] : this.#searchDense(queries, options);
    });
  }

  query(request: QueryRequest, options: CallOptions = {}): Promise<Hits> {
    return this.#calls.read('query', options, ['query', request], () =>
      runQuery(request, this.#searcher, options.signal),
    );
  }

  queryGroups(request: GroupRequest, options: CallOptions = {}): Promise<PointGroup[]> {
    return this.#calls.read('queryGroups', options, ['queryGroups', request], () =>
      runGroups(request, this.#searcher, options.signal),
    );
  }

  recommend(request: RecommendRequest, options: CallOptions = {}): Promise<Hits> {
    return this.#calls.read('recommend', options, ['recommend', request], () =>
      runRecommend(request, this.#searcher, options.signal),
    );
  }

  scroll(request: ScrollRequest = {}): AsyncGenerator<PointRecord, void, void> {
    return scroll({ shards: this.#shards, searcher: this.#searcher, calls: this.#calls }, request);
  }

  count(request: { readonly filter?: Filter } & CallOptions = {}): Promise<number> {
    const { filter, signal } = Object(request) as { filter?: Filter; signal?: AbortSignal };
    return this.#calls.read('count', request, ['count', filter], async () => {
      checkNames(request, { filter: true, signal: true });
      const checked = filter === undefined ? undefined : checkFilter(filter);
      const shards = this.#searcher.shardsFor(checked);
      const settings = { signal, readOnly: true };
      const counts = await this.#shards.callEach(shards, 'count', () => [checked], settings);
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  facet(request: FacetRequest): Promise<FacetHit[]> {
    const { signal, ...asked } = Object(request) as FacetRequest;
    return this.#calls.read('facet', request, ['facet', asked], async () => {
      checkNames(Object(request), { key: true, filter: true, limit: true, signal: true });
      const { key, filter, limit = 10 } = asked;
      checkInteger('limit', limit, 1);
      parsePath(key, 'key');
      const checked = filter === undefined ? undefined : checkFilter(filter);
      const shards = this.#searcher.shardsFor(checked);
      const settings = { signal, readOnly: true };
      const facets = await this.#shards.callEach(shards, 'facet', () => [key, checked], settings);
      const counts = new Map<string | number | boolean, number>();
      for (const facet of facets)
        for (const [value, count] of facet) counts.set(value, (counts.get(value) ?? 0) + count);
      return [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || compareValues(a.value, b.value))
        .slice(0, limit);
    });
  }

  info(options: CallOptions = {}): Promise<CollectionInfo> {
    return this.#stock('info', options);
  }

  /** What there is now; `operation`: as which it is counted. */
  #stock(operation: string, options: CallOptions): Promise<CollectionInfo> {
    return this.#calls.read(operation, options, undefined, async () => {
      const settings = { signal: options.signal, readOnly: true };
      const calls = this.#shards.all.map((shard) => this.#shards.call(shard, 'info', [], settings));
      const answers = await Promise.allSettled(calls);
      options.signal?.throwIfAborted();
      const infos = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : undefined));
      const alive = infos.filter((info) => info !== undefined);
      const total = (of: (info: (typeof alive)[number]) => number) =>
        alive.reduce((sum, info) => sum + of(info), 0);
      const described = <Config>(configs: { readonly [name: string]: Config }) =>
        Object.fromEntries(
          Object.entries(configs).map(([name, config]) => [
            name,
            {
              ...config,
              count: total(({ vectors }) => vectors[name]?.count ?? 0),
              memoryBytes: total(({ vectors }) => vectors[name]?.memoryBytes ?? 0),
            },
          ]),
        );
      const { storage } = this.#shards;
      const failed = this.#checkpointError;
      const { model = storage.model } = this.#options;
      return {
        name: this.name,
        pointsCount: total(({ points }) => points),
        status:
          alive.length === infos.length && storage.damage === undefined && failed === undefined
            ? 'green'
            : 'red',
        shards: infos.map((info) => ({ pointsCount: info?.points ?? null })),
        vectors: described(this.#config.shard.vectors),
        sparseVectors: described(this.#config.shard.sparseVectors),
        payloadSchema: Object.fromEntries(
          Object.entries(alive[0]?.payloadSchema ?? {}).map(([key, { schema }]) => [
            key,
            { schema, points: total(({ payloadSchema }) => payloadSchema[key]?.points ?? 0) },
          ]),
        ),
        memoryBytes: total(({ memoryBytes, payloadBytes }) => memoryBytes + payloadBytes),
        storage: {
          type: storage.kind,
          durability: storage.kind === 'memory' ? null : (this.#options.durability ?? 'strict'),
          bytes: total(({ storedBytes }) => storedBytes),
          tornBytes: storage.tornBytes,
          lost: storage.lost,
          ...(failed !== undefined && { checkpointError: failed }),
          ...(storage.damage !== undefined && { damage: storage.damage }),
        },
        ...(model !== undefined && { model }),
      };
    });
  }

  snapshot(): ReadableStream<Uint8Array> {
    return snapshotOf(this.#shards, (run) => this.#calls.between(run));
  }

  verify(options: VerifyOptions = {}): Promise<Verification> {
    return this.#calls.read('verify', options, undefined, async () => {
      const { signal, onProgress } = options;
      const { count, all } = this.#shards;
      const damage: StorageDamage[] = [];
      for (const shard of all) {
        const settings = {
          readOnly: true,
          signal,
          ...(onProgress !== undefined && {
            onProgress: ({ done, total }: Progress) =>
              onProgress({ done: shard * total + done, total: count * total }),
          }),
        };
        const found = await this.#shards.call(shard, 'verify', [], settings);
        damage.push(...found.damage.map((each) => ({ shard, ...each })));
      }
      const { storage } = await this.#stock('info', {});
      return { ok: damage.length === 0, bytes: storage.bytes, damage };
    });
  }

  async metrics(options: CallOptions = {}): Promise<MetricsSnapshot> {
    await this.#measure(options);
    return this.#calls.metrics.snapshot();
  }

  async prometheus(options: CallOptions & { readonly labels?: MetricsLabels } = {}): Promise<string> {
    await this.#measure(options);
    return this.#calls.metrics.toPrometheus({ collection: this.name, ...options.labels });
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
    this.#upkeep?.end();
    this.#shards.abandon('the browser has put the page aside');
  }

  // --- Parts ---

  async #end(): Promise<void> {
    this.#upkeep?.end();
    if (this.#upkeep !== undefined) {
      // The next who opens it has nothing to make again. Without it, all that was acknowledged is there as well.
      await this.#checkpoint('wanted').catch(() => {});
      await this.#shards.callEach(this.#shards.all, 'close', () => [], {}).catch(() => {});
    }
    await this.#shards.dispose(`collection ${this.name}`);
  }

  /** A piece of what is done when it is still: indexes what is not yet, then writes it down. Whether all is done. */
  async #keepUp(): Promise<boolean> {
    const index = async (shard: number) => {
      for (let round = 0; round < roundsPerPiece; round++)
        if ((await this.#shards.call(shard, 'indexSome', [], {})) >= 1) return true;
      return false;
    };
    const indexed = await Promise.all(this.#shards.all.map(index));
    if (indexed.includes(false)) return false;
    await this.#checkpoint('still');
    return true;
  }

  /** To be called after each change: however many there are without a pause, the log grows by a part of the data. */
  async #look(): Promise<void> {
    // Where it fails, the log goes on.
    if (++this.#changesMade % changesPerLook === 0) await this.#checkpoint('due').catch(() => {});
  }

  /** Has the shards write down what they are like, as far as there is reason to: searches come in between. */
  async #checkpoint(reason: CheckpointReason): Promise<void> {
    if (!this.#shards.isDurable || this.#shards.storage.damage !== undefined) return;
    const write = async (shard: number) => {
      while ((await this.#shards.call(shard, 'checkpointSome', [reason], {})) < 1);
    };
    try {
      await Promise.all(this.#shards.all.map(write));
      this.#checkpointError = undefined;
    } catch (error) {
      this.#checkpointError = String((error as Error).message);
      throw error;
    }
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
      const shards =
        'ids' in selector
          ? this.#searcher.shardsOfIds(selector.ids)
          : this.#searcher.shardsFor(selector.filter);
      return async () => {
        const { signal } = options;
        const calls = shards.map((shard) => this.#shards.call(shard, call, sent, { signal }));
        const answers = await Promise.allSettled(calls);
        const count = answers.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : 0), 0);
        const failed = answers.find((each) => each.status === 'rejected');
        await this.#look();
        if (failed === undefined) return { count };
        // A shard is stopped as a whole; others may be done already.
        if (!signal?.aborted || count === 0) throw failed.reason;
        throw new VectorSearchError('STOPPED', undefined, count, { cause: failed.reason });
      };
    });
  }

  #batchPlan(batchSize: number | undefined): BatchPlan {
    const dims = [...this.#shapes.dense.values()].reduce((sum, { dim }) => sum + dim, 0);
    const byBytes = Math.max(1, Math.floor(batchBytes / (4 * dims + pointBytes)));
    const { shardKey } = this.#config;
    const shardCount = this.#shards.count;
    const path = shardKey === undefined ? undefined : parsePath(shardKey, 'shardKey');
    return {
      shapes: this.#shapes,
      spare: this.#spare,
      pointsPerBatch:
        batchSize === undefined ? byBytes : checkInteger('batchSize', batchSize, 1, maxBatchSize),
      embed: (texts) => this.#searcher.embedAll(texts, ''),
      shardOf: (id, payload) => {
        if (path === undefined) return shardOf(id, shardCount);
        const where = `${shardKey} in the payload of point ${id}`;
        const values = new Set<unknown>();
        someValueAt(payload, path, (value) => {
          values.add(value);
          return false;
        });
        // Filters that ask for the second of them would look elsewhere.
        if (values.size > 1) throw invalidState(`${where} to be one value`, `${values.size}`);
        return shardOf(checkPointId([...values][0], where), shardCount);
      },
    };
  }

  async #sendBatch({ shards, count }: Batch): Promise<void> {
    const receivers = [...shards.keys()];
    const batchOf = (shard: number) => shards.get(shard) as ShardBatch;
    const send = async () => {
      const sent = await this.#shards.callEach(
        receivers,
        'upsert',
        (shard) => [batchOf(shard).batch, ...batchOf(shard).flats],
        {},
      );
      for (const flats of sent) this.#spare.give(flats);
    };
    if (this.#config.shardKey === undefined || this.#shards.count === 1 || count === 0) return send();
    // Points whose key has changed have moved: they leave the shard that they were in, once they are in the other.
    await this.#calls.whileReadsWait(async () => {
      await send();
      await this.#shards.callEach(
        this.#shards.all,
        'delete',
        (shard) => [{ ids: receivers.flatMap((other) => (other === shard ? [] : batchOf(other).batch.ids)) }],
        {},
      );
    });
  }

  /** Has the shards index what they were sent, some milliseconds at a time: searches come in between. */
  async #index(points: number, { signal, onProgress }: UpsertOptions): Promise<void> {
    const shares = this.#shards.all.map(() => 0);
    const index = async (shard: number) => {
      for (;;) {
        const share = await this.#shards.call(shard, 'indexSome', [], {});
        shares[shard] = share;
        // All points are taken: what is not indexed yet is found all the same, and indexed with the next.
        if (share >= 1 || signal?.aborted) return;
        const done = Math.floor((points * shares.reduce((sum, each) => sum + each, 0)) / shares.length);
        onProgress?.({ phase: 'index', done, total: points });
      }
    };
    const finished = await Promise.allSettled(this.#shards.all.map(index));
    for (const shard of finished) if (shard.status === 'rejected') throw shard.reason;
    if (points > 0 && !signal?.aborted) onProgress?.({ phase: 'index', done: points, total: points });
  }

  #checkedPayload(payload: unknown): Payload {
    // A copy: the caller may alter it before its turn.
    return copyOfJson(checkPayload(payload, 'the payload') ?? {});
  }

  /**
  Refuses to change the field that tells where points lie.

  @param keys - Of payloads, that will be changed. Default: all.
  */
  #keepShardKey(keys?: readonly unknown[]): void {
    const { shardKey } = this.#config;
    if (shardKey === undefined) return;
    if (keys === undefined || keys.includes(parsePath(shardKey, 'shardKey')[0]))
      throw invalidArgument(
        `payload fields other than the shard key ${shardKey}; upsert moves points`,
        shardKey,
      );
  }

  /** The shard of each id. @throws {VectorSearchError} with code `NOT_FOUND`. */
  async #shardsOf(ids: readonly PointId[]): Promise<Map<PointId, number>> {
    const all = this.#shards.all;
    const missing = await this.#shards.callEach(all, 'missing', () => [ids], { readOnly: true });
    const sets = missing.map((each) => new Set(each));
    return new Map(
      ids.map((id) => {
        const shard = sets.findIndex((set) => !set.has(id));
        if (shard < 0) throw new VectorSearchError('NOT_FOUND', undefined, id);
        return [id, shard];
      }),
    );
  }

  #isText(using: string): boolean {
    return this.#shapes.sparse.get(using)?.text !== undefined;
  }

  async #searchDense(queries: readonly VectorInput[], options: CollectionSearchOptions): Promise<Hits[]> {
    const { signal, offset = 0, ...request } = options;
    const { using = '' } = request;
    const shape = this.#searcher.dense(using);
    checkInteger('offset', offset, 0);
    const flat = new Float32Array(queries.length * shape.dim);
    queries.forEach((query, index) => {
      const where = queries.length === 1 ? 'the query' : `query ${index}`;
      flat.set(checkDense(query, shape, where), index * shape.dim);
    });
    const hits = await this.#searcher.searchDense(flat, leafRequest(request, offset), signal);
    // What explains them stays with them.
    for (const list of hits) list.splice(0, offset);
    return hits;
  }

  /** Takes stock, for the metrics. */
  async #measure(options: CallOptions): Promise<void> {
    const { pointsCount, shards, vectors, sparseVectors, memoryBytes } = await this.#stock(
      'metrics',
      options,
    );
    const counts = [...Object.values(vectors), ...Object.values(sparseVectors)];
    this.#calls.metrics.gauge('points', pointsCount);
    this.#calls.metrics.gauge(
      'vectors',
      counts.reduce((sum, { count }) => sum + count, 0),
    );
    this.#calls.metrics.gauge('workers', shards.filter((shard) => shard.pointsCount !== null).length);
    this.#calls.metrics.gauge('memoryBytes', memoryBytes);
    this.#calls.metrics.gauge('cacheBytes', this.#calls.keptBytes);
  }
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
function checkSelector(points: PointSelector): CheckedSelector {
  if (Array.isArray(points)) return { ids: [...checkPointIds(points, 'points')] };
  if (typeof points === 'object' && points !== null) {
    const { points: ids, filter } = points as { points?: unknown; filter?: unknown };
    if (ids !== undefined && filter === undefined) return { ids: [...checkPointIds(ids, 'points')] };
    // A misspelt name must not become a change of all points.
    if (ids === undefined && filter !== undefined) return { filter: checkFilter(filter) };
  }
  throw invalidArgument('an array of ids, { points } or { filter }', points);
}

/** A request as searches of shards take it. */
function leafRequest(request: CollectionSearchOptions, offset: number): DenseRequest {
  const {
    k = 10,
    using = '',
    withPayload = false,
    withVector = false,
    filter,
    params,
    scoreThreshold,
    explain = false,
  } = request;
  if (typeof explain !== 'boolean') throw invalidArgument('explain to be true or false', explain);
  if (scoreThreshold !== undefined && (typeof scoreThreshold !== 'number' || Number.isNaN(scoreThreshold)))
    throw invalidArgument('scoreThreshold to be a number', scoreThreshold);
  checkSelected(request);
  return {
    k: checkInteger('k', k, 1) + offset,
    using,
    withPayload,
    withVector,
    ...(filter !== undefined && { filter: filter as Filter }),
    ...(params !== undefined && { params }),
    ...(scoreThreshold !== undefined && { scoreThreshold }),
    ...(explain && { explain }),
  };
}

function compareValues(a: string | number | boolean, b: string | number | boolean): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
