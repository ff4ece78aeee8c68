/**
Measures searches over a collection, in a worker of its own that ends with the run.

Times are those that the engine tells of itself, so that the way to the worker is not in them. Some browsers' clocks
tick in whole milliseconds: a mean over many searches is right all the same, since a tick falls into each as often as
the search is long. Of several such means the median is taken, since a browser has other things to do too.

@module
*/
import {
  createWorkerEngine,
  createWorkerStore,
  type Metric,
  type SearchResults,
  type WorkerEngine,
  type WorkerHandle,
  type WorkerStore,
} from 'vicinal/worker';
import { metrics, type VariantChoice } from '../address.js';
import { addRows, type Rows } from '../search/rows.js';
import { beginWorker, endWorker } from '../search/workers.js';
import type { BenchmarkModule, CodeSearch, ExactSearch, Measurements } from './measurements.js';

const QUERIES = 100;
const RECALL_K = 10;
/** Searches that are not measured: a module's first ones run in code that is not yet optimised. */
const WARM_UP_QUERIES = 20;
/** Of batches by time: each metric has a kernel of its own for them, which is optimised beside the search. */
const WARM_UP_BATCHES_MS = 400;
const ROUNDS = 5;
const BITS = [8, 4, 2, 1] as const;

/** All steps take about as long, near enough for a progress bar. */
const STEPS = metrics.length + 1 + BITS.length;

export interface BenchmarkOptions {
  /** Metric of the compressed searches. */
  readonly metric: Metric;
  readonly variant: VariantChoice;
  readonly signal: AbortSignal;
  readonly onStep: (text: string, part: number) => void;
  /** Called before each step. */
  readonly onModule: (module: BenchmarkModule) => void;
  /** Called with all that was measured so far. */
  readonly onMeasured: (measurements: Measurements) => void;
}

interface Bench extends BenchmarkOptions {
  readonly worker: WorkerHandle;
  readonly rows: Rows;
  /** `[QUERIES x dim]`: rows of the collection, evenly spread. */
  readonly queries: Float32Array;
  readonly queryIds: readonly number[];
}

/** Resolves when all is measured and the worker has ended. @throws The signal's reason, once the worker has ended. */
export async function runBenchmark(rows: Rows, options: BenchmarkOptions): Promise<void> {
  const { metric, variant, signal, onStep, onModule, onMeasured } = options;
  onStep('Starting a worker…', 0);
  const worker = await beginWorker(variant, signal);
  let step = 0;
  const next = async (text: string): Promise<void> => {
    onModule({ variant: worker.variant, memory: await worker.performanceMetrics({ signal }) });
    onStep(text, step++ / STEPS);
  };
  try {
    const bench: Bench = { ...options, worker, rows, ...spreadQueries(rows) };
    const found = { rowCount: rows.count, dim: rows.dim, variant: worker.variant, metric };
    const exact: ExactSearch[] = [];
    const codes: CodeSearch[] = [];
    const tell = (): void => onMeasured({ ...found, exact: [...exact], codes: [...codes] });

    for (const each of metrics) {
      await next(`Exact search, ${each}…`);
      exact.push(await measureExact(bench, each));
      tell();
    }
    await next('Exact search, to compare with…');
    const truth = await measureTruth(bench);
    codes.push(truth.search);
    for (const bits of BITS) {
      await next(`Compressed search, ${bits} ${bits === 1 ? 'bit' : 'bits'} a value…`);
      codes.push(await measureCodes(bench, bits, truth.nearest));
      tell();
    }
  } finally {
    await endWorker(worker);
  }
}

function spreadQueries(rows: Rows): Pick<Bench, 'queries' | 'queryIds'> {
  const queryIds = Array.from({ length: QUERIES }, (_, q) => Math.floor((q * rows.count) / QUERIES));
  const queries = new Float32Array(QUERIES * rows.dim);
  queryIds.forEach((id, q) => {
    queries.set(rows.slice(id, 1), q * rows.dim);
  });
  return { queries, queryIds };
}

async function measureExact(bench: Bench, metric: Metric): Promise<ExactSearch> {
  return withEngine(bench, metric, async (engine) => {
    const oneMs = await timeOfSingles(bench, engine);
    const batch = async (): Promise<number> => {
      const [first] = await engine.searchBatch(bench.queries, RECALL_K, { signal: bench.signal });
      return first?.queryTime() ?? 0;
    };
    const warm = performance.now() + WARM_UP_BATCHES_MS;
    while (performance.now() < warm) await batch();
    const batches: number[] = [];
    for (let round = 0; round < ROUNDS; round++) batches.push(await batch());
    return { metric, oneMs, batchMs: median(batches) };
  });
}

/** The floats themselves, for the same charts as the codes; and what the exact neighbors are. */
async function measureTruth(bench: Bench): Promise<{ search: CodeSearch; nearest: readonly Set<number>[] }> {
  return withEngine(bench, bench.metric, async (engine) => {
    const oneMs = await timeOfSingles(bench, engine);
    const { vectorBytes } = await engine.stats({ signal: bench.signal });
    const search: CodeSearch = { bits: 32, oneMs, memoryBytes: vectorBytes, recall: 1, rescoredRecall: 1 };
    return { search, nearest: await nearestOthers(bench, engine) };
  });
}

async function measureCodes(
  bench: Bench,
  bits: (typeof BITS)[number],
  truth: readonly Set<number>[],
): Promise<CodeSearch> {
  const byCodes = await withStore(bench, bits, false, async (store) => ({
    oneMs: await timeOfSingles(bench, store),
    memoryBytes: await store.memoryUsage({ signal: bench.signal }),
    recall: recallOf(await nearestOthers(bench, store), truth),
  }));
  const rescoredRecall = await withStore(bench, bits, true, async (store) =>
    recallOf(await nearestOthers(bench, store), truth),
  );
  return { bits, ...byCodes, rescoredRecall };
}

async function withEngine<Value>(
  { rows, worker, signal }: Bench,
  metric: Metric,
  measure: (engine: WorkerEngine) => Promise<Value>,
): Promise<Value> {
  const engine = await createWorkerEngine({ dim: rows.dim, metric, worker, signal });
  try {
    await engine.reserve(rows.count, { signal });
    await addRows(engine, rows, signal);
    return await measure(engine);
  } finally {
    void engine.dispose();
  }
}

async function withStore<Value>(
  { rows, worker, metric, signal }: Bench,
  bits: (typeof BITS)[number],
  keepVectors: boolean,
  measure: (store: WorkerStore) => Promise<Value>,
): Promise<Value> {
  const store = await createWorkerStore({ dim: rows.dim, metric, bits, keepVectors, worker, signal });
  try {
    await addRows(store, rows, signal);
    return await measure(store);
  } finally {
    void store.dispose();
  }
}

/** Time of one search, one after another: each round searches for its share of the queries. */
async function timeOfSingles(bench: Bench, target: WorkerEngine | WorkerStore): Promise<number> {
  const { queries, rows, signal } = bench;
  const search = async (q: number): Promise<number> => {
    const query = queries.subarray(q * rows.dim, (q + 1) * rows.dim);
    return (await target.search(query, RECALL_K, { signal })).queryTime();
  };
  for (let q = 0; q < WARM_UP_QUERIES; q++) await search(q);
  const rounds: number[][] = Array.from({ length: ROUNDS }, () => []);
  for (let q = 0; q < QUERIES; q++) rounds[Math.floor((q * ROUNDS) / QUERIES)]?.push(await search(q));
  return median(rounds.map(mean));
}

/** Of each query, the ids of the nearest rows but itself. */
async function nearestOthers(bench: Bench, target: WorkerEngine | WorkerStore): Promise<Set<number>[]> {
  const results: SearchResults[] = await target.searchBatch(bench.queries, RECALL_K + 1, {
    signal: bench.signal,
  });
  return results.map(
    ({ ids }, q) => new Set([...ids].filter((id) => id !== bench.queryIds[q]).slice(0, RECALL_K)),
  );
}

function recallOf(found: readonly Set<number>[], truth: readonly Set<number>[]): number {
  return mean(truth.map((ids, q) => [...ids].filter((id) => found[q]?.has(id)).length / ids.size));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
