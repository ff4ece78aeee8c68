/** The images, which are their own vectors, as data/README.md describes them. */
import { decodeImages, type Images } from '../fashion.js';
import { Collection } from '../search/collection.js';

export const fashion = new Collection<Images>(
  'fashion images',
  [{ url: new URL('../data/fashion.bin', import.meta.url), bytes: 1_572_572 }],
  async ([file]) => {
    const images = await decodeImages(file as ArrayBuffer);
    return { items: images, rows: images };
  },
);
