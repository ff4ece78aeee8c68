/**
What every payload index does.

@module
*/
import type { ValueTest } from '../../filter/checked.js';
import type { IsMatch } from '../../filter/value-test.js';
import type { JsonValue } from '../../types.js';
import type { Bits } from '../bits.js';

/**
What an index tells of a test.

`exact`: it has set the bits of the slots that have a value of its kind that matches, and no others. `Bits`: likewise, but
of these slots it is not sure. `unsure`: of none of those that it has set. `unknown`: it cannot tell.
*/
export type Answer = 'exact' | Bits | 'unsure' | 'unknown';

/** The values of its kind in a field, by slot. Values of other kinds are not its concern. */
export interface ValueIndex {
  /** Slots that have a value. */
  readonly points: number;
  /** What reading all of it costs, in entries. */
  readonly size: number;
  /** Bytes that it takes. */
  readonly memoryBytes: number;
  /** Replace the values of a slot by those of its kind among these, which are not `null`; returns whether all are. */
  set(slot: number, values: readonly JsonValue[]): boolean;
  /** Set the bits of slots that match. Bits past the end of `words` are left out. */
  select(test: ValueTest, isMatch: IsMatch, words: Uint32Array): Answer;
  /** How many slots match at most, where that is known at once. */
  estimate?(test: ValueTest): number | undefined;
  /** Values and how many slots have each, of these slots or of all. */
  facet?(among: Uint32Array | undefined): Map<string | number | boolean, number>;
  /** Whether it would be smaller and faster if it were made anew. */
  readonly isWorn?: boolean;
  /** Whether it takes so much more room than if it were made anew that changes alone are reason to. */
  readonly isOvergrown?: boolean;
}

/** Set the bit of a slot. */
export function setBit(words: Uint32Array, slot: number): void {
  const at = slot >>> 5;
  words[at] = (words[at] as number) | (1 << (slot & 31));
}
