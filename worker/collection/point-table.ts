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
  /** Live slots in the order of their ids; nothing once that has changed. */
  #inOrder: readonly number[] | undefined;
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
    this.#noteChange(slot);
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
    this.#noteChange(slot);
  }

  /** Numbers the slots anew. `order`: the live ones, as they will follow one another from 0 on. */
  renumber(order: readonly number[]): void {
    this.#ids = order.map((slot) => this.idOf(slot));
    this.#slots = undefined;
    this.live.fill(order.length);
    this.#noteChange(0);
  }

  #noteChange(slot: number): void {
    this.#inOrder = undefined;
    this.#changedFrom = Math.min(this.#changedFrom, slot);
  }

  /** Live slots in the order of their ids. */
  inOrder(): readonly number[] {
    if (this.#inOrder === undefined) {
      const slots: number[] = [];
      forEachBit(this.live.words, (slot) => slots.push(slot));
      this.#inOrder = slots.sort((a, b) => comparePointIds(this.idOf(a), this.idOf(b)));
    }
    return this.#inOrder;
  }

  /** Position in {@link inOrder} of the first id that is `id` or, where `included` is false, comes behind it. */
  positionOf(id: PointId, included: boolean): number {
    const order = this.inOrder();
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
