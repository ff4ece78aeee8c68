/**
The points of one worker: their vectors, payloads and indexes. What is changed is changed as a whole or not at all.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';
import { performanceMetrics } from '../../bindings/api/performance-metrics.js';
import type { SparseIndex } from '../../bindings/api/sparse-index.js';
import type { Steps } from '../../bindings/api/steps.js';
import type { SparseStatistics } from '../../bindings/api/types.js';
import { DenseField } from './dense-field.js';
import { type Change, jsonOfBatch, withTypedArrays } from './durable/change-record.js';
import { DurableShard } from './durable/durable-shard.js';
import { SalvagedShard } from './durable/salvaged-shard.js';
import type { StoredShard } from './durable/stored-shard.js';
import { eachInSteps } from './each-in-steps.js';
import type { CheckedFilter } from './filter/check.js';
import { forEachBit, hasBit } from './payload/bits.js';
import { selectPayload, setKeys, withoutKeys } from './payload/edit.js';
import { type FacetCounts, mostFrequent } from './payload/facet-counts.js';
import { PayloadStore, type PointLookup, payloadOf, type Selection } from './payload/payload-store.js';
import type { PayloadSchema } from './payload/schema.js';
import { PointEdits } from './point-edits.js';
import { PointSearcher } from './point-searcher.js';
import { PointTable } from './point-table.js';
import { comparePointIds } from './query/order.js';
import { cacheKey } from './query-cache.js';
import {
  type CheckedSelector,
  type CheckpointReason,
  mendedAtOnce,
  type OpenedShard,
  type OrderedIds,
  type PackedHits,
  type PackedPoints,
  type PointBatch,
  type Returned,
  type ShardCalls,
  type ShardConfig,
  type ShardInfo,
  type ShardScroll,
  type ShardSearch,
  type ShardStorage,
  type SparseTarget,
  type VectorBatch,
} from './shard-protocol.js';
import { SparseField } from './sparse-field.js';
import type { OrderBy, Payload, PointId, StoredVector, StoredVectors, WithVector } from './types.js';

/** Calls that change what a shard holds. */
type ChangeCall = Exclude<
  keyof ShardCalls & keyof Shard,
  | ('optimize' | 'loadSome' | 'indexSome' | 'checkpointSome' | 'release' | 'close')
  | ('search' | 'statistics' | 'retrieve' | 'vectorsOf' | 'missing' | 'scroll' | 'ordered' | 'count')
  | ('facet' | 'info')
>;

/** Filters whose slots are kept until the next change: as many as a page asks for in turn. */
const keptSelections = 16;

/** Where one of so many slots has no point, all are numbered anew: payloads are read for that, to be indexed again. */
const gapsPerSlot = 4;

export class Shard {
  readonly dense = new Map<string, DenseField>();
  readonly sparse = new Map<string, SparseField>();
  readonly points = new PointTable();
  readonly payloads = new PayloadStore();
  readonly #selections = new Map<string, Selection>();
  readonly #searcher = new PointSearcher(this);
  #config: ShardConfig;
  #durable: StoredShard | undefined;
  /** What the next change is to throw. */
  #untold: unknown;
  /** Why floats stay on disk that are to be in memory. */
  #loadError: string | undefined;
  readonly lookup: PointLookup = {
    slotOf: (id) => this.points.slotOf(id),
    hasVector: (name, slot) => this.#field(name)?.has(slot) ?? false,
    live: this.points.live,
  };

  /**
  Opens it; where it is damaged, and `ifDamaged` is `readOnly`, what is left of it.

  @throws {VectorSearchError} as the engines' constructors, and as {@link DurableShard.open}.
  */
  static async open(config: ShardConfig): Promise<Shard> {
    try {
      return await Shard.#open(config, DurableShard.open);
    } catch (error) {
      const isDamaged = error instanceof VectorSearchError && error.code === 'CORRUPT_DATA';
      if (!isDamaged || config.storage?.ifDamaged !== 'readOnly') throw error;
      return Shard.#open(config, SalvagedShard.open);
    }
  }

  static async #open(
    config: ShardConfig,
    openStored: (...given: Parameters<typeof DurableShard.open>) => Promise<StoredShard | undefined>,
  ): Promise<Shard> {
    const { vectors, sparseVectors, storage } = config;
    const shard = new Shard(config);
    try {
      for (const [name, sparse] of Object.entries(sparseVectors))
        shard.sparse.set(name, await SparseField.open(sparse));
      const durable = storage && (await openStored(storage, config, shard));
      if (!durable?.wasStored)
        for (const [name, dense] of Object.entries(vectors)) shard.dense.set(name, DenseField.create(dense));
      durable?.begin((change) => shard.#makeAgain(change));
      shard.#durable = durable;
      for (const [key, schema] of shard.#missingIndexes()) {
        const keep = shard.#takeDown('createPayloadIndex', () => [key, schema]);
        shard.payloads.createIndex(key, schema);
        keep();
      }
      await shard.settle();
      return shard;
    } catch (error) {
      shard.dispose();
      throw error;
    }
  }

  private constructor(config: ShardConfig) {
    this.#config = config;
  }

  /**
  Where changes that were made could not be kept, and the files told it too late to take them back: one that is as the
  files are, in place of this, which is disposed.

  @throws {VectorSearchError} as {@link open}. Nothing of this can be used then, but to open it again.
  */
  openAgain(): Promise<Shard> | undefined {
    const durable = this.#durable;
    if (!durable?.isAhead) return undefined;
    const open = async () => {
      await durable.abandon();
      this.dispose();
      const { storage, ...config } = this.#config;
      const { ifDamaged: _, ...place } = storage as ShardStorage;
      // Indexes that are not stored yet are not: there may be no room.
      const again = { ...config, payloadIndex: {}, storage: { ...place, mustExist: true } };
      const shard = await Shard.open(again);
      shard.#config = this.#config;
      shard.#untold = durable.untold ?? this.#untold;
      for (const [key, schema] of shard.#missingIndexes()) shard.payloads.createIndex(key, schema);
      return shard;
    };
    return open();
  }

  /** Payload indexes that were asked for and are not there. */
  #missingIndexes(): readonly (readonly [string, PayloadSchema])[] {
    const there = this.payloads.schemas();
    return Object.entries(this.#config.payloadIndex).filter(
      ([key, schema]) => JSON.stringify(there[key]) !== JSON.stringify(schema),
    );
  }

  /** What is told about it when it is opened. */
  get opened(): OpenedShard | undefined {
    return this.#durable?.opened;
  }

  /** Writes what was held back while it was not known whether all shards are whole. */
  release(): void {
    this.#durable?.release();
  }

  /** Whether there are changes that {@link settle} has to flush. */
  get owesFlush(): boolean {
    return this.#durable?.owesFlush ?? false;
  }

  /** Resolves once the changes so far are as durable as was asked for; nothing where they are already. */
  settle(): Promise<void> | undefined {
    return this.#durable?.settle();
  }

  /** Ends it, with all that was acknowledged durable. */
  async close(): Promise<void> {
    const durable = this.#durable;
    this.#durable = undefined;
    await durable?.close();
  }

  dispose(): void {
    void this.#durable?.abandon();
    for (const field of [...this.dense.values(), ...this.sparse.values()]) field.dispose();
  }

  // --- Changes ---

  upsert(batch: PointBatch, flats: readonly Float32Array[]): Steps<number> {
    const { ids, payloads } = batch;
    return this.#inSteps(function* (this: Shard, edits) {
      const keep = this.#takeDown('upsert', () => [jsonOfBatch(batch)], flats);
      let next = this.points.nextSlot;
      const slots = ids.map((id) => this.points.slotOf(id) ?? next++);
      yield* edits.setVectors(slots, batch, flats);
      edits.deleteOtherVectors(slots, batch);
      if (edits.hasTexts)
        slots.forEach((slot, index) => {
          edits.indexTexts(slot, payloadOf(payloads[index]));
        });
      keep();
      slots.forEach((slot, index) => {
        if (slot >= this.points.nextSlot) this.points.add(ids[index] as PointId);
        this.payloads.set(slot, payloads[index] ?? null);
      });
      return slots.length;
    });
  }

  updateVectors(batch: VectorBatch, flats: readonly Float32Array[]): Steps<number> {
    return this.#inSteps(function* (this: Shard, edits) {
      const slots = batch.ids.map((id) => {
        const slot = this.points.slotOf(id);
        if (slot === undefined) throw new VectorSearchError('NOT_FOUND', 'point', id);
        return slot;
      });
      const keep = this.#takeDown('updateVectors', () => [batch], flats);
      yield* edits.setVectors(slots, batch, flats);
      keep();
      return slots.length;
    });
  }

  deleteVectors(names: readonly string[], points: CheckedSelector): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('deleteVectors', () => [names, named]);
    return this.#changeEach(points, record, (edits, slot, areFew) => {
      for (const name of names) edits.deleteVector(name, slot, areFew);
    });
  }

  delete(points: CheckedSelector): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('delete', () => [named]);
    return this.#changeEach(points, record, (edits, slot, areFew) => edits.deletePoint(slot, areFew));
  }

  setPayload(payload: Payload, points: CheckedSelector, key: string | undefined): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('setPayload', () => [payload, named, key]);
    return this.#changePayloads(points, record, (before) => setKeys(before, payload, key));
  }

  overwritePayload(payload: Payload, points: CheckedSelector): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('overwritePayload', () => [payload, named]);
    return this.#changePayloads(points, record, () => payload);
  }

  deletePayload(keys: readonly string[], points: CheckedSelector): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('deletePayload', () => [keys, named]);
    return this.#changePayloads(points, record, (before) => withoutKeys(before, keys));
  }

  clearPayload(points: CheckedSelector): Steps<number> {
    const record = (named: CheckedSelector) => this.#takeDown('clearPayload', () => [named]);
    return this.#changePayloads(points, record, () => null);
  }

  createPayloadIndex(key: string, schema: PayloadSchema): Steps<void> {
    const { payloads } = this;
    return this.#changeIndex('createPayloadIndex', [key, schema], function* () {
      payloads.createIndex(key, schema);
      yield* payloads.fillSteps();
    });
  }

  deletePayloadIndex(key: string): Steps<void> {
    const { payloads } = this;
    // biome-ignore lint/correctness/useYield: one step.
    return this.#changeIndex('deletePayloadIndex', [key], function* () {
      payloads.deleteIndex(key);
    });
  }

  /** Some milliseconds of reading what was left to be read, or indexed, once it is open. Returns the share that is done. */
  loadSome(): number {
    for (const part of [...this.dense.values(), this.payloads]) {
      if (part.isLoaded) continue;
      try {
        const share = part.loadSome();
        if (share < 1) return share;
      } catch (error) {
        if (!(error instanceof VectorSearchError)) throw error;
        this.#loadError = error.message;
        // As if it had been met when all was read to open it.
        if (error.code === 'CORRUPT_DATA') this.#untold ??= error;
      }
    }
    return 1;
  }

  indexSome(renews: boolean): number {
    let share = 1;
    for (const field of this.dense.values()) {
      if (field.isLinked) continue;
      this.#durable?.touch();
      share = field.linkSome(renews);
      if (share < 1) break;
    }
    return share;
  }

  /** Some 20 ms of writing down what it is like, where there is reason to. Returns the share that is done. */
  checkpointSome(reason: CheckpointReason): number {
    return this.#durable?.checkpointSome(reason) ?? 1;
  }

  /** The store of one that outlives its worker. */
  get stored(): StoredShard {
    if (this.#durable === undefined)
      throw new VectorSearchError(
        'NOT_SUPPORTED',
        'storage that outlives the page',
        'files of a collection in memory',
      );
    return this.#durable;
  }

  *optimize(): Steps<void> {
    this.#durable?.touch();
    for (const field of this.dense.values()) yield* field.optimizeSteps();
    const { nextSlot, size } = this.points;
    if ((nextSlot - size) * gapsPerSlot > nextSlot) yield* this.#renumber();
    for (const field of this.sparse.values()) field.compact();
  }

  // --- Reads ---

  search(request: ShardSearch, queries: Float32Array): Steps<PackedHits> {
    return this.#searcher.search(request, queries);
  }

  statistics(using: string, target: SparseTarget): SparseStatistics {
    const field = this.sparse.get(using) as SparseField;
    const { indices } = target.kind === 'text' ? field.termsIn(target.text) : target;
    return field.statistics(indices);
  }

  retrieve(ids: readonly PointId[], returned: Returned): PackedPoints {
    const slots = ids
      .map((id) => this.points.slotOf(id))
      .filter((slot): slot is number => slot !== undefined);
    return this.packed(slots, returned);
  }

  vectorsOf(ids: readonly PointId[], using: string): (StoredVector | undefined)[] {
    return ids.map((id) => {
      const slot = this.points.slotOf(id);
      return slot === undefined ? undefined : this.#field(using)?.get(slot);
    });
  }

  missing(ids: readonly PointId[]): PointId[] {
    return ids.filter((id) => this.points.slotOf(id) === undefined);
  }

  scroll({ filter, from, limit, ...returned }: ShardScroll): PackedPoints {
    const order = this.points.inOrder();
    const bits = filter === undefined ? undefined : this.select(filter).bits;
    const slots: number[] = [];
    let position = from === undefined ? 0 : this.points.positionOf(from.id, from.included);
    for (; position < order.length && slots.length < limit; position++) {
      const slot = order[position] as number;
      if (bits === undefined || hasBit(bits, slot)) slots.push(slot);
    }
    return this.packed(slots, returned);
  }

  ordered(orderBy: OrderBy, filter: CheckedFilter | undefined, limit: number): OrderedIds {
    const bits = filter === undefined ? undefined : this.select(filter).bits;
    const { slots, values } = this.inOrderOf(orderBy, bits, limit);
    return { ids: slots.map((slot) => this.points.idOf(slot)), values };
  }

  count(filter: CheckedFilter | undefined): number {
    return filter === undefined ? this.points.size : this.select(filter).count;
  }

  facet(key: string, filter: CheckedFilter | undefined, limit?: number): FacetCounts {
    const bits = filter === undefined ? undefined : this.select(filter).bits;
    const counts = this.payloads.facet(key, bits, this.lookup);
    return limit === undefined ? counts : new Map(mostFrequent(counts, limit));
  }

  *info(): Steps<ShardInfo> {
    yield* this.payloads.fillSteps();
    const fields = [...this.dense, ...this.sparse];
    return {
      points: this.points.size,
      vectors: Object.fromEntries(
        fields.map(([name, field]) => [name, { count: field.size, memoryBytes: field.memoryBytes }]),
      ),
      payloadSchema: this.payloads.indexes(),
      payloadBytes: this.payloads.memoryBytes,
      storedBytes: this.#durable?.bytes ?? 0,
      loadError: this.#loadError,
      memoryBytes: performanceMetrics().memoryBytes,
    };
  }

  /** The slots that match. Not to be changed. */
  select(filter: CheckedFilter): Selection {
    const key = cacheKey(filter);
    const kept = this.#selections.get(key);
    if (kept !== undefined) return kept;
    const selection = this.payloads.select(filter, this.lookup);
    const [oldest] = this.#selections.keys();
    if (this.#selections.size >= keptSelections) this.#selections.delete(oldest as string);
    this.#selections.set(key, selection);
    return selection;
  }

  /** The first `limit` slots in the order of a field, ties by id, and the value of each. `bits`: only these. */
  inOrderOf({ key, direction = 'asc', startFrom }: OrderBy, bits: Uint32Array | undefined, limit: number) {
    const { slots, values } = this.payloads.order(key, direction, startFrom, bits, this.lookup);
    let end = Math.min(limit, slots.length);
    // Ties come by slot: all of the last value are needed to tell which ids are the first.
    while (end > 0 && end < slots.length && values[end] === values[end - 1]) end++;
    const sign = direction === 'asc' ? 1 : -1;
    const idAt = (place: number) => this.points.idOf(slots[place] as number);
    const places = [...slots.subarray(0, end).keys()].sort(
      (a, b) => sign * ((values[a] as number) - (values[b] as number)) || comparePointIds(idAt(a), idAt(b)),
    );
    const first = places.slice(0, limit);
    return {
      slots: first.map((place) => slots[place] as number),
      values: Float64Array.from(first, (place) => values[place] as number),
    };
  }

  /** Points as they travel. */
  packed(slots: ArrayLike<number>, { withPayload, withVector }: Returned): PackedPoints {
    // `Array.from` walks through typed arrays value by value, which takes five times as long.
    const each = <T>(of: (slot: number) => T): T[] => {
      const all: T[] = [];
      for (let index = 0; index < slots.length; index++) all.push(of(slots[index] as number));
      return all;
    };
    return {
      ids: each((slot) => this.points.idOf(slot)),
      ...(withPayload !== false && {
        payloads: each((slot) => selectPayload(this.payloads.get(slot), withPayload) ?? null),
      }),
      ...(withVector !== false && { vectors: each((slot) => this.#vectorsAt(slot, withVector)) }),
    };
  }

  // --- Parts ---

  /** Makes a change in steps; takes all of it back where it fails or is stopped. */
  *#inSteps<Result>(change: (this: Shard, edits: PointEdits) => Steps<Result>): Steps<Result> {
    const edits = new PointEdits(this);
    let done = false;
    try {
      const result = yield* change.call(this, edits);
      done = true;
      for (const field of [...this.dense.values(), ...this.sparse.values()]) field.reclaim();
      return result;
    } finally {
      if (!done && !edits.isEmpty) {
        this.#durable?.touch();
        edits.takeBack();
      }
      this.#selections.clear();
    }
  }

  /**
  Takes down a change that is about to be made, and leaves its arrays alone. What is returned keeps it: to be called when
  all is made that may fail, or can be taken back.
  */
  #takeDown(
    call: ChangeCall,
    args: () => readonly unknown[],
    flats: readonly Float32Array[] = [],
  ): () => void {
    const untold = this.#untold;
    this.#untold = undefined;
    if (untold !== undefined) throw untold;
    const durable = this.#durable;
    const record = durable?.record({ call, args: args(), flats });
    return () => {
      if (record !== undefined) durable?.append(record);
    };
  }

  /** Makes a change again that was kept. */
  #makeAgain({ call, args, flats }: Change): void {
    switch (call as ChangeCall) {
      case 'upsert':
        drain(this.upsert(withTypedArrays(args[0] as PointBatch), flats));
        return;
      case 'updateVectors':
        drain(this.updateVectors(withTypedArrays(args[0] as VectorBatch), flats));
        return;
      case 'setPayload': {
        const [payload, points, key] = args as [Payload, CheckedSelector, string | null];
        drain(this.setPayload(payload, points, key ?? undefined));
        return;
      }
      case 'deleteVectors':
      case 'delete':
      case 'overwritePayload':
      case 'deletePayload':
      case 'clearPayload':
        drain((this[call as ChangeCall] as (...given: readonly unknown[]) => Steps<unknown>)(...args));
        return;
      case 'createPayloadIndex':
        this.payloads.createIndex(args[0] as string, args[1] as PayloadSchema);
        return;
      case 'deletePayloadIndex':
        this.payloads.deleteIndex(args[0] as string);
        return;
      default:
        throw new VectorSearchError('CORRUPT_DATA', undefined, `0 of a change, ${call}`);
    }
  }

  /** Closes the gaps that deleted points left among the slots. */
  *#renumber(): Steps<void> {
    const order: number[] = [];
    forEachBit(this.points.live.words, (slot) => order.push(slot));
    const made: SparseIndex[] = [];
    try {
      // What can fail, or be stopped, comes first.
      const takePayloads = yield* this.payloads.renumberSteps(order);
      const fields = [...this.sparse.values()];
      for (const field of fields) made.push(yield* field.renumberedSteps(order));
      for (const field of this.dense.values()) field.renumber(order);
      for (const field of fields) field.take(made.shift() as SparseIndex);
      takePayloads();
      this.points.renumber(order);
    } finally {
      for (const index of made) index.dispose();
      this.#selections.clear();
    }
  }

  /** Changes each point that a selector names. Returns how many. `record`: takes it down, for points by their ids. */
  #changeEach(
    points: CheckedSelector,
    record: (named: CheckedSelector) => () => void,
    change: (edits: PointEdits, slot: number, areFew: boolean) => void,
  ): Steps<number> {
    return this.#inSteps(function* (this: Shard, edits) {
      const slots = this.#selected(points);
      const keep = record({ ids: slots.map((slot) => this.points.idOf(slot)) });
      yield* eachInSteps(slots, (slot) => change(edits, slot, slots.length <= mendedAtOnce));
      keep();
      return slots.length;
    });
  }

  /** Changes the index of a field in steps; takes that back where it fails or is stopped. */
  *#changeIndex(
    call: ChangeCall,
    args: readonly [key: string, ...unknown[]],
    change: () => Steps<void>,
  ): Steps<void> {
    const [key] = args;
    const before = this.payloads.schemas()[key];
    const keep = this.#takeDown(call, () => args);
    let done = false;
    try {
      yield* change();
      keep();
      done = true;
    } finally {
      if (!done) {
        if (before === undefined) this.payloads.deleteIndex(key);
        else this.payloads.createIndex(key, before);
      }
      this.#selections.clear();
    }
  }

  #changePayloads(
    points: CheckedSelector,
    record: (named: CheckedSelector) => () => void,
    changed: (before: Payload | null) => Payload | null,
  ): Steps<number> {
    return this.#changeEach(points, record, (edits, slot) => {
      const payload = changed(this.payloads.get(slot));
      edits.indexTexts(slot, payload);
      edits.setPayload(slot, payload);
    });
  }

  #selected(points: CheckedSelector): number[] {
    if ('ids' in points) {
      const slots = points.ids.map((id) => this.points.slotOf(id));
      return [...new Set(slots)].filter((slot) => slot !== undefined);
    }
    if (points.filter === undefined) return [...this.points.inOrder()];
    const slots: number[] = [];
    forEachBit(this.select(points.filter).bits, (slot) => slots.push(slot));
    return slots;
  }

  #field(name: string): DenseField | SparseField | undefined {
    return this.dense.get(name) ?? this.sparse.get(name);
  }

  #vectorsAt(slot: number, withVector: WithVector): StoredVectors | undefined {
    const unnamed = this.dense.get('');
    const given = [...this.sparse].flatMap(([name, { isText }]) => (isText ? [] : [name]));
    if (unnamed !== undefined && given.length === 0) return unnamed.get(slot);
    const names = withVector === true ? [...this.dense.keys(), ...given] : (withVector as readonly string[]);
    const vectors: { [name: string]: StoredVector } = {};
    for (const name of names) {
      const vector = this.#field(name)?.get(slot);
      if (vector !== undefined) vectors[name] = vector;
    }
    return vectors;
  }
}

function drain(steps: Steps<unknown>): void {
  while (!steps.next().done);
}
