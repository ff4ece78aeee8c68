/**
The section `points` of a checkpoint (checkpoint.ts), as it is read when a shard is opened: the ids at once, each payload
when it is first asked for. Most of its JSON is that of payloads, and few are asked for soon.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { UnreadPayloads } from '../payload/payload-store.js';
import type { PointTable } from '../point-table.js';
import type { Payload, PointId } from '../types.js';
import { type PiecePlace, placesOf, sectionBytes } from './records.js';
import { SlotMarks } from './slot-marks.js';

const text = new TextDecoder('utf-8', { fatal: true });

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [zero, nine] = [0x30, 0x39];

export class StoredPoints implements UnreadPayloads {
  readonly marks = new SlotMarks();
  readonly #section: Uint8Array;
  /** By slot, where the JSON of its payload begins in the section. */
  readonly #starts: number[] = [];
  /** And where it ends: 0 without a point. */
  readonly #ends: number[] = [];

  /**
  Adds the ids to a table without any.

  @throws {VectorSearchError} with code `CORRUPT_DATA`.
  */
  constructor(section: Uint8Array, points: PointTable) {
    this.#section = section;
    for (const piece of placesOf(section)) {
      const { start, end } = piece;
      this.marks.add(sectionBytes(end - start));
      if (start === end) {
        points.addGap();
        this.#starts.push(start);
        this.#ends.push(0);
        continue;
      }
      const { id, payload } = idOf(section, piece);
      points.add(id);
      this.#starts.push(payload);
      this.#ends.push(end - 1);
    }
  }

  get slotCount(): number {
    return this.#starts.length;
  }

  get bytes(): number {
    return this.#section.length;
  }

  has(slot: number): boolean {
    return this.#ends[slot] !== 0;
  }

  read(slot: number): Payload | null {
    return parsed(this.#section, this.#starts[slot] as number, this.#ends[slot] as number) as Payload | null;
  }

  json(slot: number): string {
    return decoded(this.#section, this.#starts[slot] as number, this.#ends[slot] as number);
  }
}

/** The id of a piece `[id,payload]`, and where its payload begins. */
function idOf(
  section: Uint8Array,
  { start, end }: PiecePlace,
): { readonly id: PointId; readonly payload: number } {
  const first = start + 1;
  let next = first;
  let id: PointId = 0;
  if (section[first] === quote) {
    for (next++; next < end && section[next] !== quote; next++) if (section[next] === backslash) next++;
    id = parsed(section, first, ++next) as string;
  } else {
    for (let digit = section[next]; isDigit(digit); digit = section[++next]) id = id * 10 + (digit - zero);
  }
  if (next === first || next >= end || section[next] !== comma) throw damaged(start);
  return { id, payload: next + 1 };
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= zero && byte <= nine;
}

function parsed(bytes: Uint8Array, start: number, end: number): unknown {
  const json = decoded(bytes, start, end);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw damaged(start, error);
  }
}

function decoded(bytes: Uint8Array, start: number, end: number): string {
  try {
    return text.decode(bytes.subarray(start, end));
  } catch (error) {
    throw damaged(start, error);
  }
}

function damaged(offset: number, cause?: unknown): VectorSearchError {
  return new VectorSearchError('CORRUPT_DATA', undefined, `${offset} of the points`, { cause });
}
