/**
Measures searches over a collection, in a worker of its own that ends with the run.

Times are those that the engine tells of itself, so that the way to the worker is not in them. Some browsers' clocks
tick in whole milliseconds: a mean over many searches is right all the same, since a tick falls into each as often as
the search is long, once many ticks have fallen. Of several such means the median is taken, since a browser has other
things to do too.

@module
*/
import {
  createWorkerEngine,
  type EngineOptions,
  type Metric,
  type Progress,
  type SearchOptions,
  type SearchResults,
  type WorkerEngine,
  type WorkerHandle,
} from 'vicinal/worker';
import { metrics, type VariantChoice } from '../address.js';
import type { Rows } from '../search/rows.js';
import { beginWorker, endWorker } from '../search/workers.js';
import { type CodeKind, codeKinds } from './codes.js';
import { efSearches, type GraphKind, graphKinds } from './graphs.js';
import { type HeldOut, holdOut } from './hold-out.js';
import type {
  BenchmarkModule,
  CodeSearch,
  ExactSearch,
  GraphSearch,
  GraphSearches,
  Measurements,
} from './measurements.js';

const QUERIES = 100;
const RECALL_K = 10;
/** Of batches by time: each metric has a kernel of its own for them, which is optimised beside the search. */
const WARM_UP_BATCHES_MS = 400;
const ROUNDS = 5;
/** Searches that a round goes on by. */
const STRIDE = QUERIES / ROUNDS;
/** Least time that a round searches: many ticks of a coarse clock. */
const ROUND_MS = 50;

/** All steps take about as long, near enough for a progress bar. */
const STEPS = metrics.length + 1 + graphKinds.length + codeKinds.length;
/** Of a step: codes may take seconds to learn. */
const FILL_SHARE = 0.7;

export interface BenchmarkOptions {
  /** Metric of the searches by codes and graphs. */
  readonly metric: Metric;
  readonly variant: VariantChoice;
  readonly signal: AbortSignal;
  readonly onStep: (text: string, part: number) => void;
  /** Called before each step. */
  readonly onModule: (module: BenchmarkModule) => void;
  /** Called with all that was measured so far. */
  readonly onMeasured: (measurements: Measurements) => void;
}

interface Bench extends BenchmarkOptions, HeldOut {
  readonly worker: WorkerHandle;
  /** Called as rows are learned from and added: 0 to 1. */
  readonly onFilled: (share: number) => void;
}

/** Ids of the nearest rows, of each query. */
type Nearest = readonly (readonly number[])[];

/** Resolves when all is measured and the worker has ended. @throws The signal's reason, once the worker has ended. */
export async function runBenchmark(rows: Rows, options: BenchmarkOptions): Promise<void> {
  const { metric, variant, signal, onStep, onModule, onMeasured } = options;
  onStep('Starting a worker…', 0);
  const worker = await beginWorker(variant, signal);
  let step = -1;
  let text = '';
  const onFilled = (share: number): void => onStep(text, (step + FILL_SHARE * share) / STEPS);
  const next = async (nextText: string): Promise<void> => {
    onModule({ variant: worker.variant, memory: await worker.performanceMetrics({ signal }) });
    step++;
    text = nextText;
    onFilled(0);
  };
  try {
    const bench: Bench = { ...options, worker, onFilled, ...(await holdOut(rows, QUERIES)) };
    const found = { rowCount: bench.count, dim: rows.dim, variant: worker.variant, metric };
    const exact: ExactSearch[] = [];
    const codes: CodeSearch[] = [];
    const graphs: GraphSearches[] = [];
    const tell = (measuring: readonly GraphSearches[] = []): void =>
      onMeasured({ ...found, exact: [...exact], graphs: [...graphs, ...measuring], codes: [...codes] });

    for (const each of metrics) {
      await next(`Exact search, ${each}…`);
      exact.push(await measureExact(bench, each));
      tell();
    }
    await next('Exact search, to compare with…');
    const truth = await measureTruth(bench);
    codes.push(truth.search);
    for (const kind of graphKinds) {
      await next(`Search by a graph, ${kind.name}…`);
      graphs.push(await measureGraph(bench, kind, truth.nearest, (searches) => tell([searches])));
    }
    for (const kind of codeKinds) {
      await next(`Search by ${kind.family} codes, ${kind.name}…`);
      codes.push(await measureCodes(bench, kind, truth.nearest));
      tell();
    }
  } finally {
    await endWorker(worker);
  }
}

async function measureExact(bench: Bench, metric: Metric): Promise<ExactSearch> {
  return withEngine(bench, metric, {}, async (engine) => {
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
async function measureTruth(bench: Bench): Promise<{ search: CodeSearch; nearest: Nearest }> {
  return withEngine(bench, bench.metric, {}, async (engine, fillMs) => {
    const oneMs = await timeOfSingles(bench, engine);
    const { vectorBytes } = await engine.stats({ signal: bench.signal });
    const search: CodeSearch = {
      ...{ name: 'floats', family: 'floats', bytesPerVector: vectorBytes / bench.count, fillMs },
      ...{ oneMs, recall: 1, rescoredMs: oneMs, rescoredRecall: 1 },
    };
    return { search, nearest: await nearest(bench, engine) };
  });
}

async function measureCodes(bench: Bench, kind: CodeKind, truth: Nearest): Promise<CodeSearch> {
  const { name, family, quantization } = kind;
  const byCodes = { rescore: false };
  return withEngine(bench, bench.metric, { quantization }, async (engine, fillMs) => ({
    ...{ name, family, fillMs },
    bytesPerVector: (await engine.stats({ signal: bench.signal })).codeBytes / bench.count,
    oneMs: await timeOfSingles(bench, engine, byCodes),
    recall: recallOf(await nearest(bench, engine, byCodes), truth),
    rescoredMs: await timeOfSingles(bench, engine, {}),
    rescoredRecall: recallOf(await nearest(bench, engine), truth),
  }));
}

/** @param onMore - Called with all searches so far. */
async function measureGraph(
  bench: Bench,
  { name, quantization }: GraphKind,
  truth: Nearest,
  onMore: (searches: GraphSearches) => void,
): Promise<GraphSearches> {
  const options = { index: 'hnsw', quantization } as const;
  return withEngine(bench, bench.metric, options, async (engine, fillMs) => {
    const { indexBytes } = await engine.stats({ signal: bench.signal });
    const searches: GraphSearch[] = [];
    const found = () => ({ name, fillMs, bytesPerVector: indexBytes / bench.count, searches: [...searches] });
    for (const efSearch of efSearches) {
      const oneMs = await timeOfSingles(bench, engine, { efSearch });
      const recall = recallOf(await nearest(bench, engine, { efSearch }), truth);
      searches.push({ efSearch, oneMs, recall });
      onMore(found());
    }
    return found();
  });
}

async function withEngine<Value>(
  { dim, count, vectors, worker, signal, onFilled }: Bench,
  metric: Metric,
  options: EngineOptions,
  measure: (engine: WorkerEngine, fillMs: number) => Promise<Value>,
): Promise<Value> {
  const engine = await createWorkerEngine({ dim, metric, ...options, worker, signal });
  try {
    await engine.reserve(count, { signal });
    const begin = performance.now();
    // All at once, so that codes learn from all of them.
    const onProgress = ({ done, total }: Progress): void => onFilled(done / total);
    await engine.addBatch(vectors, count, { signal, onProgress });
    return await measure(engine, performance.now() - begin);
  } finally {
    void engine.dispose();
  }
}

/**
Time of one search, one after another. All of a stride are under way at once, so that none waits for the page, and the
clock of the worker rests little between them.
*/
async function timeOfSingles(
  { queries, dim, signal }: Bench,
  target: WorkerEngine,
  options: SearchOptions = {},
): Promise<number> {
  let asked = 0;
  const search = async (): Promise<number> => {
    const q = asked++ % QUERIES;
    const query = queries.subarray(q * dim, (q + 1) * dim);
    return (await target.search(query, RECALL_K, { ...options, signal })).queryTime();
  };
  const stride = (): Promise<number[]> => Promise.all(Array.from({ length: STRIDE }, search));
  // A module's first searches run in code that is not yet optimised.
  await stride();
  const rounds: number[] = [];
  while (rounds.length < ROUNDS) {
    let ms = 0;
    let count = 0;
    for (; ms < ROUND_MS; count += STRIDE) ms += sum(await stride());
    rounds.push(ms / count);
  }
  return median(rounds);
}

async function nearest(
  { queries, signal }: Bench,
  target: WorkerEngine,
  options: SearchOptions = {},
): Promise<Nearest> {
  const results: SearchResults[] = await target.searchBatch(queries, RECALL_K, { ...options, signal });
  return results.map(({ ids }) => [...ids]);
}

function recallOf(found: Nearest, truth: Nearest): number {
  return mean(truth.map((ids, q) => ids.filter((id) => found[q]?.includes(id)).length / ids.length));
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
