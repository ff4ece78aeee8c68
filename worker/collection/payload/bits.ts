/**
Sets of slots as bits: slot i is bit i % 32 of word i / 32.

@module
*/

/** How many bits are set. */
export function countBits(words: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] as number;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** Keep in `words` what is in `other` too. */
export function andBits(words: Uint32Array, other: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & (other[i] ?? 0);
}

/** Add to `words` what is in `other`; slots past its end are left out. */
export function orBits(words: Uint32Array, other: Uint32Array): void {
  const length = Math.min(words.length, other.length);
  for (let i = 0; i < length; i++) words[i] = (words[i] as number) | (other[i] as number);
}

/** Take out of `words` what is in `other`. */
export function andNotBits(words: Uint32Array, other: Uint32Array): void {
  const length = Math.min(words.length, other.length);
  for (let i = 0; i < length; i++) words[i] = (words[i] as number) & ~(other[i] as number);
}

/** Whether a slot is in `words`. */
export function hasBit(words: Uint32Array, slot: number): boolean {
  return (((words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) !== 0;
}

/** Visit the slots, smallest first. `visit` may change `words` at its own slot. */
export function forEachBit(words: Uint32Array, visit: (slot: number) => void): void {
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i] as number; word !== 0; word &= word - 1) {
      visit(i * 32 + 31 - Math.clz32(word & -word));
    }
  }
}

/** The array, or a longer one with the same values: twice the length at least, so that growing costs little a value. */
export function grown<T extends Uint32Array | Float64Array>(values: T, length: number): T {
  if (values.length >= length) return values;
  const longer = new (values.constructor as new (length: number) => T)(
    Math.max(length, values.length * 2, 16),
  );
  longer.set(values);
  return longer;
}

/** A set of slots that grows. */
export class Bits {
  #words = new Uint32Array(4);
  #count = 0;

  /** Slots in it. */
  get count(): number {
    return this.#count;
  }

  /** The words as they are kept, not a copy, until the next change; zeros at the end. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Bytes that it takes. */
  get memoryBytes(): number {
    return this.#words.byteLength;
  }

  has(slot: number): boolean {
    return hasBit(this.#words, slot);
  }

  add(slot: number): void {
    const at = slot >>> 5;
    if (at >= this.#words.length) this.#words = grown(this.#words, at + 1);
    const word = this.#words[at] as number;
    const next = (word | (1 << (slot & 31))) >>> 0;
    if (next !== word) this.#count++;
    this.#words[at] = next;
  }

  delete(slot: number): boolean {
    if (!this.has(slot)) return false;
    const at = slot >>> 5;
    this.#words[at] = (this.#words[at] as number) & ~(1 << (slot & 31));
    this.#count--;
    return true;
  }

  /** Put it in or take it out. */
  put(slot: number, isIn: boolean): void {
    if (isIn) this.add(slot);
    else this.delete(slot);
  }

  /** Exactly the slots 0 to `count - 1`. */
  fill(count: number): void {
    this.#words = new Uint32Array(Math.max(4, Math.ceil(count / 32)));
    this.#words.fill(0xffffffff, 0, count >>> 5);
    if (count & 31) this.#words[count >>> 5] = 2 ** (count & 31) - 1;
    this.#count = count;
  }

  clear(): void {
    this.fill(0);
  }
}
