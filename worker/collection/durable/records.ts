/**
Pieces of bytes, each behind its length: how a section of a checkpoint holds one piece a slot.

  u32  bytes of the piece
       the piece, then zeros up to a multiple of 4

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';

/** Pieces are handed on when so many bytes of them are there. */
const chunkBytes = 256 * 1024;

const utf8 = new TextEncoder();
/** Bytes of UTF-8 for a code unit, at most. */
const mostBytesOfUnit = 3;

/** Pieces as a section is written from them, in chunks. Texts become UTF-8. */
export function* inChunks(pieces: Iterable<Uint8Array | string>): Generator<Uint8Array, void, void> {
  let chunk = new Uint8Array(chunkBytes);
  let words = new DataView(chunk.buffer);
  let length = 0;
  for (const piece of pieces) {
    const most = typeof piece === 'string' ? mostBytesOfUnit * piece.length : piece.length;
    const bytes = 4 + aligned(most);
    if (length + bytes > chunk.length) {
      if (length > 0) yield chunk.subarray(0, length);
      chunk = new Uint8Array(Math.max(chunkBytes, bytes));
      words = new DataView(chunk.buffer);
      length = 0;
    }
    if (typeof piece !== 'string') chunk.set(piece, length + 4);
    const pieceBytes = typeof piece === 'string' ? putText(piece, chunk, length + 4) : piece.length;
    words.setUint32(length, pieceBytes, true);
    length += 4 + aligned(pieceBytes);
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
