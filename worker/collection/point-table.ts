/**
The points of a shard: which slot each id has. A slot is not given out twice until all are numbered anew.

@module
*/
import { Bits, forEachBit } from './payload/bits.js';
import { comparePointIds } from './query/order.js';
import type { PointId } from './types.js';

export class PointTable {
  /** Slots that hold a point. */
  readonly live = new Bits();
  /** By id, the slot. Made when one is first asked for: a collection that is opened to be searched needs none. */
  #slots: Map<PointId, number> | undefined;
  /** By slot; holes where points were removed. */
  #ids: (PointId | undefined)[] = [];
  /** Slots in the order of their ids, as they were when that was last asked for; nothing where it never was. */
  #inOrder: readonly number[] | undefined;
  /** Slots that have got a point since. */
  readonly #addedSince = new Set<number>();
  /** Whether all of that order have a point still, and no others have. */
  #isInOrder = false;
  #changedFrom = 0;

  get size(): number {
    return this.live.count;
  }

  /** The slot that the next new point gets; those after it get the following ones. */
  get nextSlot(): number {
    return this.#ids.length;
  }

  /** All slots before it are as they were at the last {@link noteWritten}. */
  get changedFrom(): number {
    return this.#changedFrom;
  }

  noteWritten(): void {
    this.#changedFrom = Number.POSITIVE_INFINITY;
  }

  slotOf(id: PointId): number | undefined {
    this.#slots ??= this.#slotsById();
    return this.#slots.get(id);
  }

  #slotsById(): Map<PointId, number> {
    const slots = new Map<PointId, number>();
    forEachBit(this.live.words, (slot) => slots.set(this.idOf(slot), slot));
    return slots;
  }

  /** The id of a live slot. */
  idOf(slot: number): PointId {
    return this.#ids[slot] as PointId;
  }

  /** Gives the next slot to a new id. */
  add(id: PointId): void {
    const slot = this.#ids.push(id) - 1;
    this.#slots?.set(id, slot);
    this.live.add(slot);
    this.#noteAdded(slot);
  }

  /** Leaves the next slot without a point. */
  addGap(): void {
    this.#ids.push(undefined);
  }

  delete(slot: number): void {
    this.#slots?.delete(this.idOf(slot));
    this.#ids[slot] = undefined;
    this.live.delete(slot);
    this.#noteChange(slot);
  }

  /** Takes back a {@link delete}. */
  restore(slot: number, id: PointId): void {
    this.#ids[slot] = id;
    this.#slots?.set(id, slot);
    this.live.add(slot);
    this.#noteAdded(slot);
  }

  /** Numbers the slots anew. `order`: the live ones, as they will follow one another from 0 on. */
  renumber(order: readonly number[]): void {
    this.#ids = order.map((slot) => this.idOf(slot));
    this.#slots = undefined;
    this.live.fill(order.length);
    this.#forgetOrder();
    this.#noteChange(0);
  }

  #noteAdded(slot: number): void {
    this.#noteChange(slot);
    if (this.#inOrder === undefined) return;
    this.#addedSince.add(slot);
    // To sort them by themselves would save nothing.
    if (this.#addedSince.size > this.#inOrder.length / 2) this.#forgetOrder();
  }

  #forgetOrder(): void {
    this.#inOrder = undefined;
    this.#addedSince.clear();
  }

  #noteChange(slot: number): void {
    this.#isInOrder = false;
    this.#changedFrom = Math.min(this.#changedFrom, slot);
  }

  /** Live slots in the order of their ids. */
  inOrder(): readonly number[] {
    if (this.#inOrder === undefined) {
      const slots: number[] = [];
      forEachBit(this.live.words, (slot) => slots.push(slot));
      this.#inOrder = this.#sorted(slots);
    } else if (!this.#isInOrder) {
      const kept = this.#inOrder.filter((slot) => this.live.has(slot) && !this.#addedSince.has(slot));
      this.#inOrder = this.#merged(
        kept,
        this.#sorted([...this.#addedSince].filter((slot) => this.live.has(slot))),
      );
      this.#addedSince.clear();
    }
    this.#isInOrder = true;
    return this.#inOrder;
  }

  #sorted(slots: number[]): number[] {
    return slots.sort((a, b) => comparePointIds(this.idOf(a), this.idOf(b)));
  }

  /** Both are in order, and `added` are few. */
  #merged(kept: readonly number[], added: readonly number[]): readonly number[] {
    if (added.length === 0) return kept;
    const merged: number[] = [];
    let from = 0;
    for (const slot of added) {
      const to = this.#positionIn(kept, this.idOf(slot), true);
      for (; from < to; from++) merged.push(kept[from] as number);
      merged.push(slot);
    }
    for (; from < kept.length; from++) merged.push(kept[from] as number);
    return merged;
  }

  /** Position in {@link inOrder} of the first id that is `id` or, where `included` is false, comes behind it. */
  positionOf(id: PointId, included: boolean): number {
    return this.#positionIn(this.inOrder(), id, included);
  }

  #positionIn(order: readonly number[], id: PointId, included: boolean): number {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const compared = comparePointIds(this.idOf(order[middle] as number), id);
      if (compared < 0 || (compared === 0 && !included)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
