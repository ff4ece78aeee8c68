/**
The shards of a collection as one that is changed: each gets the points that are its own.

@module
*/
import { checkInteger } from '../../bindings/api/arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../../bindings/api/errors.js';
import {
  type Batch,
  type BatchPlan,
  batchBytes,
  batchPoints,
  pointsOfBytes,
  type ShardBatch,
} from './batches.js';
import type { Calls } from './calls.js';
import type { Turn } from './changes.js';
import type { CollectionConfig } from './collection-config.js';
import { checkFilter } from './filter/check.js';
import { parsePath, someValueAt } from './payload/path.js';
import { checkPointId, checkPointIds, shardOf } from './point-ids.js';
import type { ShardSearcher } from './searcher.js';
import type { ShardGroup } from './shard-group.js';
import type { CheckedSelector, ShardCalls } from './shard-protocol.js';
import { SpareFloats } from './spare-floats.js';
import type { PointId, PointSelector } from './types.js';
import { shapesOf, type VectorShapes } from './vectors.js';

const maxBatchSize = 100_000;

/** The changes of points that a selector names. */
export type SelectorCall =
  | 'delete'
  | 'setPayload'
  | 'overwritePayload'
  | 'deletePayload'
  | 'clearPayload'
  | 'deleteVectors';

/** Batches of a call that are under way at once: one that the shards work on, one made durable, one that waits. */
const mostUnderWay = 3;

/** How batches are sent. */
interface SendOptions {
  readonly signal: AbortSignal | undefined;
  /** Called with the bytes of each batch, before the next is sent. */
  readonly look: (bytes: number) => Promise<void>;
  readonly onTaken: (points: number) => void;
}

export class ShardWriter {
  readonly #shards: ShardGroup;
  readonly #shapes: VectorShapes;
  /** The payload field that tells where points lie. Default: their ids do. */
  readonly #shardKey: string | undefined;
  readonly #searcher: ShardSearcher;
  readonly #calls: Calls;
  readonly #spare = new SpareFloats();
  #lastSeries = 0;

  constructor(config: CollectionConfig, shards: ShardGroup, searcher: ShardSearcher, calls: Calls) {
    this.#shards = shards;
    this.#shapes = shapesOf(config.shard);
    this.#shardKey = config.shardKey;
    this.#searcher = searcher;
    this.#calls = calls;
  }

  /** How points become batches. @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
  plan(batchSize?: number): BatchPlan {
    const shardKey = this.#shardKey;
    const shardCount = this.#shards.count;
    const path = shardKey === undefined ? undefined : parsePath(shardKey, 'shardKey');
    return {
      shapes: this.#shapes,
      spare: this.#spare,
      pointsPerBatch:
        batchSize === undefined
          ? Math.min(batchPoints, pointsOfBytes(batchBytes, this.#shapes))
          : checkInteger('batchSize', batchSize, 1, maxBatchSize),
      bytesPerBatch: batchSize === undefined ? batchBytes : Number.POSITIVE_INFINITY,
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

  /** As {@link plan}, of points that stay where they are. @throws {VectorSearchError} with code `NOT_FOUND`. */
  async planInPlace(ids: readonly PointId[]): Promise<BatchPlan> {
    const all = this.#shards.all;
    const missing = await this.#shards.callEach(all, 'missing', () => [ids], { readOnly: true });
    const sets = missing.map((each) => new Set(each));
    const shards = new Map(
      ids.map((id) => {
        const shard = sets.findIndex((set) => !set.has(id));
        if (shard < 0) throw new VectorSearchError('NOT_FOUND', 'point', id);
        return [id, shard];
      }),
    );
    return { ...this.plan(), shardOf: (id) => shards.get(id) as number };
  }

  /**
  Sends the shards their points of batches as these come, the next while they have those before: as new points, or as
  vectors of points that there are, in batches by {@link planInPlace}.

  @param onTaken - Told of each batch that was taken, in their order. What it throws ends this.
  @throws what ended it, once all that was sent is taken, or is not: no shard takes anything behind the first batch that it
  has not taken.
  */
  async send(
    call: 'upsert' | 'updateVectors',
    batches: AsyncGenerator<Batch, void, void>,
    turn: Turn,
    { signal, look, onTaken }: SendOptions,
  ): Promise<void> {
    const series = ++this.#lastSeries;
    /** Resolves when what was sent so far is taken. */
    let taken: Promise<void> = Promise.resolve();
    const underWay: Promise<void>[] = [];
    let failure: { readonly reason: unknown } | undefined;
    /** Ends the wait for the next batch. */
    let onFailed = (_: unknown) => {};
    const fail = (reason: unknown) => {
      failure ??= { reason };
      onFailed(reason);
    };
    const take = async (batch: Batch, before: Promise<unknown>) => {
      const sent = this.#send(call, batch, series);
      await Promise.allSettled([before, sent]);
      await before;
      await sent;
      try {
        onTaken(batch.count);
      } catch (reason) {
        fail(reason);
      }
    };
    let next = batches.next();
    try {
      while (failure === undefined) {
        // A source, or what embeds its texts, may never answer.
        const nextOrFailed = new Promise<IteratorResult<Batch, void>>((resolve, reject) => {
          onFailed = reject;
          next.then(resolve, reject);
        });
        const { value: batch } = await this.#calls.unlessStopped(nextOrFailed, signal);
        if (batch === undefined) break;
        if (underWay.length >= mostUnderWay) await underWay.shift();
        await this.#calls.unlessStopped(turn.room(), signal);
        if (failure !== undefined) break;
        taken = take(batch, taken);
        // Before the room is given back: what waits for it is not to go on then.
        const watched = taken.catch(fail);
        turn.sends(watched, batch.bytes);
        underWay.push(watched);
        // Made while the shards work on this one, which is on its way.
        next = batches.next();
        next.catch(() => {});
        if (this.#movesPoints) await watched;
        await look(batch.bytes);
      }
      turn.pass();
      await taken;
      if (failure !== undefined) throw failure;
    } catch (reason) {
      batches.return().catch(() => {});
      await taken.catch(() => {});
      throw failure === undefined ? reason : failure.reason;
    }
  }

  /**
  Changes the points that a selector names. Returns how many.

  @throws {VectorSearchError} as the shards; with code `STOPPED` where some have changed theirs before the signal came.
  */
  async changeSelected<Call extends SelectorCall>(
    call: Call,
    selector: CheckedSelector,
    args: Parameters<ShardCalls[Call]>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const shards =
      'ids' in selector
        ? this.#searcher.shardsOfIds(selector.ids)
        : this.#searcher.shardsFor(selector.filter);
    const calls = shards.map((shard) => this.#shards.call(shard, call, args, { signal }));
    const answers = await Promise.allSettled(calls);
    const count = answers.reduce((sum, each) => sum + (each.status === 'fulfilled' ? each.value : 0), 0);
    const failed = answers.find((each) => each.status === 'rejected');
    if (failed === undefined) return count;
    // A shard is stopped as a whole; others may be done already.
    if (!signal?.aborted || count === 0) throw failed.reason;
    throw new VectorSearchError('STOPPED', undefined, count, { cause: failed.reason });
  }

  /**
  Refuses to change the field that tells where points lie.

  @param keys - Of payloads, that will be changed. Default: all.
  */
  keepShardKey(keys?: readonly unknown[]): void {
    const shardKey = this.#shardKey;
    if (shardKey === undefined) return;
    if (keys === undefined || keys.includes(parsePath(shardKey, 'shardKey')[0]))
      throw invalidArgument(
        `payload fields other than the shard key ${shardKey}; upsert moves points`,
        shardKey,
      );
  }

  /** Whether points whose key has changed leave another shard, once they are in that of the new one. */
  get #movesPoints(): boolean {
    return this.#shardKey !== undefined && this.#shards.count > 1;
  }

  async #send(call: 'upsert' | 'updateVectors', batch: Batch, series: number): Promise<void> {
    if (call === 'updateVectors' || !this.#movesPoints || batch.count === 0)
      return this.#post(call, batch, series);
    await this.#calls.whileReadsWait(async () => {
      await this.#post(call, batch, series);
      const received = [...batch.shards];
      await this.#shards.callEach(
        this.#shards.all,
        'delete',
        (shard) => [{ ids: received.flatMap(([other, part]) => (other === shard ? [] : part.batch.ids)) }],
        {},
      );
    });
  }

  async #post(call: 'upsert' | 'updateVectors', { shards }: Batch, series: number): Promise<void> {
    const batchOf = (shard: number) => shards.get(shard) as ShardBatch;
    const sent = await this.#shards.callEach(
      [...shards.keys()],
      call,
      (shard) => [batchOf(shard).batch, ...batchOf(shard).flats],
      { series },
    );
    for (const flats of sent) this.#spare.give(flats);
  }
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkSelector(points: PointSelector): CheckedSelector {
  if (Array.isArray(points)) return { ids: [...checkPointIds(points, 'points')] };
  if (typeof points === 'object' && points !== null) {
    const { points: ids, filter } = points as { points?: unknown; filter?: unknown };
    if (ids !== undefined && filter === undefined) return { ids: [...checkPointIds(ids, 'points')] };
    // A misspelt name must not become a change of all points.
    if (ids === undefined && filter !== undefined) return { filter: checkFilter(filter) };
  }
  throw invalidArgument('an array of ids, { points } or { filter }', points);
}
