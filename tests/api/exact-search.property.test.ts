/**
A property: whatever was added, updated and removed, in any order, exact search finds what a naive search in double
precision finds: for every metric, any dimension, any k, with filters and thresholds.
*/
import fc from 'fast-check';
import init, { type IdFilterInput, type Metric, type SearchResults, VectorSearchEngine } from 'vicinal';
import { createWorkerEngine, startWorker, type WorkerHandle } from 'vicinal/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { naiveScore, randomNumbers } from '../support/vectors.js';
import type { Awaitable } from './support/awaitable.js';

type Engine = Awaitable<VectorSearchEngine>;

/** How the values of vectors are drawn: whole numbers have exact sums, so that not even ties are left to chance. */
type Values = 'whole' | 'real';

interface Search {
  readonly type: 'search';
  readonly seed: number;
  readonly queryCount: number;
  readonly k: number;
  readonly filter: 'none' | 'ids' | 'set' | 'words' | 'bits';
  /** Share of the ids that the filter lets in. */
  readonly allowed: number;
  /** The score of this hit of all is the threshold. */
  readonly thresholdRank: number | undefined;
}

type Step =
  | { readonly type: 'add' | 'update'; readonly seed: number; readonly position: number }
  | { readonly type: 'addBatch'; readonly seed: number; readonly count: number }
  | { readonly type: 'remove'; readonly position: number }
  | { readonly type: 'compact' }
  | { readonly type: 'clear' }
  | Search;

interface Scenario {
  readonly metric: Metric;
  readonly dim: number;
  readonly values: Values;
  readonly steps: readonly Step[];
}

const seed = fc.nat(1_000_000);
const position = fc.nat(10_000);

const search: fc.Arbitrary<Search> = fc.record({
  type: fc.constant('search' as const),
  seed,
  queryCount: fc.integer({ min: 1, max: 5 }),
  k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5000 })),
  filter: fc.constantFrom('none', 'ids', 'set', 'words', 'bits'),
  allowed: fc.constantFrom(0, 0.05, 0.5, 1),
  thresholdRank: fc.option(fc.nat(20), { nil: undefined }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('add', 'update'), seed, position }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('addBatch'), seed, count: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove'), position }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('clear') }) },
  { weight: 5, arbitrary: search },
) as fc.Arbitrary<Step>;

const scenario: fc.Arbitrary<Scenario> = fc.record({
  metric: fc.constantFrom<Metric>('cosine', 'euclidean', 'manhattan', 'dot'),
  dim: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 })),
  values: fc.constantFrom<Values>('whole', 'real'),
  steps: fc.array(step, { minLength: 3, maxLength: 30 }),
});

/** `[count x dim]`; never a zero vector. */
function vectorsOf({ dim, values }: Scenario, from: number, count: number): Float32Array {
  const next = randomNumbers(from);
  return Float32Array.from({ length: count * dim }, (_, index) => {
    const value = values === 'whole' ? Math.floor(next() * 7) - 3 : next() * 2 - 1;
    return index % dim === 0 && value === 0 ? 1 : value;
  });
}

/** What the engine should hold. */
class Model {
  readonly rows = new Map<number, Float32Array>();
  nextId = 0;

  add(flat: Float32Array, dim: number): number {
    const first = this.nextId;
    for (let start = 0; start < flat.length; start += dim) {
      this.rows.set(this.nextId++, flat.slice(start, start + dim));
    }
    return first;
  }

  /** Some live id; `undefined` when there is none. */
  idAt(index: number): number | undefined {
    return [...this.rows.keys()][index % Math.max(1, this.rows.size)];
  }

  /** Every live row that may be returned with its score, best first, ties by smaller id. */
  ranking(metric: Metric, query: Float32Array, allowed: ReadonlySet<number> | undefined) {
    return [...this.rows]
      .filter(([id]) => allowed?.has(id) ?? true)
      .map(([id, row]) => ({ id, score: naiveScore(metric, row, query) }))
      .sort((a, b) => b.score - a.score || a.id - b.id);
  }
}

function filterOf(
  kind: Search['filter'],
  allowed: ReadonlySet<number>,
  idCount: number,
): IdFilterInput | undefined {
  switch (kind) {
    case 'none':
      return undefined;
    case 'ids':
      return [...allowed];
    case 'set':
      return allowed;
    case 'words':
      return Uint32Array.from(allowed);
    case 'bits': {
      const bits = new Uint32Array(Math.ceil(idCount / 32));
      for (const id of allowed) bits[id >> 5] = (bits[id >> 5] as number) | (1 << (id & 31));
      return { bits };
    }
  }
}

/** Rounding of a score: sums of `dim` products in float, of values up to 3. */
function toleranceOf({ metric, dim, values }: Scenario): number {
  if (metric === 'cosine') return 2e-6 * Math.sqrt(dim);
  if (metric === 'euclidean') return 1e-5 * Math.sqrt(dim);
  return values === 'whole' ? 0 : 1e-6 * dim;
}

async function checkSearch(engine: Engine, model: Model, scenario: Scenario, search: Search): Promise<void> {
  const { metric, dim, values } = scenario;
  const tolerance = toleranceOf(scenario);
  const next = randomNumbers(search.seed + 1);
  const chosen = new Set(
    Array.from({ length: model.nextId }, (_, id) => id).filter(() => next() < search.allowed),
  );
  const filter = filterOf(search.filter, chosen, model.nextId);
  const queries = vectorsOf(scenario, search.seed, search.queryCount);
  const rankings = Array.from({ length: search.queryCount }, (_, index) =>
    model.ranking(
      metric,
      queries.subarray(index * dim, (index + 1) * dim),
      filter === undefined ? undefined : chosen,
    ),
  );
  // Half-way between two scores, so that rounding cannot move a row over it.
  const around =
    search.thresholdRank === undefined
      ? undefined
      : rankings[0]?.slice(search.thresholdRank, search.thresholdRank + 2);
  const scoreThreshold =
    around?.length === 2 ? ((around[0]?.score ?? 0) + (around[1]?.score ?? 0)) / 2 : undefined;
  const options = { ...(filter && { filter }), ...(scoreThreshold !== undefined && { scoreThreshold }) };
  const results =
    search.queryCount === 1
      ? [await engine.search(queries, search.k, options)]
      : await engine.searchBatch(queries, search.k, options);
  expect(results).toHaveLength(search.queryCount);
  results.forEach((found, index) => {
    const ranking = rankings[index] ?? [];
    // A score as near to the threshold as rounding is may go either way.
    const limit = scoreThreshold ?? Number.NEGATIVE_INFINITY;
    const sure = ranking.filter(({ score }) => score > limit + tolerance).slice(0, search.k);
    const possible = ranking.filter(({ score }) => score >= limit - tolerance).slice(0, search.k);
    expect(found.count()).toBeGreaterThanOrEqual(sure.length);
    expect(found.count()).toBeLessThanOrEqual(possible.length);
    checkHits(found, possible, new Map(ranking.map(({ id, score }) => [id, score])), tolerance);
    // Of whole numbers, all sums and so all orders are exact; a root keeps it so.
    if (values === 'whole' && metric !== 'cosine') {
      expect([...found.ids]).toEqual(possible.slice(0, found.count()).map(({ id }) => id));
    }
  });
}

function checkHits(
  found: SearchResults,
  wanted: readonly { readonly score: number }[],
  scores: ReadonlyMap<number, number>,
  tolerance: number,
): void {
  expect(new Set(found.ids).size).toBe(found.count());
  [...found].forEach(({ id, score }, rank) => {
    expect(scores.has(id)).toBe(true);
    expect(Math.abs(score - (scores.get(id) ?? 0))).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(score - (wanted[rank]?.score ?? 0))).toBeLessThanOrEqual(tolerance);
    const before = rank === 0 ? undefined : found.get(rank - 1);
    if (before) expect(before.score > score || (before.score === score && before.id < id)).toBe(true);
  });
}

async function play(engine: Engine, scenario: Scenario): Promise<void> {
  const { dim } = scenario;
  const model = new Model();
  for (const step of scenario.steps) {
    switch (step.type) {
      case 'add': {
        const vector = vectorsOf(scenario, step.seed, 1);
        expect(await engine.add(vector)).toBe(model.add(vector, dim));
        break;
      }
      case 'addBatch': {
        const flat = vectorsOf(scenario, step.seed, step.count);
        expect(await engine.addBatch(flat)).toBe(model.add(flat, dim));
        break;
      }
      case 'update': {
        const id = model.idAt(step.position);
        if (id === undefined) break;
        const vector = vectorsOf(scenario, step.seed, 1);
        await engine.update(id, vector);
        model.rows.set(id, vector);
        break;
      }
      case 'remove': {
        const id = model.idAt(step.position);
        if (id === undefined) break;
        await engine.remove(id);
        model.rows.delete(id);
        expect(await engine.has(id)).toBe(false);
        break;
      }
      case 'compact':
        await engine.compact();
        break;
      case 'clear':
        await engine.clear();
        model.rows.clear();
        break;
      case 'search':
        await checkSearch(engine, model, scenario, step);
        break;
    }
    expect(await engine.size).toBe(model.rows.size);
  }
  for (const [id, row] of model.rows) expect(await engine.get(id)).toEqual(row);
}

/** Holds any engine against the naive search, whichever thread it lives in. */
function describeExactSearch(
  name: string,
  runs: number,
  create: (dim: number, metric: Metric) => Engine | Promise<Engine>,
): void {
  describe(name, () => {
    it('finds what a naive search finds', async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async (drawn) => {
          const engine = await create(drawn.dim, drawn.metric);
          try {
            await play(engine, drawn);
          } finally {
            await engine.dispose();
          }
        }),
        { numRuns: runs, seed: 1 },
      );
    });
  });
}

let worker: WorkerHandle;

beforeAll(async () => {
  await init();
  worker = await startWorker();
});

afterAll(() => worker.dispose());

describeExactSearch('exact search', 300, (dim, metric) => new VectorSearchEngine(dim, metric));
describeExactSearch('exact search in a worker', 60, (dim, metric) =>
  createWorkerEngine({ worker, dim, metric }),
);
