/**
The section `points` of a checkpoint (checkpoint.ts), as it is read when a shard is opened: the ids at once, each payload
when it is first asked for. Most of its JSON is that of payloads, and few are asked for soon.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { UnreadPayloads } from '../payload/payload-store.js';
import type { PointTable } from '../point-table.js';
import type { Payload, PointId } from '../types.js';
import { piecesOf, sectionBytes } from './records.js';
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
    for (const piece of piecesOf(section)) {
      const start = piece.byteOffset - section.byteOffset;
      this.marks.add(sectionBytes(piece.length));
      if (piece.length === 0) {
        points.addGap();
        this.#starts.push(start);
        this.#ends.push(0);
        continue;
      }
      const { id, length } = idOf(piece, start);
      points.add(id);
      this.#starts.push(start + length);
      this.#ends.push(start + piece.length - 1);
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

/** The id of a piece `[id,payload]`, and how many bytes come before the payload. */
function idOf(piece: Uint8Array, offset: number): { readonly id: PointId; readonly length: number } {
  let end = 1;
  let id: PointId = 0;
  if (piece[1] === quote) {
    for (end = 2; end < piece.length && piece[end] !== quote; end++) if (piece[end] === backslash) end++;
    id = parsed(piece, 1, ++end) as string;
  } else {
    for (let digit = piece[end]; isDigit(digit); digit = piece[++end]) id = id * 10 + (digit - zero);
  }
  if (end === 1 || piece[end] !== comma) throw damaged(offset);
  return { id, length: end + 1 };
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
