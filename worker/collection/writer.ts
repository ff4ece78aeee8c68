/**
The shards of a collection as one that is changed: each gets the points that are its own.

@module
*/
import { checkInteger } from '../../bindings/api/arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../../bindings/api/errors.js';
import type { Batch, BatchPlan, ShardBatch } from './batches.js';
import type { Calls } from './calls.js';
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

/** Vectors and payloads of a batch, about: some milliseconds to make and to take in. */
const batchBytes = 4 << 20;
/** What a point takes beside its vectors, about. */
const pointBytes = 256;
const maxBatchSize = 100_000;

/** The changes of points that a selector names. */
export type SelectorCall =
  | 'delete'
  | 'setPayload'
  | 'overwritePayload'
  | 'deletePayload'
  | 'clearPayload'
  | 'deleteVectors';

export class ShardWriter {
  readonly #shards: ShardGroup;
  readonly #shapes: VectorShapes;
  /** The payload field that tells where points lie. Default: their ids do. */
  readonly #shardKey: string | undefined;
  readonly #searcher: ShardSearcher;
  readonly #calls: Calls;
  readonly #spare = new SpareFloats();

  constructor(config: CollectionConfig, shards: ShardGroup, searcher: ShardSearcher, calls: Calls) {
    this.#shards = shards;
    this.#shapes = shapesOf(config.shard);
    this.#shardKey = config.shardKey;
    this.#searcher = searcher;
    this.#calls = calls;
  }

  /** How points become batches. @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
  plan(batchSize?: number): BatchPlan {
    const dims = [...this.#shapes.dense.values()].reduce((sum, { dim }) => sum + dim, 0);
    const byBytes = Math.max(1, Math.floor(batchBytes / (4 * dims + pointBytes)));
    const shardKey = this.#shardKey;
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

  /** As {@link plan}, of points that stay where they are. @throws {VectorSearchError} with code `NOT_FOUND`. */
  async planInPlace(ids: readonly PointId[]): Promise<BatchPlan> {
    const all = this.#shards.all;
    const missing = await this.#shards.callEach(all, 'missing', () => [ids], { readOnly: true });
    const sets = missing.map((each) => new Set(each));
    const shards = new Map(
      ids.map((id) => {
        const shard = sets.findIndex((set) => !set.has(id));
        if (shard < 0) throw new VectorSearchError('NOT_FOUND', undefined, id);
        return [id, shard];
      }),
    );
    return { ...this.plan(), shardOf: (id) => shards.get(id) as number };
  }

  /** Sends the shards their points of a batch. */
  async upsert(batch: Batch): Promise<void> {
    if (this.#shardKey === undefined || this.#shards.count === 1 || batch.count === 0)
      return this.#send('upsert', batch);
    // Points whose key has changed have moved: they leave the shard that they were in, once they are in the other.
    await this.#calls.whileReadsWait(async () => {
      await this.#send('upsert', batch);
      const received = [...batch.shards];
      await this.#shards.callEach(
        this.#shards.all,
        'delete',
        (shard) => [{ ids: received.flatMap(([other, part]) => (other === shard ? [] : part.batch.ids)) }],
        {},
      );
    });
  }

  /** As {@link upsert}, for vectors of points that there are: of a batch by {@link planInPlace}. */
  updateVectors(batch: Batch): Promise<void> {
    return this.#send('updateVectors', batch);
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

  async #send(call: 'upsert' | 'updateVectors', { shards }: Batch): Promise<void> {
    const batchOf = (shard: number) => shards.get(shard) as ShardBatch;
    const sent = await this.#shards.callEach(
      [...shards.keys()],
      call,
      (shard) => [batchOf(shard).batch, ...batchOf(shard).flats],
      {},
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
