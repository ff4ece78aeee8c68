/** A misspelt option is refused, not ignored. */
import init, { BatchProcessor, CompressedVectorStore, SparseIndex, VectorSearchEngine } from 'vicinal';
import {
  createWorkerBatchProcessor,
  createWorkerEngine,
  createWorkerStore,
  startWorker,
} from 'vicinal/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from './support/awaitable.js';
import { freshPackage } from './support/fresh-package.js';

beforeAll(() => init());

const rows = Float32Array.of(1, 0, 0, 1);
const misspelt = { filtre: [1] } as object;
const operations = ['normalize', 'mean', 'max', 'sum', 'centroid', 'statistics', 'similarity'] as const;

const calls: Record<string, () => unknown> = {
  init: async () => (await freshPackage()).default(misspelt),
  'new VectorSearchEngine': () => new VectorSearchEngine(2, 'dot', misspelt),
  'new CompressedVectorStore': () => new CompressedVectorStore(2, misspelt),
  'engine.search': () => new VectorSearchEngine(2).search([1, 0], 1, misspelt),
  'engine.searchBatch': () => new VectorSearchEngine(2).searchBatch(rows, 1, misspelt),
  'store.search': () => new CompressedVectorStore(2).search([1, 0], 1, misspelt),
  'store.searchBatch': () => new CompressedVectorStore(2).searchBatch(rows, 1, misspelt),
  'new SparseIndex': () => new SparseIndex(misspelt),
  'sparseIndex.search': () => new SparseIndex().search({ indices: [1], values: [1] }, 1, misspelt),
  ...Object.fromEntries(
    operations.map((operation) => [
      `processor.process ${operation}`,
      () => new BatchProcessor(2).process(rows, operation as 'normalize', misspelt),
    ]),
  ),
  startWorker: () => startWorker(misspelt),
  createWorkerEngine: () => createWorkerEngine({ dim: 2, ...misspelt }),
  createWorkerStore: () => createWorkerStore({ dim: 2, ...misspelt }),
  createWorkerBatchProcessor: () => createWorkerBatchProcessor({ dim: 2, ...misspelt }),
  'workerEngine.search': async () => {
    const engine = await createWorkerEngine({ dim: 2 });
    try {
      return await engine.search([1, 0], 1, misspelt);
    } finally {
      await engine.dispose();
    }
  },
};

describe('a misspelt option', () => {
  it.each(Object.entries(calls))('is refused by %s, which tells the names that it knows', async (_, call) => {
    expect(await errorOf(call)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      expected: expect.stringMatching(/^options to have no names but \w+/),
      actual: '"filtre"',
    });
  });

  it('is told apart from one that has no use: an engine of floats has no codes to score again', async () => {
    const engine = new VectorSearchEngine(2);
    const error = await errorOf(() => engine.search([1, 0], 1, { oversampling: 2 } as object));
    expect(error).toMatchObject({
      expected: 'oversampling only where vectors are kept as codes and as floats',
      actual: 'floats only',
    });
    engine.dispose();
  });

  it('is one of another operation, too', async () => {
    const weights = { weights: new Float32Array(1) } as object;
    for (const operation of ['mean', 'max', 'sum'] as const)
      expect(await errorOf(() => new BatchProcessor(2).process(rows, operation, weights))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        actual: '"weights"',
      });
  });

  it('is no name that every object inherits', async () => {
    const inherited = { toString: 1 } as object;
    expect(await errorOf(() => new VectorSearchEngine(2, 'dot', inherited))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
