/**
A change of a shard as bytes, for its log.

  u32  bytes of the text
  u32  arrays of floats
  u32  values of each of them
       text, UTF-8: JSON, an array of the call and its arguments; then zeros up to a multiple of 4
  f32  the arrays, one after another

Numbers are little-endian. Typed arrays among the arguments stand in the text as arrays of numbers. Calls that name
points do so by their ids, never by a filter: what is read from the log does not depend on how a filter is understood.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { PointBatch, SparseColumn, VectorBatch } from '../shard-protocol.js';

/** A call that changes a shard. */
export interface Change {
  readonly call: string;
  readonly args: readonly unknown[];
  /** Arrays that come behind the arguments. */
  readonly flats: readonly Float32Array[];
}

const utf8 = new TextEncoder();

/** JSON that is written already, among the arguments of a change. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A batch as the log has it: with payloads, and not their JSON. */
export function jsonOfBatch({ payloads, ...vectors }: PointBatch): JsonText {
  const all = payloads.map((payload) => (typeof payload === 'string' ? payload : jsonOf(payload)));
  return new JsonText(joined('{"payloads":[', all, `],${jsonOf(vectors).slice(1)}`));
}

/** @returns The record in pieces: what comes before the arrays, and the arrays themselves, which are not copied. */
export function encodeChange({ call, args, flats }: Change): readonly Uint8Array[] {
  const text = utf8.encode(joined('[', [call, ...args].map(jsonOf), ']'));
  const head = 8 + 4 * flats.length;
  const bytes = new Uint8Array(head + aligned(text.length));
  const words = new DataView(bytes.buffer);
  words.setUint32(0, text.length, true);
  words.setUint32(4, flats.length, true);
  flats.forEach(({ length }, index) => {
    words.setUint32(8 + 4 * index, length, true);
  });
  bytes.set(text, head);
  return [bytes, ...flats.map((flat) => new Uint8Array(flat.buffer, flat.byteOffset, flat.byteLength))];
}

/** @throws {VectorSearchError} with code `CORRUPT_DATA`: where the bytes stop making sense. */
export function decodeChange(bytes: Uint8Array): Change {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordAt = (offset: number) => {
    if (offset + 4 > bytes.length) throw damaged(offset);
    return words.getUint32(offset, true);
  };
  const textBytes = wordAt(0);
  const arrayCount = wordAt(4);
  const head = 8 + 4 * arrayCount;
  let position = head + aligned(textBytes);
  if (position > bytes.length) throw damaged(0);
  const flats = Array.from({ length: arrayCount }, (_, index) => {
    const length = wordAt(8 + 4 * index);
    if (position + 4 * length > bytes.length) throw damaged(8 + 4 * index);
    const flat = new Float32Array(bytes.slice(position, position + 4 * length).buffer);
    position += 4 * length;
    return flat;
  });
  const [call, ...args] = parsed(bytes.subarray(head, head + textBytes), head);
  if (typeof call !== 'string' || position !== bytes.length) throw damaged(head);
  return { call, args, flats };
}

/** A batch of vectors as the log has it, with the typed arrays that it had. */
export function withTypedArrays<Batch extends VectorBatch>(batch: Batch): Batch {
  const sparse = batch.sparse.map(
    ({ vectors, ...column }): SparseColumn => ({
      ...column,
      vectors: vectors.map(({ indices, values }) => ({
        indices: Uint32Array.from(indices),
        values: Float32Array.from(values),
      })),
    }),
  );
  return { ...batch, sparse };
}

function parsed(text: Uint8Array, offset: number): unknown[] {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)) as unknown[];
  } catch (error) {
    throw damaged(offset, error);
  }
}

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`: no string is that long. */
function joined(before: string, texts: readonly string[], behind: string): string {
  try {
    return `${before}${texts.join()}${behind}`;
  } catch (error) {
    throw new VectorSearchError('OUT_OF_MEMORY', undefined, undefined, { cause: error });
  }
}

function jsonOf(value: unknown): string {
  return value instanceof JsonText ? value.text : (JSON.stringify(value, plain) ?? 'null');
}

/** Typed arrays as JSON knows them. */
function plain(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? [...(value as unknown as Iterable<number>)] : value;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function damaged(offset: number, cause?: unknown): VectorSearchError {
  return new VectorSearchError('CORRUPT_DATA', undefined, `${offset} of a logged change`, { cause });
}
