// Times searches through the package, as a user makes them: exact by every metric and k, batches, and codes
// with their recall.
//
//   node search.mjs [--rows N] [--dim D] [--rounds N] [--json FILE]
//
// What is compared takes turns in every round, so that what else the machine does falls on all of it; medians over
// rounds are shown. Rows: seeded clusters of unit vectors, and the demo's passages.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import init, { CompressedVectorStore, performanceMetrics, VectorSearchEngine } from 'vicinal';
import { decodeEmbeddings } from '../../web/passages.js';

const METRICS = ['cosine', 'euclidean', 'manhattan', 'dot'];
const KS = [1, 10, 100, 1000];
const BITS = [8, 4, 2, 1];
const QUERIES = 100;
const CLUSTERS = 200;
const SPREAD = 0.5; // of a row around its cluster's center, both of unit length
const K = 10;

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    dim: { type: 'string', default: '768' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'string' },
  },
});
const rowCount = Number(options.rows);
const dim = Number(options.dim);
const rounds = Number(options.rounds);

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Numbers in [-0.5, 0.5), the same for the same seed (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  };
}

function normalise(rows) {
  for (let at = 0; at < rows.length; at += dim) {
    let squares = 0;
    for (let i = at; i < at + dim; i++) squares += rows[i] ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let i = at; i < at + dim; i++) rows[i] *= scale;
  }
  return rows;
}

function clusteredRows(count, seed) {
  const randomCenter = randomNumbers(1);
  const random = randomNumbers(seed);
  const centers = normalise(Float32Array.from({ length: CLUSTERS * dim }, randomCenter));
  const noise = normalise(Float32Array.from({ length: count * dim }, random));
  for (let row = 0; row < count; row++) {
    const center = Math.floor((random() + 0.5) * CLUSTERS) * dim;
    for (let i = 0; i < dim; i++) {
      noise[row * dim + i] = centers[center + i] + SPREAD * noise[row * dim + i];
    }
  }
  return normalise(noise);
}

/** Medians over the rounds of every named call, in milliseconds. */
function takeTurns(calls) {
  const times = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, call] of Object.entries(calls)) {
      const started = performance.now();
      call(Math.max(0, round));
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

const nth = (flat, at, width) => flat.subarray((at % QUERIES) * width, ((at % QUERIES) + 1) * width);
const ms = (value) => value.toFixed(2).padStart(9);

/** Times exact search by every metric and k, and prints a line each. */
function timeExact(rows, queries) {
  console.log(`exact      ${KS.map((k) => `k = ${k}`.padStart(9)).join('')}  k 1000 / 10  batch, k = 10`);
  return Object.fromEntries(
    METRICS.map((metric) => {
      const engine = new VectorSearchEngine(dim, metric);
      engine.addBatch(rows);
      const singles = KS.map((k) => [k, (round) => engine.search(nth(queries, round, dim), k)]);
      const times = takeTurns({
        ...Object.fromEntries(singles),
        batch: () => engine.searchBatch(queries, 10),
      });
      times.batch /= QUERIES;
      engine.dispose();
      const byK = KS.map((k) => ms(times[k])).join('');
      const ratio = (times[1000] / times[10]).toFixed(2).padStart(11);
      console.log(`${metric.padEnd(10)} ${byK}  ${ratio}  ${ms(times.batch)}`);
      return [metric, times];
    }),
  );
}

/** Times the codes beside exact search by cosine, measures their recall, and prints a line each. */
function timeCodes(name, rows, queries, width) {
  console.log(`\n${name.padEnd(44)}recall@${K}`);
  console.log('cosine, k = 10    smaller     single  x exact      batch  by code  rescored x 4');
  const exact = new VectorSearchEngine(width);
  exact.addBatch(rows);
  const truth = exact.searchBatch(queries, K).map(({ ids }) => new Set(ids));
  const recall = (results) => {
    const found = results.flatMap(({ ids }, at) => [...ids].filter((id) => truth[at].has(id)));
    return found.length / (QUERIES * K);
  };
  const lines = BITS.map((bits) => {
    const store = new CompressedVectorStore(width, { bits });
    const keeping = new CompressedVectorStore(width, { bits, keepVectors: true });
    store.addBatch(rows);
    keeping.addBatch(rows);
    const times = takeTurns({
      exact: (round) => exact.search(nth(queries, round, width), K),
      single: (round) => store.search(nth(queries, round, width), K),
      batch: () => store.searchBatch(queries, K),
    });
    times.batch /= QUERIES;
    const figures = {
      bits,
      ...times,
      compressionRatio: store.compressionRatio(),
      recallByCode: recall(store.searchBatch(queries, K)),
      recallRescored: recall(keeping.searchBatch(queries, K, { oversampling: 4 })),
    };
    store.dispose();
    keeping.dispose();
    console.log(
      `${`${bits} bit${bits > 1 ? 's' : ''}`.padEnd(17)} ${figures.compressionRatio.toFixed(1).padStart(7)}  ` +
        `${ms(times.single)}  ${(times.exact / times.single).toFixed(1).padStart(7)}  ${ms(times.batch)}  ` +
        `${figures.recallByCode.toFixed(3).padStart(7)}  ${figures.recallRescored.toFixed(3).padStart(12)}`,
    );
    return figures;
  });
  exact.dispose();
  return lines;
}

/** The demo's passages: some rows taken out as queries, the rest to search. */
async function passages() {
  const file = await readFile(new URL('../../web/data/passages-vectors.bin', import.meta.url));
  const { count, dim: width, vectors } = decodeEmbeddings(new Uint8Array(file).buffer);
  const every = Math.floor(count / QUERIES);
  const isQuery = (row) => row % every === 0 && row < every * QUERIES;
  const pick = (wanted) => vectors.filter((_, at) => isQuery(Math.floor(at / width)) === wanted);
  return { width, rows: pick(false), queries: pick(true) };
}

await init();
const rows = clusteredRows(rowCount, 2);
const queries = clusteredRows(QUERIES, 3);
const real = await passages();
const { variant } = performanceMetrics();

console.log(`${cpus()[0].model}, Node ${process.version}, ${variant}, ${rowCount} rows of ${dim} values`);
console.log(`Milliseconds a query, medians; a batch is of ${QUERIES}.\n`);
const results = {
  exact: timeExact(rows, queries),
  clustered: timeCodes(`${rowCount} x ${dim}, clusters`, rows, queries, dim),
  passages: timeCodes(
    `${real.rows.length / real.width} x ${real.width}, passages`,
    real.rows,
    real.queries,
    real.width,
  ),
};

if (options.json) {
  const machine = { cpu: cpus()[0].model, node: process.version, variant };
  writeFileSync(options.json, `${JSON.stringify({ machine, rowCount, dim, ...results }, null, 2)}\n`);
}
