/**
The payloads of a shard by slot, their indexes, and what is read from them: points that match, values with their counts,
an order.

@module
*/
import { invalidArgument } from '../../../bindings/api/errors.js';
import type { Steps } from '../../../bindings/api/steps.js';
import { eachInSteps } from '../each-in-steps.js';
import type { CheckedFilter } from '../filter/checked.js';
import type { ClauseExplanation, JsonValue, Payload } from '../types.js';
import { andBits, countBits, hasBit } from './bits.js';
import { parseDatetime } from './datetime.js';
import { FieldIndex } from './field-index.js';
import { NumberIndex, type Order } from './indexes/number-index.js';
import { type Path, parsePath, someValueAt } from './path.js';
import { findMatches, type Source } from './planner.js';
import type { PointLookup } from './point-lookup.js';
import { checkSchema, type PayloadSchema, type PayloadSchemaType } from './schema.js';
import { type Tokenize, words } from './tokenize.js';

export type { Order } from './indexes/number-index.js';
export type { PointLookup } from './point-lookup.js';

/** Points that match a filter. */
export interface Selection {
  /** Slot i: bit i % 32 of word i / 32. */
  readonly bits: Uint32Array;
  /** How many. */
  readonly count: number;
  /** How they were found. */
  readonly explanation: ClauseExplanation;
}

const emptyPayload: Payload = {};

/** Slots that an index is filled with in a step. */
const slotsAtOnce = 64;
/** Milliseconds that {@link PayloadStore.loadSome} takes. */
const filledAtOnceMs = 20;

interface KeptIndex {
  field: FieldIndex;
  readonly schema: PayloadSchema;
  /** Slots from here on are not in it yet, and left to {@link PayloadStore.fillSteps}. */
  filledTo: number;
}

const allSlots = Number.POSITIVE_INFINITY;

/** Payloads that are kept elsewhere, by slot from 0 on, until they are asked for. */
export interface UnreadPayloads {
  readonly slotCount: number;
  /** Bytes that they take where they are. */
  readonly bytes: number;
  has(slot: number): boolean;
  /** @throws {VectorSearchError} with code `CORRUPT_DATA`, here and below. */
  read(slot: number): Payload | null;
  /** JSON of it. */
  json(slot: number): string;
}

/** The payloads of a shard. */
export class PayloadStore {
  /** JSON where it was not asked for yet; `undefined` where not even that is read. */
  #payloads: (Payload | string | null | undefined)[] = [];
  #unread: UnreadPayloads | undefined;
  #unreadCount = 0;
  /** By their paths, however these are written. */
  readonly #indexes = new Map<string, KeptIndex>();
  #payloadBytes = 0;
  #changedFrom = 0;

  /** @param tokenize - How `match.text` and its like see words. Default: runs of letters and digits in lower case. */
  constructor(private readonly tokenize: Tokenize = words) {}

  /** Bytes of payloads and indexes: an estimate, as engines do not tell. */
  get memoryBytes(): number {
    let bytes = this.#payloadBytes + (this.#unread?.bytes ?? 0) + this.#payloads.length * 8;
    for (const { field } of this.#indexes.values()) bytes += field.memoryBytes;
    return bytes;
  }

  /** All slots before it have the payloads that they had at the last {@link noteWritten}. */
  get changedFrom(): number {
    return this.#changedFrom;
  }

  noteWritten(): void {
    this.#changedFrom = Number.POSITIVE_INFINITY;
  }

  /** Take payloads in place of those that there are, without indexes. Each is read when it is first asked for. */
  take(unread: UnreadPayloads): void {
    this.#unread = unread;
    this.#payloads = Array.from({ length: unread.slotCount }, (_, slot) =>
      unread.has(slot) ? undefined : null,
    );
    this.#unreadCount = this.#payloads.filter((payload) => payload === undefined).length;
    this.#payloadBytes = 0;
  }

  /** Replace the payload at a slot, or its JSON. It is kept as it is, not copied: the caller leaves it alone. */
  set(slot: number, payload: Payload | string | null): void {
    if (payload === null && (slot >= this.#payloads.length || this.#payloads[slot] === null)) return;
    this.#changedFrom = Math.min(this.#changedFrom, slot);
    if (this.#indexes.size === 0) {
      this.#keep(slot, payload);
      return;
    }
    const parsed = payloadOf(payload);
    const before = this.#payloads[slot];
    this.#keep(slot, parsed);
    for (const index of this.#indexes.values()) {
      if (slot >= index.filledTo) continue;
      // Of what is not read yet it cannot be told, and what is new has something to index.
      if (typeof before === 'object' && before !== null && index.field.hasSame(before, parsed)) continue;
      index.field.set(slot, parsed);
      if (index.field.values.isOvergrown) this.#renew(index);
    }
  }

  /** The payload at a slot, where it is not left unread. */
  known(slot: number): Payload | null | undefined {
    return slot < this.#payloads.length && this.#payloads[slot] === undefined ? undefined : this.get(slot);
  }

  get(slot: number): Payload | null {
    const known = this.#payloads[slot];
    if (typeof known === 'object') return known;
    const payload = known === undefined ? this.#unreadAt(slot) : payloadOf(known);
    if (slot < this.#payloads.length) this.#keep(slot, payload);
    return payload;
  }

  /** JSON of the payload at a slot. */
  json(slot: number): string {
    const known = this.#payloads[slot];
    if (typeof known === 'string') return known;
    if (known === undefined && slot < this.#payloads.length) return this.#unread?.json(slot) ?? 'null';
    return JSON.stringify(known ?? null);
  }

  #payloadOrJson(slot: number): Payload | string | null {
    const known = this.#payloads[slot];
    return known === undefined ? this.json(slot) : known;
  }

  #unreadAt(slot: number): Payload | null {
    return slot < this.#payloads.length ? (this.#unread?.read(slot) ?? null) : null;
  }

  #keep(slot: number, payload: Payload | string | null): void {
    // In order, so that the array stays one without holes.
    while (this.#payloads.length < slot) this.#payloads.push(null);
    const old = slot < this.#payloads.length ? this.#payloads[slot] : null;
    this.#payloads[slot] = payload;
    this.#payloadBytes += bytesOf(payload) - bytesOf(old ?? null);
    if (old === undefined && --this.#unreadCount === 0) this.#unread = undefined;
  }

  delete(slot: number): void {
    this.set(slot, null);
  }

  /**
  Index a field, in place of the index that it may have: in pieces, by {@link fillSteps}, or as soon as it is asked.

  @throws {VectorSearchError} as {@link checkSchema}; with code `INVALID_ARGUMENT` for what is no path.
  */
  createIndex(key: string, schema: PayloadSchema): void {
    const type = checkSchema(schema);
    const path = parsePath(key, 'key');
    const field = new FieldIndex(key, path, type, this.tokenize);
    this.#indexes.set(nameOf(path), { field, schema, filledTo: this.#payloads.length === 0 ? allSlots : 0 });
  }

  /** Whether all payloads are in the indexes. */
  get isLoaded(): boolean {
    return ![...this.#indexes.values()].some(({ filledTo }) => filledTo !== allSlots);
  }

  /**
  Some milliseconds of filling indexes.

  @returns The share that is done: 1 when all are whole.
  @throws {VectorSearchError} with code `CORRUPT_DATA` where a payload that is not read yet is none.
  */
  loadSome(): number {
    const end = performance.now() + filledAtOnceMs;
    for (const { done, total } of this.fillSteps()) if (performance.now() >= end) return done / (total + 1);
    return 1;
  }

  /** Likewise in steps, to the end. */
  *fillSteps(): Steps<void> {
    const total = this.#indexes.size * this.#payloads.length;
    for (const [place, index] of [...this.#indexes.values()].entries()) {
      while (index.filledTo !== allSlots) {
        this.#fill(index, slotsAtOnce);
        const done = Math.min(index.filledTo, this.#payloads.length);
        yield { done: place * this.#payloads.length + done, total };
      }
    }
  }

  #fill(index: KeptIndex, slots: number): void {
    const to = Math.min(this.#payloads.length, index.filledTo + slots);
    for (; index.filledTo < to; index.filledTo++) {
      const payload = this.get(index.filledTo);
      if (payload !== null) index.field.set(index.filledTo, payload);
    }
    if (to === this.#payloads.length) index.filledTo = allSlots;
  }

  #renew(index: KeptIndex): void {
    const { key, path, type } = index.field;
    index.field = new FieldIndex(key, path, type, this.tokenize);
    index.filledTo = 0;
    this.#fill(index, allSlots);
  }

  /**
  Payloads and indexes for slots that are numbered anew. `order`: those that are kept, as they will follow one another.

  @returns What takes them in.
  */
  *renumberSteps(order: readonly number[]): Steps<() => void> {
    const isIndexed = this.#indexes.size > 0;
    const payloads = order.map((slot) => (isIndexed ? this.get(slot) : this.#payloadOrJson(slot)));
    const fields: FieldIndex[] = [];
    for (const { field } of this.#indexes.values()) {
      const renumbered = new FieldIndex(field.key, field.path, field.type, this.tokenize);
      yield* eachInSteps(payloads, (payload, slot) => {
        if (payload !== null) renumbered.set(slot, payloadOf(payload) as Payload);
      });
      fields.push(renumbered);
    }
    return () => {
      this.#changedFrom = 0;
      this.#payloads = payloads;
      this.#payloadBytes = payloads.reduce((sum, each) => sum + bytesOf(each) - bytesOf(null), 0);
      this.#unread = undefined;
      this.#unreadCount = 0;
      for (const [place, index] of [...this.#indexes.values()].entries()) {
        index.field = fields[place] as FieldIndex;
        index.filledTo = allSlots;
      }
    };
  }

  /** Whether there was one. */
  deleteIndex(key: string): boolean {
    return this.#indexes.delete(nameOf(parsePath(key, 'key')));
  }

  /** By key, what the index was made from. */
  schemas(): Record<string, PayloadSchema> {
    return Object.fromEntries([...this.#indexes.values()].map(({ field, schema }) => [field.key, schema]));
  }

  /** By key: what the index was made from, and how many points have a value in it. */
  indexes(): Record<string, { schema: PayloadSchema; points: number }> {
    for (const index of this.#indexes.values()) if (index.filledTo !== allSlots) this.#fill(index, allSlots);
    return Object.fromEntries(
      [...this.#indexes.values()].map(({ field, schema }) => [
        field.key,
        { schema, points: field.values.points },
      ]),
    );
  }

  /** The index of a path. */
  #indexOf(path: Path): FieldIndex | undefined {
    const known = this.#indexes.get(nameOf(path));
    if (known === undefined) return undefined;
    if (known.filledTo !== allSlots) this.#fill(known, allSlots);
    if (known.field.values.isWorn) this.#renew(known);
    return known.field;
  }

  /** Points that match. */
  select(filter: CheckedFilter, points: PointLookup): Selection {
    const started = performance.now();
    const source: Source = {
      points,
      tokenize: this.tokenize,
      payloadAt: (slot) => this.get(slot) ?? emptyPayload,
      indexOf: (field) => this.#indexOf(field.path),
    };
    const { words: bits, explanations } = findMatches(filter, points.live.words, source);
    const count = countBits(bits);
    const explanation: ClauseExplanation = {
      path: '',
      condition: 'filter',
      by: 'clauses',
      matched: count,
      asked: points.live.count,
      ms: performance.now() - started,
      clauses: explanations,
    };
    return { bits, count, explanation };
  }

  /**
  The values of a field, and how many points have each.

  @param among - Of these slots alone. Default: all.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT` where the field has no index of discrete values.
  */
  facet(
    key: string,
    among: Uint32Array | undefined,
    points: PointLookup,
  ): Map<string | number | boolean, number> {
    const field = this.#indexOf(parsePath(key, 'key'));
    const discrete: readonly (PayloadSchemaType | undefined)[] = ['keyword', 'integer', 'bool', 'uuid'];
    if (!discrete.includes(field?.type))
      throw invalidArgument('key to be a field with a payload index keyword, integer, bool or uuid', key);
    return field?.values.facet?.(among && this.#live(among, points)) ?? new Map();
  }

  #live(among: Uint32Array, points: PointLookup): Uint32Array {
    const live = among.slice();
    andBits(live, points.live.words);
    return live;
  }

  /**
  Slots by the values of a field; ties rise or fall by slot. A slot comes once for each of its different values, as in
  Qdrant, and not at all without one.

  @param startFrom - Begin with this value: a number, or a datetime.
  @param among - Of these slots alone. Default: all.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT` where the field has no index of numbers or datetimes.
  */
  order(
    key: string,
    direction: 'asc' | 'desc',
    startFrom: number | string | undefined,
    among: Uint32Array | undefined,
    points: PointLookup,
  ): Order {
    const field = this.#indexOf(parsePath(key, 'key'));
    if (!(field?.values instanceof NumberIndex) || field.type === 'bool')
      throw invalidArgument('key to be a field with a payload index integer, float or datetime', key);
    const start = typeof startFrom === 'string' ? parseDatetime(startFrom) : startFrom;
    if (start === undefined && startFrom !== undefined)
      throw invalidArgument('startFrom to be a number or a datetime', startFrom);
    const { slots, values } = field.values.sorted();
    const isRising = direction === 'asc';
    const asked = among ?? points.live.words;
    const order = { slots: new Uint32Array(slots.length), values: new Float64Array(slots.length) };
    let length = 0;
    for (let i = 0; i < slots.length; i++) {
      const at = isRising ? i : slots.length - 1 - i;
      const value = values[at] as number;
      const slot = slots[at] as number;
      const isPast = start !== undefined && (isRising ? value < start : value > start);
      if (isPast || !hasBit(asked, slot)) continue;
      order.slots[length] = slot;
      order.values[length] = value;
      length++;
    }
    return { slots: order.slots.slice(0, length), values: order.values.slice(0, length) };
  }

  /** The strings and integers of a field at a slot, each once: what points are grouped by. */
  valuesAt(slot: number, key: string): (string | number)[] {
    const values = new Set<string | number>();
    someValueAt(this.get(slot) ?? emptyPayload, parsePath(key, 'key'), (value) => {
      if (typeof value === 'string' || Number.isInteger(value)) values.add(value as string | number);
      return false;
    });
    return [...values];
  }
}

/** The payload, of which JSON may be given. */
export function payloadOf(given: Payload | string | null | undefined): Payload | null {
  return typeof given === 'string' ? (JSON.parse(given) as Payload | null) : (given ?? null);
}

function nameOf(path: Path): string {
  return JSON.stringify(path);
}

/** About what a value takes: 8 bytes a place, 16 an object or string, 1 a character. */
function bytesOf(value: JsonValue): number {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 24;
  if (Array.isArray(value)) for (const element of value) bytes += bytesOf(element);
  else for (const key in value) bytes += 8 + bytesOf((value as Payload)[key] as JsonValue);
  return bytes;
}
