/** The behaviour suites, on the classes of this thread and on their clients of a worker. */
import init, {
  BatchProcessor,
  CompressedVectorStore,
  recommendQuantization,
  VectorSearchEngine,
} from 'vicinal';
import {
  createWorkerBatchProcessor,
  createWorkerEngine,
  createWorkerStore,
  startWorker,
  type WorkerHandle,
} from 'vicinal/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBatchProcessor } from './batch-processor.behaviour.js';
import { describeEngine, type EngineMaker } from './engine.behaviour.js';
import { describeHnsw } from './hnsw.behaviour.js';
import { describeHnswBuilding } from './hnsw-building.behaviour.js';
import { describeHnswFile } from './hnsw-file.behaviour.js';
import { describeHnswTargetRecall } from './hnsw-target-recall.behaviour.js';
import { describeIvf } from './ivf.behaviour.js';
import { describeQuantization } from './quantization.behaviour.js';
import { describeStore } from './store.behaviour.js';

/** One worker for all, as a page with many small collections would have it. */
let worker: WorkerHandle;

beforeAll(async () => {
  await init();
  worker = await startWorker();
});

afterAll(() => worker.dispose());

const here: EngineMaker = {
  create: (dim, metric, options) => new VectorSearchEngine(dim, metric, options),
  load: (bytes) => VectorSearchEngine.load(bytes),
};

const inWorker: EngineMaker = {
  create: (dim, metric, options) =>
    createWorkerEngine({ worker, dim, ...(metric && { metric }), ...options }),
  load: (bytes) => createWorkerEngine({ worker, load: bytes }),
};

for (const [name, maker] of [
  ['VectorSearchEngine', here],
  ['the engine of createWorkerEngine', inWorker],
] as const) {
  describeEngine(name, maker);
  describeIvf(`lists of ${name}`, maker);
  describeHnsw(`the graph of ${name}`, maker);
  describeHnswBuilding(`building the graph of ${name}`, maker);
  describeHnswTargetRecall(`the graph with a targetRecall of ${name}`, maker);
  describeHnswFile(`saved graphs of ${name}`, maker);
}

describeQuantization('quantization of VectorSearchEngine', {
  ...here,
  recommend: (sample, dim, options) => recommendQuantization(sample, dim, options),
});

describeQuantization('quantization of the engine of createWorkerEngine', {
  ...inWorker,
  recommend: (sample, dim, options) => worker.recommendQuantization(sample, dim, options),
});

describeStore('CompressedVectorStore', {
  create: (dim, options) => new CompressedVectorStore(dim, options),
  load: (bytes) => CompressedVectorStore.load(bytes),
});

describeStore('the store of createWorkerStore', {
  create: (dim, options) => createWorkerStore({ worker, dim, ...options }),
  load: (bytes) => createWorkerStore({ worker, load: bytes }),
});

describeBatchProcessor('BatchProcessor', (dim, batchSize) => new BatchProcessor(dim, batchSize) as never);

describeBatchProcessor('the processor of createWorkerBatchProcessor', async (dim, batchSize) => {
  return (await createWorkerBatchProcessor({
    worker,
    dim,
    ...(batchSize !== undefined && { batchSize }),
  })) as never;
});

describe('options that are none', () => {
  it('are refused by the constructors', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    for (const options of [null, 'flat'] as never[]) {
      expect(() => new VectorSearchEngine(3, 'dot', options)).toThrow(refused);
      expect(() => new CompressedVectorStore(3, options)).toThrow(refused);
    }
  });
});
