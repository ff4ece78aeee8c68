/**
A number for each slot, in an array that grows.

@module
*/

/** What a slot without a number gives. */
export const noNumber = 0xffffffff;

/** Numbers 0 to 2^32 - 2 by slot. */
export class SlotNumbers {
  #numbers = new Uint32Array(64).fill(noNumber);

  get(slot: number): number {
    return this.#numbers[slot] ?? noNumber;
  }

  set(slot: number, number: number): void {
    const { length } = this.#numbers;
    if (slot >= length) {
      const grown = new Uint32Array(Math.max(slot + 1, 2 * length)).fill(noNumber, length);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[slot] = number;
  }

  delete(slot: number): void {
    if (slot < this.#numbers.length) this.#numbers[slot] = noNumber;
  }

  /** No slot from this one on has a number. */
  get end(): number {
    return this.#numbers.length;
  }

  get memoryBytes(): number {
    return this.#numbers.byteLength;
  }
}
