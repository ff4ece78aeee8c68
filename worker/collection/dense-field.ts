/**
One dense vector of the points of a shard: an engine, and which of its ids belongs to which slot.

@module
*/
import { invalidArgument, VectorSearchError } from '../../bindings/api/errors.js';
import { VectorSearchEngine } from '../../bindings/api/search-engine.js';
import type { SearchResults } from '../../bindings/api/search-results.js';
import { runSteps, type Steps } from '../../bindings/api/steps.js';
import type { Store } from '../../bindings/api/store.js';
import type { IndexName, Metric, SearchOptions } from '../../bindings/api/types.js';
import { forEachBit } from './payload/bits.js';
import { RemovedCount } from './removed-count.js';
import { noNumber, SlotNumbers } from './slot-numbers.js';
import type { SearchParams, VectorConfig } from './types.js';

/** As `kSparseScans` and `kSparseShare` (src/index/hnsw/hnsw_index.h). */
const sparseScans = 5;
const sparseShare = 8;

/** So many times more vectors than it has learned from, and what was learned is worth learning again. */
const learnsAgainAfter = 2;

export class DenseField {
  readonly dim: number;
  /** Whether floats are to be on disk. */
  #onDisk: boolean;
  /** Whether all floats are where they are to be: else some are on disk that are to be in memory. */
  #isLoaded = true;
  readonly #index: IndexName;
  readonly #engine: VectorSearchEngine;
  /** By slot, the engine's id. */
  #ids = new SlotNumbers();
  /** By id, the slot. */
  #slots = new SlotNumbers();
  /** Whether every id so far is its slot: then filters need no translation. */
  #idsAreSlots = true;
  /** Of sets of slots, which shards keep until the next change, those of their ids. */
  #idBitsOf = new WeakMap<Uint32Array, Uint32Array>();
  #hasMoved = false;
  readonly #removed = new RemovedCount(() => {
    // Rows that are on disk would have to be read.
    if (!this.#onDisk && this.#isLoaded) this.#engine.compact();
  });
  /** Vectors that there were when it learned from all of them. */
  #learnedFrom = 1;

  /** @throws {VectorSearchError} as the engine's constructor, and where `onDisk` is not for it. */
  static create({ dim, metric, onDisk = false, ...options }: VectorConfig): DenseField {
    return new DenseField(new VectorSearchEngine(dim, metric, options), onDisk);
  }

  /**
  A field that was written.

  @param ids - As {@link idsBySlot} has told them.
  @param onDisk - As in {@link VectorConfig}.
  @param isLoaded - Whether its floats are in memory, where they are to be there.
  @throws {VectorSearchError} with code `CORRUPT_DATA` where the ids are not those of the engine, which is disposed then.
  */
  static load(engine: VectorSearchEngine, ids: Uint32Array, onDisk = false, isLoaded = true): DenseField {
    const field = new DenseField(engine, onDisk);
    field.#isLoaded = onDisk || isLoaded;
    let count = 0;
    ids.forEach((id, slot) => {
      if (id === noNumber || !engine.has(id) || field.#slots.get(id) !== noNumber) return;
      count++;
      field.#keep(slot, id);
    });
    const { size } = engine;
    if (count === size) {
      field.#learnedFrom = Math.max(1, size);
      return field;
    }
    field.dispose();
    throw new VectorSearchError('CORRUPT_DATA', size, '0 of the slots of its vectors');
  }

  private constructor(engine: VectorSearchEngine, onDisk: boolean) {
    this.dim = engine.dim;
    this.#engine = engine;
    this.#onDisk = onDisk;
    const { index, quantization } = engine.stats();
    this.#index = index;
    if (!onDisk || (index !== 'ivf' && quantization?.keepVectors)) return;
    engine.dispose();
    const given = `index ${index}, ${quantization === null ? 'no codes' : `keepVectors ${quantization.keepVectors}`}`;
    throw invalidArgument('onDisk with codes that keep vectors, and another index than ivf', given);
  }

  get size(): number {
    return this.#engine.size;
  }

  get memoryBytes(): number {
    return this.#engine.stats().memoryBytes + this.#ids.memoryBytes + this.#slots.memoryBytes;
  }

  get metric(): Metric {
    return this.#engine.metric;
  }

  /** Whether vectors are read back as they were given. */
  get keepsFloats(): boolean {
    return this.#engine.stats().quantization?.keepVectors ?? true;
  }

  has(slot: number): boolean {
    return this.#ids.get(slot) !== noNumber;
  }

  get(slot: number): Float32Array | undefined {
    return this.has(slot) ? this.#engine.get(this.#ids.get(slot)) : undefined;
  }

  /**
  Adds vectors of slots that have none, all or none of them. With a graph they are found at once, and linked by
  {@link linkSome}.

  @param flat - `[slots x dim]`.
  */
  *addSteps(slots: readonly number[], flat: Float32Array): Steps<void> {
    const first = yield* this.#engine.addBatchSteps(flat, slots.length, false);
    this.#idBitsOf = new WeakMap();
    slots.forEach((slot, index) => {
      this.#keep(slot, first + index);
    });
  }

  #keep(slot: number, id: number): void {
    this.#idsAreSlots &&= id === slot;
    this.#ids.set(slot, id);
    this.#slots.set(id, slot);
  }

  /** Of each slot the id of its vector in the engine, `noNumber` for none. */
  idsBySlot(slotCount: number): Uint32Array {
    return Uint32Array.from({ length: slotCount }, (_, slot) => this.#ids.get(slot));
  }

  /** Whether vectors were replaced or deleted that are still in the graph: saving takes each of them out, at once. */
  get hasMoved(): boolean {
    return this.#hasMoved;
  }

  /** Writes the engine as a section of a checkpoint. `comparesAll`: with all that is stored. */
  writeSteps(store: Store, section: string, comparesAll: boolean): Generator<void, void, void> {
    return store.writeEngineSteps(section, this.#engine, comparesAll);
  }

  /** To be called once it is as the checkpoint has it, always in the same section. */
  noteStored(store: Store): void {
    store.noteEngine(this.#engine);
  }

  /** Leaves floats in the section of the checkpoint that has them, where they are on disk or are to be. */
  leaveOnDisk(store: Store, section: string): void {
    if (this.#onDisk || !this.#isLoaded) store.keepRowsOf(this.#engine, section);
  }

  /** Whether {@link loadSome} has nothing to do. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /**
  Some milliseconds of reading floats into memory. Returns the share that is there.

  @throws {VectorSearchError} as the store does: floats stay on disk then, and each is read when it is asked for.
  */
  loadSome(): number {
    try {
      const share = this.#engine.loadSome();
      this.#isLoaded = share >= 1;
      return share;
    } catch (error) {
      this.#onDisk = true;
      this.#isLoaded = true;
      throw error;
    }
  }

  /** Replaces the vector of a slot that has one. With a graph it is found at once, and linked by {@link linkSome}. */
  replace(slot: number, vector: Float32Array): void {
    this.#hasMoved ||= this.#index === 'hnsw';
    this.#engine.updateUnlinked(this.#ids.get(slot), vector);
  }

  /** What brings the vector of a slot back that will be replaced. A damaged one is gone then. */
  toRestore(slot: number): () => void {
    let before: Float32Array | undefined;
    try {
      before = this.get(slot);
    } catch (error) {
      // So that a point that is damaged can be written anew.
      if (!(error instanceof VectorSearchError) || error.code !== 'CORRUPT_DATA') throw error;
    }
    return () => {
      if (before === undefined) this.delete(slot);
      else if (this.has(slot)) this.replace(slot, before);
      else runSteps(this.addSteps([slot], before));
    };
  }

  /**
  Removes the vector of a slot, where it has one.

  @param mends - Whether a graph is mended at once, or by {@link linkSome} later. Default: at once.
  @returns What brings it back, within the same change.
  */
  delete(slot: number, mends = true): () => void {
    if (!this.has(slot)) return () => {};
    const id = this.#ids.get(slot);
    // A list has another vector in its place then.
    const restore = this.#index === 'ivf' ? this.toRestore(slot) : () => this.#bringBack(slot, id);
    if (mends) this.#engine.remove(id);
    else this.#engine.removeUnlinked(id);
    this.#hasMoved ||= this.#index === 'hnsw' && !mends;
    this.#idBitsOf = new WeakMap();
    this.#ids.delete(slot);
    this.#slots.delete(id);
    this.#removed.add(1);
    return restore;
  }

  #bringBack(slot: number, id: number): void {
    this.#engine.bringBack(id);
    this.#idBitsOf = new WeakMap();
    this.#keep(slot, id);
    this.#removed.add(-1);
  }

  /** Reclaims the space of what was removed, where that is most of it. To be called after a change. */
  reclaim(): void {
    // What is removed from a graph is taken out of it first, in steps.
    if (this.isLinked) this.#removed.reclaim(this.size);
  }

  /**
  Slots of the best hits of each query.

  @param queries - `[count x dim]`.
  @param bits - Slots that may be returned, not altered until the next change. Default: all.
  */
  *search(
    queries: Float32Array,
    k: number,
    bits: Uint32Array | undefined,
    params: SearchParams = {},
    scoreThreshold?: number,
  ): Steps<FieldHits[]> {
    const options: SearchOptions = {
      ...params,
      ...(scoreThreshold !== undefined && { scoreThreshold }),
      ...(bits !== undefined && { filter: { bits: this.#idBits(bits) } }),
    };
    const single = queries.length === this.dim;
    const results = single
      ? [this.#engine.search(queries, k, options)]
      : yield* this.#engine.searchBatchSteps(queries, k, options);
    return results.map((result) => this.#hits(result));
  }

  /**
  How like all that may be returned are to each query.

  @param queries - `[count x dim]`.
  @param matched - Points that may be returned, at most.
  @returns Slots, and of each query a similarity for each of them: the score; under `euclidean` less the squared distance.
  */
  *similarities(
    queries: Float32Array,
    bits: Uint32Array | undefined,
    matched: number,
  ): Steps<{ readonly slots: readonly number[]; readonly scores: readonly Float32Array[] }> {
    const { quantization, index } = this.#engine.stats();
    const exact = (quantization !== null || index !== 'flat') && (quantization?.keepVectors ?? true);
    const found = yield* this.search(queries, matched, bits, exact ? { exact } : {});
    const slots = [...(found[0]?.slots ?? [])].sort((a, b) => a - b);
    const places = new Map(slots.map((slot, place) => [slot, place]));
    const scores = found.map((hits) => {
      const inPlace = new Float32Array(slots.length);
      hits.slots.forEach((slot, rank) => {
        const score = hits.scores[rank] as number;
        inPlace[places.get(slot) as number] = this.#engine.metric === 'euclidean' ? -score * score : score;
      });
      return inPlace;
    });
    return { slots, scores };
  }

  /** Whether a search among so many points compares all of them. */
  scans(matched: number, params: SearchParams = {}): boolean {
    const { index, graph, lists, size } = this.#engine.stats();
    if (index === 'flat' || params.exact === true) return true;
    if (graph === null) return lists === null;
    const isSparse = matched <= Math.floor(size / sparseShare);
    return matched <= graph.fullScanThreshold * (isSparse ? sparseScans : 1);
  }

  /**
  Some 20 ms of linking the vectors that were added, replaced or deleted since.

  @param renews - Whether to link all anew where more were deleted than are left.
  @returns The share that is done.
  */
  linkSome(renews: boolean): number {
    const share = this.#engine.linkSome(renews);
    if (share < 1) return share;
    this.#hasMoved = false;
    this.#removed.reclaim(this.size);
    return share;
  }

  /** Whether {@link linkSome} has nothing to do, nor to renew. */
  get isLinked(): boolean {
    return this.#engine.isLinked;
  }

  /**
  Learns what can be learned from the vectors that there are now, where they are many more than it was learned from, but
  not for a graph, all of which would have to be linked anew for a mean that is a little nearer to all of them. Reclaims
  the space of removed vectors. Ids are without gaps then.
  */
  *optimizeSteps(): Steps<void> {
    const { index, size, quantization } = this.#engine.stats();
    const canLearn = index === 'ivf' || (index === 'flat' && quantization?.keepVectors === true);
    if (canLearn && size >= this.#learnedFrom * learnsAgainAfter) {
      yield* this.#engine.trainSteps();
      this.#learnedFrom = size;
    }
    this.#engine.renumber();
    this.#removed.reset();
    const slots: number[] = [];
    for (let id = 0; id < this.#slots.end; id++) {
      const slot = this.#slots.get(id);
      if (slot !== noNumber) slots.push(slot);
    }
    this.#setIds(slots);
  }

  /** Numbers the slots anew, after {@link optimizeSteps}. `order`: those that are kept, as they will follow one another from 0 on. */
  renumber(order: readonly number[]): void {
    const slots = new Uint32Array(this.size);
    order.forEach((before, slot) => {
      if (this.has(before)) slots[this.#ids.get(before)] = slot;
    });
    this.#setIds(slots);
  }

  dispose(): void {
    this.#engine.dispose();
  }

  /** By id, the slots. */
  #setIds(slots: ArrayLike<number>): void {
    this.#ids = new SlotNumbers();
    this.#slots = new SlotNumbers();
    this.#idBitsOf = new WeakMap();
    this.#idsAreSlots = true;
    for (let id = 0; id < slots.length; id++) {
      const slot = slots[id] as number;
      this.#idsAreSlots &&= id === slot;
      this.#ids.set(slot, id);
      this.#slots.set(id, slot);
    }
  }

  #hits({ ids, scores, distances }: SearchResults): FieldHits {
    return { slots: this.#idsAreSlots ? ids : ids.map((id) => this.#slots.get(id)), scores, distances };
  }

  /** The bits of the ids of slots. */
  #idBits(slotBits: Uint32Array): Uint32Array {
    if (this.#idsAreSlots) return slotBits;
    const kept = this.#idBitsOf.get(slotBits);
    if (kept !== undefined) return kept;
    const ids: number[] = [];
    let most = 0;
    forEachBit(slotBits, (slot) => {
      const id = this.#ids.get(slot);
      if (id === noNumber) return;
      ids.push(id);
      most = Math.max(most, id);
    });
    const bits = new Uint32Array((most >>> 5) + 1);
    for (const id of ids) bits[id >>> 5] = (bits[id >>> 5] as number) | (1 << (id & 31));
    this.#idBitsOf.set(slotBits, bits);
    return bits;
  }
}

/** Hits by slot, best first. */
export interface FieldHits {
  readonly slots: Uint32Array;
  readonly scores: Float32Array | Float64Array;
  readonly distances: Float32Array | Float64Array;
}
