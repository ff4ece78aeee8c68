/**
Where the pieces of slots lie in a section (records.ts), so that the next checkpoint goes on from the first that has
changed.

@module
*/

/** One mark for so many: what lies between the one that has changed and the mark before it is written again. */
const slotsPerMark = 256;

export class SlotMarks {
  /** Of each that has a mark, where its piece begins, or would. */
  #starts: number[] = [];
  #slots = 0;
  #bytes = 0;

  /** Slots whose pieces are there. */
  get slots(): number {
    return this.#slots;
  }

  /** Of their pieces. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in the next slot, of whose piece there are so many bytes; 0 where it has none. */
  add(bytes: number): void {
    if (this.#slots % slotsPerMark === 0) this.#starts.push(this.#bytes);
    this.#slots++;
    this.#bytes += bytes;
  }

  /** Those of slots before `slot`: all, or up to the last mark at or before it. */
  before(slot: number): SlotMarks {
    const marks = new SlotMarks();
    if (slot >= this.#slots) {
      marks.#starts = [...this.#starts];
      marks.#slots = this.#slots;
      marks.#bytes = this.#bytes;
    } else {
      const count = Math.floor(slot / slotsPerMark);
      marks.#starts = this.#starts.slice(0, count);
      marks.#slots = count * slotsPerMark;
      marks.#bytes = this.#starts[count] as number;
    }
    return marks;
  }
}
