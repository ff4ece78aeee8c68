// Answers sample queries over the demo's two collections in Node: ./build.sh demo, or node web/demo.mjs.
// A query is a passage, given by its embedding, or an image; asked for are the nearest passages of other chapters, or
// images, which are told by their kind.

import { readFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import init, { CompressedVectorStore, performanceMetrics, VectorSearchEngine } from 'vicinal';
import { decodeImages, kinds } from './fashion.js';
import { decodeEmbeddings, decodePassages, reference } from './passages.js';

const SAMPLES = [
  { code: 'GEN', chapter: 1, part: 1, about: 'the creation of the world' },
  { code: 'ECC', chapter: 3, part: 1, about: 'a time for everything' },
  { code: 'LUK', chapter: 15, part: 2, about: 'the lost son comes home' },
  { code: 'JHN', chapter: 3, part: 2, about: 'God so loved the world' },
  { code: '1CO', chapter: 13, part: 1, about: 'love is patient and is kind' },
];
const HITS_SHOWN = 4;
const TIMED_SEARCHES = 50;
const RECALL_QUERIES = 100;
const RECALL_K = 10;
const IMAGE_QUERIES = 100;
const IMAGE_K = 10;

const [passages, { count, dim, vectors }] = await Promise.all([
  readData('passages-texts.bin').then(decodePassages),
  readData('passages-vectors.bin').then(decodeEmbeddings),
]);

await init();

const engine = new VectorSearchEngine(dim, 'cosine');
const addMs = timed(() => engine.addBatch(vectors, count));
const store = new CompressedVectorStore(dim, 8);
const compressMs = timed(() => store.addBatch(vectors, count));

const { variant, memoryBytes, capacity } = engine.stats();
print();
print(
  bold(`${number(count)} passages of the World English Bible`),
  faint(`${number(dim)} numbers each, cosine, exact search, ${variant} module`),
);

for (const sample of SAMPLES) answer(sample);
measure();

engine.dispose();
store.dispose();
await answerByImages();

/** Prints one query and its nearest passages, by the engine and by the 8-bit codes. */
function answer({ code, chapter, part, about }) {
  const id = passages.findIndex((p) => p.code === code && p.chapter === chapter && p.part === part);
  const query = engine.get(id);
  const filter = otherChapters(id);
  const hits = engine.search(query, HITS_SHOWN, { filter });
  const compressed = store.search(query, HITS_SHOWN, { filter });

  print();
  print(bold(reference(passages[id])), faint(about));
  const widest = Math.max(...[...hits].map((hit) => reference(passages[hit.id]).length));
  for (const hit of hits) {
    const score = hit.score.toFixed(3);
    const name = reference(passages[hit.id]).padEnd(widest);
    const used = `  ${score}  ${name}  `.length;
    print(`  ${accent(score)}  ${name}  ${faint(excerpt(passages[hit.id].text, used))}`);
  }
  const same = hits.toJSON().filter((hit) => compressed.ids.includes(hit.id)).length;
  const ms = medianMs(() => engine.search(query, HITS_SHOWN, { filter }));
  print(faint(`  found in ${milliseconds(ms)}; the 8-bit codes find ${same} of the ${hits.count()}`));
}

/** Prints how many of an image's nearest neighbors are of its kind, for each kind. */
async function answerByImages() {
  const images = await readData('fashion.bin').then(decodeImages);
  const engine = new VectorSearchEngine(images.dim, 'euclidean');
  engine.addBatch(images.slice(0, images.count), images.count);
  print(
    bold(`${number(images.count)} images of Fashion-MNIST`),
    faint(`${images.dim} pixels each, euclidean`),
  );
  print();
  kinds.forEach((kind, label) => {
    const ids = [...images.labels.keys()].filter((id) => images.labels[id] === label).slice(0, IMAGE_QUERIES);
    const queries = Float32Array.from(ids.flatMap((id) => [...engine.get(id)]));
    // The nearest of all is the image itself.
    const neighbors = engine.searchBatch(queries, IMAGE_K + 1).flatMap((hits) => [...hits.ids].slice(1));
    const alike = neighbors.filter((id) => images.labels[id] === label).length / neighbors.length;
    print(
      `  ${kind.padEnd(12)}${accent(`${Math.round(alike * 100)} %`.padStart(5))}`,
      faint('of its nearest are alike'),
    );
  });
  print();
  engine.dispose();
}

/** Prints what the whole costs: memory, times, and the recall of the compressed store. */
function measure() {
  const step = Math.floor(count / RECALL_QUERIES);
  const queries = new Float32Array(RECALL_QUERIES * dim);
  for (let q = 0; q < RECALL_QUERIES; q++) {
    queries.set(vectors.subarray(q * step * dim, (q * step + 1) * dim), q * dim);
  }
  const query = queries.subarray(0, dim);
  const truth = engine.searchBatch(queries, RECALL_K);
  const found = store.searchBatch(queries, RECALL_K);
  const shared = truth.reduce(
    (sum, hits, q) => sum + hits.ids.filter((id) => found[q].ids.includes(id)).length,
    0,
  );
  const recall = shared / (RECALL_QUERIES * RECALL_K);

  const exactMs = medianMs(() => engine.search(query, RECALL_K));
  const batchMs = medianMs(() => engine.searchBatch(queries, RECALL_K), 5) / RECALL_QUERIES;
  const codesMs = medianMs(() => store.search(query, RECALL_K));
  const codesBatchMs = medianMs(() => store.searchBatch(queries, RECALL_K), 5) / RECALL_QUERIES;
  const metrics = performanceMetrics();

  print();
  print(bold('What it takes'));
  const rows = [
    ['', 'exact', '8-bit codes'],
    ['one query, 10 hits', milliseconds(exactMs), milliseconds(codesMs)],
    ['a query of a batch of 100', milliseconds(batchMs), milliseconds(codesBatchMs)],
    [`recall@${RECALL_K} of 100 queries`, '1.000', recall.toFixed(3)],
    ['adding all rows', milliseconds(addMs), milliseconds(compressMs)],
    ['memory held', megabytes(memoryBytes), megabytes(store.memoryUsage())],
    ['smaller than the floats', '', `${store.compressionRatio().toFixed(2)} times`],
  ];
  for (const [label, exact, codes] of rows)
    print(`  ${label.padEnd(28)}${exact.padStart(12)}${codes.padStart(14)}`);
  print();
  print(faint(`  Times are medians of warm searches on one thread of Node ${process.versions.node}.`));
  print(
    faint(
      `  The engine has room for ${number(capacity)} rows; module memory in all: ${megabytes(metrics.memoryBytes)}.`,
    ),
  );
  print();
}

/** Ids of all passages that are not of the same chapter, as bits. */
function otherChapters(id) {
  const { code, chapter } = passages[id];
  const bits = new Uint32Array(Math.ceil(count / 32));
  passages.forEach((passage, other) => {
    if (passage.code !== code || passage.chapter !== chapter) bits[other >>> 5] |= 1 << (other & 31);
  });
  return { bits };
}

async function readData(name) {
  const file = await readFile(new URL(`./data/${name}`, import.meta.url));
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
}

function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Median of several runs; one more goes first, unmeasured. */
function medianMs(work, runs = TIMED_SEARCHES) {
  work();
  const times = Array.from({ length: runs }, () => timed(work)).sort((a, b) => a - b);
  return times[runs >> 1];
}

/** The beginning of a text, as much as fits on the rest of the line. */
function excerpt(text, used) {
  const room = Math.max(20, Math.min(process.stdout.columns ?? 110, 130) - used - 1);
  const line = text.replaceAll('\n', ' ');
  return line.length <= room ? line : `${line.slice(0, line.lastIndexOf(' ', room - 1))}…`;
}

function number(value) {
  return value.toLocaleString('en');
}

function milliseconds(ms) {
  return ms < 0.1 ? `${(ms * 1000).toFixed(0)} µs` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function styled(style, text) {
  const plain = !process.stdout.isTTY || process.env.NO_COLOR;
  return plain ? text : styleText(style, text);
}
function bold(text) {
  return styled('bold', text);
}
function faint(text) {
  return styled('dim', text);
}
function accent(text) {
  return styled('cyan', text);
}

function print(...parts) {
  console.log(parts.join('  '));
}
