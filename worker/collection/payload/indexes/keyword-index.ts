/**
Strings, each kept once: an entry is a number for its string, so that a condition is asked of each different string, not
of each point.

@module
*/
import type { ValueTest } from '../../filter/checked.js';
import type { IsMatch } from '../../filter/value-test.js';
import type { JsonValue } from '../../types.js';
import { hasBit } from '../bits.js';
import { Entries } from './entries.js';
import { type Answer, setBit, type ValueIndex } from './value-index.js';

/** An index of strings. */
export class KeywordIndex implements ValueIndex {
  readonly #codes = new Map<string, number>();
  /** By code; 0 is no string's. */
  readonly #strings: string[] = [''];
  /** Slots that have the string; 0: the code is free. */
  readonly #counts: number[] = [0];
  readonly #free: number[] = [];
  readonly #entries = new Entries(new Uint32Array(0), 0);
  #stringBytes = 0;

  /** @param isMine - Which strings it takes. */
  constructor(private readonly isMine: (text: string) => boolean) {}

  get points(): number {
    return this.#entries.slotCount;
  }

  get size(): number {
    return this.#entries.length;
  }

  get memoryBytes(): number {
    return this.#entries.memoryBytes + this.#stringBytes;
  }

  set(slot: number, values: readonly JsonValue[]): boolean {
    const codes: number[] = [];
    for (const value of values) {
      if (typeof value === 'string' && this.isMine(value)) codes.push(this.#take(value));
    }
    const { start, count } = this.#entries.of(slot);
    for (let i = start; i < start + count; i++) this.#release(this.#entries.values[i] as number);
    this.#entries.replace(slot, codes);
    return codes.length === values.length;
  }

  #take(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#free.pop() ?? this.#strings.length;
      this.#codes.set(text, code);
      this.#strings[code] = text;
      this.#counts[code] = 0;
      this.#stringBytes += bytesOf(text);
    }
    this.#counts[code] = (this.#counts[code] as number) + 1;
    return code;
  }

  #release(code: number): void {
    const count = (this.#counts[code] as number) - 1;
    this.#counts[code] = count;
    if (count > 0) return;
    const text = this.#strings[code] as string;
    this.#codes.delete(text);
    this.#strings[code] = '';
    this.#free.push(code);
    this.#stringBytes -= bytesOf(text);
  }

  /** Codes of these strings. */
  #codesOf(values: ReadonlySet<unknown>): number[] {
    return [...values].flatMap((value) => this.#codes.get(value as string) ?? []);
  }

  estimate(test: ValueTest): number | undefined {
    if (test.type !== 'any') return undefined;
    return this.#codesOf(test.values).reduce((sum, code) => sum + (this.#counts[code] as number), 0);
  }

  select(test: ValueTest, isMatch: IsMatch, words: Uint32Array): Answer {
    const { slots, values, length } = this.#entries;
    const codes = test.type === 'any' ? this.#codesOf(test.values) : undefined;
    if (codes !== undefined && codes.length < 2) {
      const code = codes[0];
      if (code === undefined) return 'exact';
      for (let i = 0; i < length; i++) if (values[i] === code) setBit(words, slots[i] as number);
      return 'exact';
    }
    const isIn = new Uint8Array(this.#strings.length);
    if (codes) for (const code of codes) isIn[code] = 1;
    else for (const [text, code] of this.#codes) isIn[code] = isMatch(text) ? 1 : 0;
    for (let i = 0; i < length; i++) {
      if (isIn[values[i] as number] === 1) setBit(words, slots[i] as number);
    }
    return 'exact';
  }

  facet(among: Uint32Array | undefined): Map<string, number> {
    const { slots, values, length } = this.#entries;
    const counts = among === undefined ? this.#counts : new Array<number>(this.#strings.length).fill(0);
    if (among !== undefined) {
      for (let i = 0; i < length; i++) {
        const code = values[i] as number;
        if (code !== 0 && hasBit(among, slots[i] as number)) counts[code] = (counts[code] as number) + 1;
      }
    }
    const facet = new Map<string, number>();
    for (const [text, code] of this.#codes) if (counts[code]) facet.set(text, counts[code]);
    return facet;
  }
}

/** About what a string takes, with its place in the map and the arrays. */
function bytesOf(text: string): number {
  return text.length + 64;
}
