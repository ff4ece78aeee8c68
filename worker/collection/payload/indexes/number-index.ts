/**
Integers, floats, booleans or datetimes, as numbers.

@module
*/
import type { ValueTest } from '../../filter/checked.js';
import type { Range } from '../../filter/types.js';
import type { IsMatch } from '../../filter/value-test.js';
import type { JsonValue } from '../../types.js';
import { hasBit } from '../bits.js';
import { parseDatetime } from '../datetime.js';
import { Entries } from './entries.js';
import { type Answer, setBit, type ValueIndex } from './value-index.js';

/** What a number stands for. */
export type NumberKind = 'integer' | 'float' | 'bool' | 'datetime';

/** Slots by the values of a field: a slot comes once for each of its values. */
export interface Order {
  readonly slots: Uint32Array;
  /** As many, rising or falling; of datetimes, microseconds since 1970. */
  readonly values: Float64Array;
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next double above a finite one: two comparisons a value are enough then. */
function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = (bits[0] as bigint) + (value > 0 ? 1n : -1n);
  return double[0];
}

/** An index of numbers. */
export class NumberIndex implements ValueIndex {
  readonly #entries = new Entries(new Float64Array(0), Number.NaN);
  /** Entries by value, until the next change. */
  #sorted: Order | undefined;

  constructor(private readonly kind: NumberKind) {}

  get points(): number {
    return this.#entries.slotCount;
  }

  get size(): number {
    return this.#entries.length;
  }

  get memoryBytes(): number {
    return this.#entries.memoryBytes + (this.#sorted ? this.#sorted.slots.length * 12 : 0);
  }

  #encode(value: JsonValue): number | undefined {
    switch (this.kind) {
      case 'bool':
        return typeof value === 'boolean' ? Number(value) : undefined;
      case 'datetime':
        return typeof value === 'string' ? parseDatetime(value) : undefined;
      default:
        return typeof value === 'number' && (this.kind === 'float' || Number.isInteger(value))
          ? value
          : undefined;
    }
  }

  set(slot: number, values: readonly JsonValue[]): boolean {
    const numbers: number[] = [];
    for (const value of values) {
      const number = this.#encode(value);
      if (number !== undefined) numbers.push(number);
    }
    // Different strings may be the same datetime.
    this.#entries.replace(slot, numbers.length > 1 ? [...new Set(numbers)] : numbers);
    this.#sorted = undefined;
    return numbers.length === values.length;
  }

  select(test: ValueTest, isMatch: IsMatch, words: Uint32Array): Answer {
    const { kind } = this;
    if (test.type === (kind === 'datetime' ? 'datetime' : 'range')) {
      if (kind !== 'bool') this.#within(test.bounds, words);
      return 'exact';
    }
    // Of datetimes, what is asked of them as strings is not known here.
    if (kind === 'datetime') return isOfOtherKinds(test) ? 'exact' : 'unknown';
    if (test.type === 'any' && test.values.size === 1) {
      const [value] = test.values;
      if (typeof value === (kind === 'bool' ? 'boolean' : 'number')) {
        this.#within({ gte: Number(value), lte: Number(value) }, words);
        return 'exact';
      }
    }
    const { slots, values, length } = this.#entries;
    for (let i = 0; i < length; i++) {
      const value = values[i] as number;
      if (!Number.isNaN(value) && isMatch(kind === 'bool' ? value === 1 : value))
        setBit(words, slots[i] as number);
    }
    return 'exact';
  }

  #within(bounds: Range<number>, words: Uint32Array): void {
    const { slots, values, length } = this.#entries;
    const { gt, gte = Number.NEGATIVE_INFINITY, lt, lte = Number.POSITIVE_INFINITY } = bounds;
    const least = gt === undefined ? gte : Math.max(gte, above(gt));
    const most = lt === undefined ? lte : Math.min(lte, -above(-lt));
    for (let i = 0; i < length; i++) {
      // Entries that are no more are NaN, which is within nothing.
      const value = values[i] as number;
      if (value >= least && value <= most) setBit(words, slots[i] as number);
    }
  }

  facet(among: Uint32Array | undefined): Map<number | boolean, number> {
    const { slots, values, length } = this.#entries;
    const facet = new Map<number | boolean, number>();
    for (let i = 0; i < length; i++) {
      const number = values[i] as number;
      if (Number.isNaN(number) || (among !== undefined && !hasBit(among, slots[i] as number))) continue;
      const value = this.kind === 'bool' ? number === 1 : number;
      facet.set(value, (facet.get(value) ?? 0) + 1);
    }
    return facet;
  }

  /** All entries by value, rising, ties by slot. Sorted on the first call after a change. */
  sorted(): Order {
    if (this.#sorted === undefined) {
      const { slots, values, length } = this.#entries;
      const order = new Uint32Array(length);
      let count = 0;
      for (let i = 0; i < length; i++) if (!Number.isNaN(values[i])) order[count++] = i;
      const chosen = order.subarray(0, count);
      chosen.sort(
        (a, b) =>
          (values[a] as number) - (values[b] as number) || (slots[a] as number) - (slots[b] as number),
      );
      const sorted = { slots: new Uint32Array(count), values: new Float64Array(count) };
      for (let i = 0; i < count; i++) {
        sorted.slots[i] = slots[chosen[i] as number] as number;
        sorted.values[i] = values[chosen[i] as number] as number;
      }
      this.#sorted = sorted;
    }
    return this.#sorted;
  }
}

/** Whether no string can match. */
function isOfOtherKinds(test: ValueTest): boolean {
  return test.type === 'range' || test.type === 'box' || test.type === 'radius' || test.type === 'polygon';
}
