// @ts-check
// The demo's data: passages of the World English Bible and their embeddings, read from the two files in data/.
// Plain JavaScript, so that the page and the Node demo read them by the same code.
// The byte layout is told in data/README.md.

import { gunzip } from './gunzip.js';

/**
@typedef {object} Passage One passage: a chapter, or a part of a long one.
@property {string} code Short name of its book: `GEN`.
@property {string} book Full name of its book: `Genesis`.
@property {'Old' | 'New'} testament
@property {number} chapter From 1.
@property {number} part Which part of its chapter, from 1.
@property {number} parts How many parts the chapter has.
@property {string} text Verses, one a line.
*/

/**
@typedef {object} Embeddings
@property {number} count Rows.
@property {number} dim Numbers in a row.
@property {(first: number, count: number) => Float32Array<ArrayBuffer>} slice
  Some rows, [count x dim], row-major, unit length: a new array.
*/

const HEADER_BYTES = 8;

/**
Open `passages-vectors.bin`. Rows are decoded when they are asked for: `mean[d] + scale[row] * code[row][d]`, then
scaled to unit length.

@param {ArrayBuffer} bytes The whole file.
@returns {Embeddings}
@throws {RangeError} that names the file, where it is not as long as its header says.
*/
export function openEmbeddings(bytes) {
  const header = new DataView(bytes);
  const whole = bytes.byteLength >= HEADER_BYTES;
  const count = whole ? header.getUint32(0, true) : 0;
  const dim = whole ? header.getUint32(4, true) : 0;
  const expected = HEADER_BYTES + 4 * dim + 4 * count + count * dim;
  if (!whole || bytes.byteLength !== expected) {
    throw new RangeError(
      `passages-vectors.bin is damaged: its ${bytes.byteLength} bytes are not what its header says`,
    );
  }
  const mean = new Float32Array(bytes, HEADER_BYTES, dim);
  const scales = new Float32Array(bytes, HEADER_BYTES + 4 * dim, count);
  const codes = new Int8Array(bytes, HEADER_BYTES + 4 * dim + 4 * count);

  return {
    count,
    dim,
    slice(first, sliceCount) {
      const vectors = new Float32Array(sliceCount * dim);
      for (let row = 0; row < sliceCount; row++) {
        decodeRow(first + row, vectors.subarray(row * dim, (row + 1) * dim));
      }
      return vectors;
    },
  };

  /** @param {number} row @param {Float32Array} out */
  function decodeRow(row, out) {
    const scale = /** @type {number} */ (scales[row]);
    let squares = 0;
    for (let d = 0, at = row * dim; d < dim; d++, at++) {
      const value = /** @type {number} */ (mean[d]) + scale * /** @type {number} */ (codes[at]);
      out[d] = value;
      squares += value * value;
    }
    const unit = 1 / Math.sqrt(squares);
    for (let d = 0; d < dim; d++) out[d] = /** @type {number} */ (out[d]) * unit;
  }
}

/**
All rows of `passages-vectors.bin` at once.

@param {ArrayBuffer} bytes The whole file.
@returns {{ count: number, dim: number, vectors: Float32Array<ArrayBuffer> }} `vectors`: [count x dim]
@throws {RangeError} as {@link openEmbeddings}.
*/
export function decodeEmbeddings(bytes) {
  const { count, dim, slice } = openEmbeddings(bytes);
  return { count, dim, vectors: slice(0, count) };
}

/**
Decode `passages-texts.bin`: gzipped JSON, books in order, each with its chapters, each with its parts.
Passages come in the order of the rows.

@param {ArrayBuffer} bytes The whole file.
@returns {Promise<Passage[]>}
@throws {RangeError} that names the file, where it is cut short or holds something else.
*/
export async function decodePassages(bytes) {
  const books = readBooks(await gunzip('passages-texts.bin', bytes));
  return books.flatMap(({ code, name, testament, chapters }) =>
    chapters.flatMap(({ chapter, parts }) =>
      parts.map((text, i) => ({
        code,
        book: name,
        testament,
        chapter,
        part: i + 1,
        parts: parts.length,
        text,
      })),
    ),
  );
}

/**
@param {ArrayBuffer} json
@returns {{ code: string, name: string, testament: 'Old' | 'New', chapters: { chapter: number, parts: string[] }[] }[]}
*/
function readBooks(json) {
  try {
    return JSON.parse(new TextDecoder().decode(json));
  } catch (cause) {
    throw new RangeError('passages-texts.bin is damaged: it holds something else than passages', { cause });
  }
}

/**
How a reader names a passage: `John 3`, or `John 3, part 2 of 3` where the chapter has several.

@param {Passage} passage
*/
export function reference({ book, chapter, part, parts }) {
  return parts === 1 ? `${book} ${chapter}` : `${book} ${chapter}, part ${part} of ${parts}`;
}
