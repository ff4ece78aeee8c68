/** A property: calls to a worker, some of them stopped, do what the synchronous engine does with the others in order. */
import fc from 'fast-check';
import init, { SearchResults, VectorSearchEngine, VectorSearchError } from 'vicinal';
import { createWorkerEngine, startWorker, type WorkerEngine, type WorkerHandle } from 'vicinal/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomVectors } from '../../support/vectors.js';
import type { Awaitable } from '../support/awaitable.js';

const dim = 5;

type Operation =
  | { readonly type: 'add' | 'search'; readonly seed: number }
  | { readonly type: 'addBatch' | 'searchBatch'; readonly seed: number; readonly count: number }
  | { readonly type: 'update'; readonly seed: number; readonly id: number }
  | { readonly type: 'get' | 'remove'; readonly id: number }
  | { readonly type: 'compact' | 'clear' };

/** An operation, and after how many later calls it is stopped, if it is. */
interface Step {
  readonly operation: Operation;
  readonly stopAfter: number | undefined;
}

const seed = fc.nat(1000);
const id = fc.nat(30);
const count = fc.integer({ min: 1, max: 20 });

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('add'), seed }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('addBatch'), seed, count }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('search'), seed }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('searchBatch'), seed, count }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('update'), seed, id }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove'), id }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('get'), id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('compact', 'clear') }) },
) as fc.Arbitrary<Operation>;

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ operation: operations, stopAfter: fc.option(fc.nat(3), { nil: undefined, freq: 2 }) }),
  { maxLength: 40 },
);

function perform(
  engine: Awaitable<VectorSearchEngine> | WorkerEngine,
  operation: Operation,
  options: { readonly signal?: AbortSignal } = {},
): unknown {
  // Every fifth vector has a value that is not finite, so that calls fail among those that do not.
  const vectors = (rows: number, from: number) => {
    const flat = randomVectors(rows, dim, from);
    if (from % 5 === 0) flat[flat.length - 1] = Number.NaN;
    return flat;
  };
  const worker = engine as WorkerEngine;
  switch (operation.type) {
    case 'add':
      return worker.add(vectors(1, operation.seed), options);
    case 'addBatch':
      return worker.addBatch(vectors(operation.count, operation.seed), undefined, options);
    case 'search':
      return worker.search(vectors(1, operation.seed), 6, options);
    case 'searchBatch':
      return worker.searchBatch(vectors(operation.count, operation.seed), 6, options);
    case 'update':
      return worker.update(operation.id, vectors(1, operation.seed), options);
    case 'get':
      return worker.get(operation.id, options);
    case 'remove':
      return worker.remove(operation.id, options);
    case 'compact':
      return worker.compact(options);
    case 'clear':
      return worker.clear(options);
  }
}

const stopped = Symbol('stopped');

/** What became of a call, as data: times differ from run to run, so they are left out. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    const value = await call();
    if (value instanceof SearchResults) return value.toJSON();
    return Array.isArray(value) ? value.map((results: SearchResults) => results.toJSON()) : value;
  } catch (error) {
    if (error === stopped) return stopped;
    if (error instanceof VectorSearchError) return { code: error.code, message: error.message };
    throw error;
  }
}

let worker: WorkerHandle;

beforeAll(async () => {
  await init();
  worker = await startWorker();
});

afterAll(() => worker.dispose());

it('a worker does what the synchronous engine does, without the calls that were stopped', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const remote = await createWorkerEngine({ worker, dim, metric: 'euclidean' });
      const stopAt = new Map<number, AbortController[]>();
      const outcomes: Promise<unknown>[] = [];
      for (const [position, { operation, stopAfter }] of script.entries()) {
        const abort = new AbortController();
        const options = stopAfter === undefined ? {} : { signal: abort.signal };
        outcomes.push(outcomeOf(() => perform(remote, operation, options)));
        if (stopAfter !== undefined)
          stopAt.set(position + stopAfter, [...(stopAt.get(position + stopAfter) ?? []), abort]);
        for (const due of stopAt.get(position) ?? []) due.abort(stopped);
        // Now and then the worker gets the time to do what it was sent, so that some stops come too late.
        if (position % 7 === 6) await remote.size;
      }
      const actual = await Promise.all(outcomes);

      const local = new VectorSearchEngine(dim, 'euclidean');
      try {
        for (const [position, { operation }] of script.entries()) {
          if (actual[position] === stopped) continue;
          expect(actual[position]).toEqual(await outcomeOf(() => perform(local, operation)));
        }
        expect(await remote.save()).toEqual(local.save());
      } finally {
        local.dispose();
        await remote.dispose();
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});
