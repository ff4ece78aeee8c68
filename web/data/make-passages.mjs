// Makes passages-vectors.bin and passages-texts.bin of the source described in README.md, and measures
// what the compact form costs in recall.
//
//   node web/data/make-passages.mjs FOLDER
//
// FOLDER holds vectors.npy (float32), rows.jsonl, heldout_rows.json (row numbers used as queries) and
// truth_heldout_cos_top100.npy (their exact cosine neighbors among the other rows, int32).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { decodeEmbeddings } from '../passages.js';
import { readNpy } from './npy.mjs';

const OLD_TESTAMENT = `GEN Genesis|EXO Exodus|LEV Leviticus|NUM Numbers|DEU Deuteronomy|JOS Joshua|JDG Judges|RUT Ruth
1SA 1 Samuel|2SA 2 Samuel|1KI 1 Kings|2KI 2 Kings|1CH 1 Chronicles|2CH 2 Chronicles|EZR Ezra|NEH Nehemiah|EST Esther
JOB Job|PSA Psalms|PRO Proverbs|ECC Ecclesiastes|SNG Song of Solomon|ISA Isaiah|JER Jeremiah|LAM Lamentations|EZK Ezekiel
DAN Daniel|HOS Hosea|JOL Joel|AMO Amos|OBA Obadiah|JON Jonah|MIC Micah|NAM Nahum|HAB Habakkuk|ZEP Zephaniah|HAG Haggai
ZEC Zechariah|MAL Malachi`;
const NEW_TESTAMENT = `MAT Matthew|MRK Mark|LUK Luke|JHN John|ACT Acts|ROM Romans|1CO 1 Corinthians|2CO 2 Corinthians
GAL Galatians|EPH Ephesians|PHP Philippians|COL Colossians|1TH 1 Thessalonians|2TH 2 Thessalonians|1TI 1 Timothy
2TI 2 Timothy|TIT Titus|PHM Philemon|HEB Hebrews|JAS James|1PE 1 Peter|2PE 2 Peter|1JN 1 John|2JN 2 John|3JN 3 John
JUD Jude|REV Revelation`;

const BOOKS = [
  ['Old', OLD_TESTAMENT],
  ['New', NEW_TESTAMENT],
].flatMap(([testament, list]) =>
  list.split(/[|\n]/).map((entry) => ({ code: entry.slice(0, 3), name: entry.slice(4), testament })),
);

const source = process.argv[2];
if (!source) throw new Error('Usage: node web/data/make-passages.mjs FOLDER');

const target = fileURLToPath(new URL('.', import.meta.url));
const original = readNpy(join(source, 'vectors.npy'), Float32Array);
const sourceRows = readFileSync(join(source, 'rows.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { rows, books } = inBookOrder(sourceRows);

writeFileSync(join(target, 'passages-texts.bin'), gzipSync(JSON.stringify(books), { level: 9 }));
const encoded = encode(original, rows);
writeFileSync(join(target, 'passages-vectors.bin'), encoded);
report(encoded);

/** Sorts the source's rows (by book name there) as a Bible has them; inside a book they are in order. */
function inBookOrder(sourceRows) {
  const rows = [];
  const books = [];
  for (const { code, name, testament } of BOOKS) {
    const chapters = [];
    sourceRows.forEach(({ book, chapter, text }, row) => {
      if (book !== code) return;
      if (chapters.at(-1)?.chapter !== chapter) chapters.push({ chapter, parts: [] });
      chapters.at(-1).parts.push(tidy(text));
      rows.push(row);
    });
    if (chapters.length > 0) books.push({ code, name, testament, chapters });
  }
  if (rows.length !== sourceRows.length) throw new Error('A row names a book that this script does not know');
  return { rows, books };
}

/** Verses end in " \n" in the source; some have a no-break space. */
function tidy(text) {
  return text
    .replaceAll('\u00a0', ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .trim();
}

/** One signed byte a value, of what is left after the mean row is taken away, with one scale a row. */
function encode({ dim, values }, rows) {
  const mean = new Float32Array(dim);
  for (let d = 0; d < dim; d++) {
    let sum = 0;
    for (const row of rows) sum += values[row * dim + d];
    mean[d] = sum / rows.length;
  }
  const scales = new Float32Array(rows.length);
  const codes = new Int8Array(rows.length * dim);
  rows.forEach((row, i) => {
    let largest = 0;
    for (let d = 0; d < dim; d++) largest = Math.max(largest, Math.abs(values[row * dim + d] - mean[d]));
    scales[i] = largest / 127;
    for (let d = 0; d < dim; d++)
      codes[i * dim + d] = Math.round((values[row * dim + d] - mean[d]) / scales[i]);
  });
  const header = Uint32Array.of(rows.length, dim);
  return Buffer.concat([header, mean, scales, codes].map((part) => Buffer.from(part.buffer)));
}

/** Recall of exact search over the decoded rows, by the truth that was computed on the original ones. */
function report(encoded) {
  const { count, dim, vectors } = decodeEmbeddings(Uint8Array.from(encoded).buffer);
  const heldOut = JSON.parse(readFileSync(join(source, 'heldout_rows.json'), 'utf8'));
  const truth = readNpy(join(source, 'truth_heldout_cos_top100.npy'), Int32Array);
  const placeOf = new Int32Array(count);
  rows.forEach((row, place) => {
    placeOf[row] = place;
  });
  const isQuery = new Set(heldOut);
  const found = { 1: 0, 10: 0, 100: 0 };
  heldOut.forEach((query, q) => {
    const scored = rows
      .filter((row) => !isQuery.has(row))
      .map((row) => ({ row, score: dot(placeOf[query], placeOf[row]) }));
    scored.sort((a, b) => b.score - a.score || a.row - b.row);
    for (const k of [1, 10, 100]) {
      const nearest = new Set(truth.values.subarray(q * truth.dim, q * truth.dim + k));
      found[k] += scored.slice(0, k).filter(({ row }) => nearest.has(row)).length / k;
    }
  });
  console.log(`${count} rows x ${dim}: ${(encoded.length / 1e6).toFixed(2)} MB of vectors`);
  for (const [k, sum] of Object.entries(found))
    console.log(`recall@${k} ${(sum / heldOut.length).toFixed(4)}`);

  function dot(a, b) {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += vectors[a * dim + d] * vectors[b * dim + d];
    return sum;
  }
}
