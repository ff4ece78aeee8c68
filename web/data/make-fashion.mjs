// Makes fashion.bin of the source described in README.md.
//
//   node web/data/make-fashion.mjs FOLDER
//
// FOLDER holds vectors_u8.npy [count x 784] and labels_u8.npy [count].

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decodeImages } from '../fashion.js';
import { readNpy } from './npy.mjs';

const source = process.argv[2];
if (!source) throw new Error('Usage: node web/data/make-fashion.mjs FOLDER');

const images = readNpy(join(source, 'vectors_u8.npy'), Uint8Array);
const labels = readNpy(join(source, 'labels_u8.npy'), Uint8Array);
if (labels.values.length !== images.count) throw new Error('Not as many labels as images');

const header = Buffer.from(Uint32Array.of(images.count, images.dim).buffer);
const file = gzipSync(Buffer.concat([header, labels.values, images.values]), { level: 9 });
writeFileSync(new URL('fashion.bin', import.meta.url), file);

const again = await decodeImages(Uint8Array.from(file).buffer);
if (Buffer.compare(again.pixels, images.values) !== 0) throw new Error('What was written reads otherwise');
console.log(`${images.count} images: ${(file.length / 1e6).toFixed(2)} MB`);
