// @ts-check
// The demo's data: images of Fashion-MNIST, which are their own vectors, read from data/fashion.bin.
// Plain JavaScript, so that the page and the Node demo read it by the same code.
// The byte layout is told in data/README.md.

import { gunzip } from './gunzip.js';

/** Sides of an image, in pixels. */
export const IMAGE_SIDE = 28;

/** What the labels 0 to 9 mean. */
export const kinds = /** @type {const} */ ([
  'T-shirt',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]);

/**
@typedef {object} Images
@property {number} count Images.
@property {number} dim Pixels of an image.
@property {Uint8Array<ArrayBuffer>} labels [count] places in {@link kinds}.
@property {Uint8Array<ArrayBuffer>} pixels [count x dim], row by row; 0 is the background, 255 the brightest.
@property {(first: number, count: number) => Float32Array<ArrayBuffer>} slice
  Some images as vectors, [count x dim], 0 to 1: a new array.
*/

const HEADER_BYTES = 8;

/**
Decode `fashion.bin`: gzip of a header, the labels and the pixels.

@param {ArrayBuffer} bytes The whole file.
@returns {Promise<Images>}
@throws {RangeError} that names the file, where it is cut short, its content is not as long as its header says, or a
  label means nothing.
*/
export async function decodeImages(bytes) {
  const content = await gunzip('fashion.bin', bytes);
  const whole = content.byteLength >= HEADER_BYTES;
  const [count, dim] = whole ? /** @type {[number, number]} */ ([...new Uint32Array(content, 0, 2)]) : [0, 0];
  const expected = HEADER_BYTES + count + count * dim;
  if (!whole || content.byteLength !== expected) {
    throw new RangeError('fashion.bin is damaged: its content is not as long as its header says');
  }
  const labels = new Uint8Array(content, HEADER_BYTES, count);
  if (labels.some((label) => label >= kinds.length))
    throw new RangeError('fashion.bin is damaged: a label means nothing');
  const pixels = new Uint8Array(content, HEADER_BYTES + count);
  return {
    count,
    dim,
    labels,
    pixels,
    slice(first, sliceCount) {
      const vectors = new Float32Array(sliceCount * dim);
      for (let i = 0, at = first * dim; i < vectors.length; i++, at++)
        vectors[i] = /** @type {number} */ (pixels[at]) / 255;
      return vectors;
    },
  };
}
