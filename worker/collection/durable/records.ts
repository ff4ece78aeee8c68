/**
Pieces of bytes, each behind its length: how a section of a checkpoint holds one piece a slot.

  u32  bytes of the piece
       the piece, then zeros up to a multiple of 4

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';

/** Pieces are handed on when so many bytes of them are there. */
const chunkBytes = 256 * 1024;

/** Pieces as a section is written from them, in chunks. */
export function* inChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, void> {
  let chunk = new Uint8Array(chunkBytes);
  let length = 0;
  for (const piece of pieces) {
    const bytes = 4 + aligned(piece.length);
    if (length + bytes > chunk.length) {
      if (length > 0) yield chunk.subarray(0, length);
      chunk = new Uint8Array(Math.max(chunkBytes, bytes));
      length = 0;
    }
    new DataView(chunk.buffer).setUint32(length, piece.length, true);
    chunk.set(piece, length + 4);
    length += bytes;
  }
  if (length > 0) yield chunk.subarray(0, length);
}

/**
The pieces of a section: views of its bytes.

@throws {VectorSearchError} with code `CORRUPT_DATA` where they do not end with it.
*/
export function* piecesOf(section: Uint8Array): Generator<Uint8Array, void, void> {
  const words = new DataView(section.buffer, section.byteOffset, section.byteLength);
  for (let offset = 0; offset < section.length; ) {
    const length = offset + 4 <= section.length ? words.getUint32(offset, true) : Number.POSITIVE_INFINITY;
    const end = offset + 4 + aligned(length);
    if (end > section.length)
      throw new VectorSearchError('CORRUPT_DATA', undefined, `${offset} of a section`);
    yield section.subarray(offset + 4, offset + 4 + length);
    offset = end;
  }
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

function aligned(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
