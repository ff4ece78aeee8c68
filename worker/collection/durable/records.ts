/**
Pieces of bytes, each behind its length: how a section of a checkpoint holds one piece a slot, or none.

  u32  bytes of the piece
       the piece, then zeros up to a multiple of 4

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { SlotMarks } from './slot-marks.js';

/** Pieces are handed on when so many bytes of them are there. */
const chunkBytes = 256 * 1024;

const utf8 = new TextEncoder();
/** Bytes of UTF-8 for a code unit, at most. */
const mostBytesOfUnit = 3;

/**
Pieces of slots as a section is written from them, in chunks. Texts become UTF-8.

@param pieces - Of one slot after another; nothing for one without.
@param marks - Of the slots before them. Those of the pieces are added.
*/
export function* inChunks(
  pieces: Iterable<Uint8Array | string | undefined>,
  marks = new SlotMarks(),
): Generator<Uint8Array, void, void> {
  let chunk = new Uint8Array(chunkBytes);
  let words = new DataView(chunk.buffer);
  let length = 0;
  for (const piece of pieces) {
    if (piece === undefined) {
      marks.add(0);
      continue;
    }
    const most = typeof piece === 'string' ? mostBytesOfUnit * piece.length : piece.length;
    const bytes = sectionBytes(most);
    if (length + bytes > chunk.length) {
      if (length > 0) yield chunk.subarray(0, length);
      chunk = new Uint8Array(Math.max(chunkBytes, bytes));
      words = new DataView(chunk.buffer);
      length = 0;
    }
    if (typeof piece !== 'string') chunk.set(piece, length + 4);
    const pieceBytes = typeof piece === 'string' ? putText(piece, chunk, length + 4) : piece.length;
    words.setUint32(length, pieceBytes, true);
    length += sectionBytes(pieceBytes);
    marks.add(sectionBytes(pieceBytes));
  }
  if (length > 0) yield chunk.subarray(0, length);
}

/** Puts a text where there is room for it. The encoder takes a microsecond for even a short one. */
function putText(text: string, into: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return utf8.encodeInto(text, into.subarray(at)).written;
    into[at + i] = unit;
  }
  return text.length;
}

/** Where a piece lies in its section, in bytes. */
export interface PiecePlace {
  readonly start: number;
  readonly end: number;
}

/**
The places of the pieces of a section, one after another.

@throws {VectorSearchError} with code `CORRUPT_DATA` where they do not end with it.
*/
export function* placesOf(section: Uint8Array): Generator<PiecePlace, void, void> {
  const words = new DataView(section.buffer, section.byteOffset, section.byteLength);
  for (let offset = 0; offset < section.length; ) {
    const length = offset + 4 <= section.length ? words.getUint32(offset, true) : Number.POSITIVE_INFINITY;
    const next = offset + sectionBytes(length);
    if (next > section.length)
      throw new VectorSearchError('CORRUPT_DATA', undefined, `${offset} of a section`);
    yield { start: offset + 4, end: offset + 4 + length };
    offset = next;
  }
}

/** As {@link placesOf}, the pieces themselves: views of the section's bytes, which take longer to make than to read. */
export function* piecesOf(section: Uint8Array): Generator<Uint8Array, void, void> {
  for (const { start, end } of placesOf(section)) yield section.subarray(start, end);
}

/**
The pieces of the end of a section, whose bytes begin in the middle of one: from the first place on where all that follows
are pieces.

@param read - What a piece is. Throws for bytes that are none, as the inside of a piece must be.
*/
export function lastPieces<Piece>(end: Uint8Array, read: (bytes: Uint8Array) => Piece): readonly Piece[] {
  for (let start = 0; start < end.length; start += 4) {
    try {
      return Array.from(piecesOf(end.subarray(start)), read);
    } catch {
      // Not here.
    }
  }
  return [];
}

/** The pieces of the start of a section, whose bytes end in the middle of one. */
export function* firstPieces(start: Uint8Array): Generator<Uint8Array, void, void> {
  try {
    yield* piecesOf(start);
  } catch {
    // The last one is not all there.
  }
}

/** Of a piece of so many bytes. */
export function sectionBytes(pieceBytes: number): number {
  return 4 + Math.ceil(pieceBytes / 4) * 4;
}
