/**
The values of a field in columns: (slot, value) pairs that are searched by reading all of them, at less than a
nanosecond each. A slot may have several; they lie together.

Nothing has to be kept in order, so that changes cost little: new values are appended, and those of a slot that has as
many as before are overwritten where they lie.

@module
*/
import { grown } from '../bits.js';

/** The slot of entries that are no more. */
const noSlot = 0xffffffff;

/** Fewer dead entries than this are left where they are. */
const minDead = 1024;

/** (slot, value) pairs. */
export class Entries<T extends Uint32Array | Float64Array> {
  /** The slots; {@link noSlot} where there is no entry any more. */
  slots = new Uint32Array(0);
  /** `[length x width]` values; `gone` where there is no entry any more. */
  values: T;
  /** Entries, dead ones with them. */
  length = 0;
  /** Slots that have entries. */
  slotCount = 0;
  #dead = 0;
  /** Of each slot: where its first entry lies, and one more; 0: it has none. */
  #first = new Uint32Array(0);

  /**
  @param values - Of length 0.
  @param gone - A value that is never sought: NaN or 0.
  @param width - Numbers a value.
  */
  constructor(
    values: T,
    private readonly gone: number,
    private readonly width = 1,
  ) {
    this.values = values;
  }

  get memoryBytes(): number {
    return this.slots.byteLength + this.values.byteLength + this.#first.byteLength;
  }

  /** Where the entries of a slot begin, and how many there are. */
  of(slot: number): { start: number; count: number } {
    const start = (this.#first[slot] ?? 0) - 1;
    let count = 0;
    if (start >= 0) while (this.slots[start + count] === slot && start + count < this.length) count++;
    return { start, count };
  }

  /** Replace the values of a slot by these, `width` numbers each; none: it has none any more. */
  replace(slot: number, values: readonly number[]): void {
    let { start, count } = this.of(slot);
    const next = values.length / this.width;
    if (count !== next) {
      this.slotCount += (next > 0 ? 1 : 0) - (count > 0 ? 1 : 0);
      if (count > 0) {
        this.slots.fill(noSlot, start, start + count);
        this.values.fill(this.gone, start * this.width, (start + count) * this.width);
        this.#first[slot] = 0;
        this.#dead += count;
        if (this.#dead > minDead && this.#dead * 2 > this.length) this.#compact();
      }
      if (next === 0) return;
      start = this.length;
      count = next;
      this.length += next;
      this.slots = grown(this.slots, this.length);
      this.values = grown(this.values, this.length * this.width);
      this.slots.fill(slot, start, this.length);
      this.#first = grown(this.#first, slot + 1);
      this.#first[slot] = start + 1;
    }
    for (let i = 0; i < values.length; i++) this.values[start * this.width + i] = values[i] as number;
  }

  #compact(): void {
    const { slots, values, width } = this;
    let to = 0;
    for (let from = 0; from < this.length; from++) {
      const slot = slots[from] as number;
      if (slot === noSlot) continue;
      if (slots[to - 1] !== slot || to === 0) this.#first[slot] = to + 1;
      slots[to] = slot;
      values.copyWithin(to * width, from * width, (from + 1) * width);
      to++;
    }
    this.length = to;
    this.#dead = 0;
  }
}
