/** A misspelt option is refused, not ignored. */
import init, { BatchProcessor, CompressedVectorStore, SparseIndex, VectorSearchEngine } from 'vicinal';
import {
  createWorkerBatchProcessor,
  createWorkerEngine,
  createWorkerStore,
  openCollection,
  startWorker,
  type WorkerEngine,
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
  'engine.addBatch': () => new VectorSearchEngine(2).addBatch(rows, 2, misspelt),
  'engine.calibrate': () =>
    new VectorSearchEngine(2, 'dot', { index: 'hnsw', targetRecall: 0.9 }).calibrate(undefined, misspelt),
  'processor.project': () => {
    const processor = new BatchProcessor(2);
    processor.project(rows, processor.process(rows, 'pca', { components: 1 }), misspelt);
  },
  startWorker: () => startWorker(misspelt),
  createWorkerEngine: () => createWorkerEngine({ dim: 2, ...misspelt }),
  createWorkerStore: () => createWorkerStore({ dim: 2, ...misspelt }),
  createWorkerBatchProcessor: () => createWorkerBatchProcessor({ dim: 2, ...misspelt }),
  'workerEngine.search': () => withEngine((engine) => engine.search([1, 0], 1, misspelt)),
  'workerEngine.addBatch': () => withEngine((engine) => engine.addBatch(rows, 2, misspelt)),
  'workerEngine.stats': () => withEngine((engine) => engine.stats(misspelt)),
  'workerHandle.performanceMetrics': () => withEngine(({ worker }) => worker.performanceMetrics(misspelt)),
};

async function withEngine(call: (engine: WorkerEngine) => Promise<unknown>): Promise<unknown> {
  const engine = await createWorkerEngine({ dim: 2 });
  try {
    return await call(engine);
  } finally {
    await engine.dispose();
  }
}

describe('an option that is undefined', () => {
  // As callers have it who hand their own on.
  const none = undefined;

  it('is as one that is not there, of an engine', () => {
    const graph = { m: none, efConstruction: none, fullScanThreshold: none, seed: none, targetRecall: none };
    const engine = new VectorSearchEngine(2, 'cosine', { index: 'hnsw', quantization: none, ...graph });
    const byDefault = new VectorSearchEngine(2, 'cosine', { index: 'hnsw' });
    engine.addBatch(rows, none, { onProgress: none, signal: none });
    byDefault.addBatch(rows);
    expect(engine.stats()).toEqual(byDefault.stats());
    const options = { filter: none, scoreThreshold: none, rescore: none, oversampling: none };
    expect(engine.search([1, 0], 2, { ...options, exact: none, efSearch: none }).toJSON()).toEqual(
      byDefault.search([1, 0], 2).toJSON(),
    );
    for (const each of [engine, byDefault]) each.dispose();
  });

  it('is as one that is not there, of a collection', async () => {
    const shape = { metric: none, index: none, quantization: none, onDisk: none, sparseVectors: none };
    const kept = {
      storage: none,
      path: none,
      durability: none,
      ifDamaged: none,
      shards: none,
      shardKey: none,
    };
    const rest = { payloadIndex: none, embed: none, model: none, signal: none, variant: none };
    const collection = await openCollection({ name: 'open', dim: 2, ...shape, ...kept, ...rest });
    try {
      const upsert = { onProgress: none, batchSize: none, signal: none };
      await collection.upsert([{ id: 1, vector: [1, 0], payload: none, text: none }], upsert);
      const selected = { withPayload: none, withVector: none, signal: none };
      const search = { k: none, offset: none, filter: none, using: none, scoreThreshold: none, params: none };
      const found = [{ id: 1, score: 1, distance: 0 }];
      expect(await collection.search([1, 0], { ...search, ...selected, explain: none })).toEqual(found);
      expect(await collection.query({ query: [1, 0], prefetch: none, ...search })).toEqual(found);
      expect(await collection.retrieve([1], selected)).toEqual([{ id: 1, payload: null }]);
      expect(await collection.count({ filter: none, signal: none })).toBe(1);
      const records = [];
      for await (const { id } of collection.scroll({ filter: none, limit: none, orderBy: none, ...selected }))
        records.push(id);
      expect(records).toEqual([1]);
    } finally {
      await collection.close();
    }
  });
});

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

  it('is what a new engine is given, where a saved one is loaded', async () => {
    const engine = new VectorSearchEngine(2, 'dot');
    const load = engine.save();
    engine.dispose();
    expect(await errorOf(() => createWorkerEngine({ load, metric: 'dot' } as never))).toMatchObject({
      message: 'Expected load without options of a new object, got "metric"',
    });
    expect(await errorOf(() => createWorkerStore({ load, bits: 8 } as never))).toMatchObject({
      message: 'Expected load without options of a new object, got "bits"',
    });
  });

  it('is no name that every object inherits', async () => {
    const inherited = { toString: 1 } as object;
    expect(await errorOf(() => new VectorSearchEngine(2, 'dot', inherited))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
