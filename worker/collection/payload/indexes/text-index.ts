/**
Words, each with the slots of the texts that have it.

Slots are only ever appended. Of a slot whose text was changed or removed the index is not sure any more, and says so;
where there are many, it is to be made anew.

@module
*/
import type { ValueTest } from '../../filter/checked.js';
import type { IsMatch } from '../../filter/value-test.js';
import type { JsonValue } from '../../types.js';
import { andBits, Bits } from '../bits.js';
import type { Tokenize } from '../tokenize.js';
import { type Answer, setBit, type ValueIndex } from './value-index.js';

/** Fewer slots than this are never too many to be unsure of. */
const minWorn = 1024;
/** The same, where nobody asks. */
const minOvergrown = 4096;

/** An index of texts. */
export class TextIndex implements ValueIndex {
  readonly #slots = new Map<string, number[]>();
  /** Slots that have a text now. */
  readonly #texts = new Bits();
  /** Slots whose texts have changed, and those with several, whose words may be in different ones. */
  readonly #unsure = new Bits();
  #changed = 0;
  /** The most that had a text at a time: where texts only go, what is left of them need not be indexed anew. */
  #mostPoints = 0;
  #bytes = 0;
  /** Lists of slots that were appended to. */
  #size = 0;

  constructor(private readonly tokenize: Tokenize) {}

  get points(): number {
    return this.#texts.count;
  }

  get size(): number {
    return this.#size;
  }

  get memoryBytes(): number {
    return this.#bytes + this.#size * 8 + this.#texts.memoryBytes + this.#unsure.memoryBytes;
  }

  get isWorn(): boolean {
    return this.#changed > Math.max(minWorn, this.points / 4);
  }

  get isOvergrown(): boolean {
    return this.#changed > Math.max(minOvergrown, 2 * this.#mostPoints);
  }

  set(slot: number, values: readonly JsonValue[]): boolean {
    const texts = values.filter((value) => typeof value === 'string');
    if (this.#texts.has(slot)) {
      this.#unsure.add(slot);
      this.#changed++;
    }
    this.#texts.put(slot, texts.length > 0);
    this.#mostPoints = Math.max(this.#mostPoints, this.points);
    if (texts.length > 1) this.#unsure.add(slot);
    for (const word of new Set(texts.flatMap(this.tokenize))) {
      const slots = this.#slots.get(word);
      if (slots) slots.push(slot);
      else {
        this.#slots.set(word, [slot]);
        this.#bytes += word.length + 96;
      }
      this.#size++;
    }
    return texts.length === values.length;
  }

  estimate(test: ValueTest): number | undefined {
    if (test.type !== 'text' && test.type !== 'phrase') return undefined;
    return Math.min(...this.tokenize(test.text).map((word) => this.#slots.get(word)?.length ?? 0));
  }

  select(test: ValueTest, _isMatch: IsMatch, words: Uint32Array): Answer {
    switch (test.type) {
      case 'range':
      case 'box':
      case 'radius':
      case 'polygon':
        return 'exact';
      case 'text':
      case 'text_any':
      case 'phrase':
        break;
      default:
        return 'unknown';
    }
    const asked = this.tokenize(test.text);
    for (const [i, word] of asked.entries()) {
      const isFurther = i > 0 && test.type !== 'text_any';
      const found = isFurther ? new Uint32Array(words.length) : words;
      for (const slot of this.#slots.get(word) ?? []) setBit(found, slot);
      if (isFurther) andBits(words, found);
    }
    return test.type === 'phrase' && asked.length > 1 ? 'unsure' : this.#unsure;
  }
}
