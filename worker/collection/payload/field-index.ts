/**
The index of a payload field: of the values of its type, and which points have others, so that what it answers is what
reading every payload would.

@module
*/
import type { FieldTest, ValueTest } from '../filter/checked.js';
import { isEmptyValue, isNullValue } from '../filter/match.js';
import { compileTest } from '../filter/value-test.js';
import type { JsonValue, Payload } from '../types.js';
import { andNotBits, Bits, orBits } from './bits.js';
import { GeoIndex } from './indexes/geo-index.js';
import { KeywordIndex } from './indexes/keyword-index.js';
import { NumberIndex } from './indexes/number-index.js';
import { TextIndex } from './indexes/text-index.js';
import type { ValueIndex } from './indexes/value-index.js';
import { type Path, someAt } from './path.js';
import type { PayloadSchemaType } from './schema.js';
import type { Tokenize } from './tokenize.js';

const uuidPattern = /^[\da-f]{8}(-?)([\da-f]{4}\1){3}[\da-f]{12}$/i;

/** What an index tells of a condition. */
export interface FieldAnswer {
  /** Slots that match, of all. */
  readonly words: Uint32Array;
  /** Slots of which it does not know: their payloads tell. */
  readonly unsure?: Uint32Array;
}

/** The index of a payload field. */
export class FieldIndex {
  readonly values: ValueIndex;
  /** Slots that have values of other types. */
  readonly #others = new Bits();
  /** Slots whose field is not empty. */
  readonly #filled = new Bits();
  /** Slots whose field is `null` or has it. */
  readonly #nulls = new Bits();

  constructor(
    readonly key: string,
    readonly path: Path,
    readonly type: PayloadSchemaType,
    private readonly tokenize: Tokenize,
  ) {
    this.values = makeIndex(type, tokenize);
  }

  get memoryBytes(): number {
    const bits = [this.#others, this.#filled, this.#nulls];
    return bits.reduce((sum, { memoryBytes }) => sum + memoryBytes, this.values.memoryBytes);
  }

  /** Whether two payloads surely have the same here. */
  hasSame(before: Payload | null, after: Payload | null): boolean {
    const [values, others] = [before, after].map((payload) => {
      const found: JsonValue[] = [];
      if (payload !== null)
        someAt(payload, this.path, (value) => {
          found.push(value);
          return false;
        });
      return found;
    }) as [JsonValue[], JsonValue[]];
    return values.length === others.length && values.every((value, i) => value === others[i]);
  }

  /** Replace what is known of a slot. */
  set(slot: number, payload: Payload | null): void {
    const values: JsonValue[] = [];
    let isFilled = false;
    let isNull = false;
    if (payload !== null) {
      someAt(payload, this.path, (value) => {
        isFilled ||= !isEmptyValue(value);
        isNull ||= isNullValue(value);
        if (!Array.isArray(value)) values.push(value);
        else for (const element of value) values.push(element);
        return false;
      });
    }
    const distinct = values.length > 1 ? [...new Set(values)] : values;
    const ofAll = isNull ? distinct.filter((value) => value !== null) : distinct;
    this.#others.put(slot, !this.values.set(slot, ofAll));
    this.#filled.put(slot, isFilled);
    this.#nulls.put(slot, isNull);
  }

  /** How many slots match at most, as far as that is known at once. */
  estimate(field: FieldTest): number {
    const known = field.type === 'value' ? this.values.estimate?.(field.test) : undefined;
    return known === undefined ? this.values.size + this.#others.count : known + this.#others.count;
  }

  /** Which slots match; nothing where it cannot tell. `live`: all that there are. */
  select(field: FieldTest, live: Uint32Array): FieldAnswer | undefined {
    switch (field.type) {
      case 'empty':
        return { words: wordsOf(this.#filled, live, !field.is) };
      case 'null':
        return { words: wordsOf(this.#nulls, live, field.is) };
      case 'value':
        return this.#selectValue(field.test, live.length);
      default:
        return undefined;
    }
  }

  #selectValue(test: ValueTest, length: number): FieldAnswer | undefined {
    const words = new Uint32Array(length);
    const answer = this.values.select(test, compileTest(test, this.tokenize), words);
    if (answer === 'unknown') return undefined;
    const hasOthers = this.#others.count > 0;
    if (answer === 'exact' && !hasOthers) return { words };
    const unsure = answer === 'unsure' ? words.slice() : new Uint32Array(length);
    if (typeof answer === 'object') orBits(unsure, answer.words);
    if (hasOthers) orBits(unsure, this.#others.words);
    return { words, unsure };
  }
}

function wordsOf(bits: Bits, live: Uint32Array, isIn: boolean): Uint32Array {
  const words = new Uint32Array(live.length);
  orBits(words, isIn ? bits.words : live);
  if (!isIn) andNotBits(words, bits.words);
  return words;
}

function makeIndex(type: PayloadSchemaType, tokenize: Tokenize): ValueIndex {
  switch (type) {
    case 'keyword':
      return new KeywordIndex(() => true);
    case 'uuid':
      return new KeywordIndex((text) => uuidPattern.test(text));
    case 'geo':
      return new GeoIndex();
    case 'text':
      return new TextIndex(tokenize);
    default:
      return new NumberIndex(type);
  }
}
