/** Calls to a worker: their order, what they do to the caller's arrays, and several workers and objects at once. */
import { VectorSearchError as EngineError } from 'vicinal';
import {
  createWorkerBatchProcessor,
  createWorkerEngine,
  createWorkerStore,
  startWorker,
  VectorSearchError,
  type WorkerEngine,
} from 'vicinal/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomVectors } from '../../support/vectors.js';
import { errorOf } from '../support/awaitable.js';
import { deferred } from '../support/deferred.js';
import { Stage } from '../support/staged-worker.js';

describe('calls to a worker', () => {
  let engine: WorkerEngine;

  beforeEach(async () => {
    engine = await createWorkerEngine({ dim: 4, metric: 'euclidean' });
  });

  afterEach(() => engine.dispose());

  it('run in the order in which they were made, awaited or not', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => engine.add([i, 0, 0, 0]));
    const removal = engine.remove(7);
    const found = engine.search([7, 0, 0, 0], 1);
    const back = engine.add([7, 0, 0, 0]);
    const foundAgain = engine.search([7, 0, 0, 0], 1);
    expect(await Promise.all(ids)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(await removal).toBeUndefined();
    expect((await found).ids[0]).toBe(6);
    expect(await back).toBe(20);
    expect((await foundAgain).ids[0]).toBe(20);
  });

  it('wait behind a long call instead of overtaking it', async () => {
    const stage = new Stage();
    const staged = await createWorkerEngine({ dim: 64, workerFactory: stage.workerFactory });
    const settled: string[] = [];
    const rows = 50_000;
    const long = staged
      .addBatch(new Float32Array(64 * rows).fill(1))
      .then((id) => settled.push(`batch ${id}`));
    const next = staged.add(new Float32Array(64).fill(2)).then((id) => settled.push(`one ${id}`));
    await Promise.all([long, next]);
    expect(settled).toEqual(['batch 0', `one ${rows}`]);
    await staged.dispose();
  });

  it('leave the arrays of the caller as they are', async () => {
    const vector = Float32Array.of(1, 2, 3, 4);
    await engine.add(vector);
    await engine.addBatch(vector, 1);
    await engine.update(0, vector);
    await engine.search(vector, 1);
    await engine.searchBatch(vector, 1);
    expect(vector).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('take the buffer of the caller where it is given away', async () => {
    const vectors = Array.from({ length: 3 }, () => randomVectors(2, 4));
    const [whole, part, replacement] = vectors.map((flat) => flat) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const expected = part.slice(4);
    await engine.addBatch(whole, 2, { transfer: true });
    await engine.add(part.subarray(4), { transfer: true });
    await engine.update(0, replacement.subarray(0, 4), { transfer: true });
    expect(vectors.map((flat) => flat.length)).toEqual([0, 0, 0]);
    expect(await engine.get(2)).toEqual(expected);
  });

  it('copy shared memory, which cannot be given away', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(5);
    await engine.add(shared, { transfer: true });
    expect(shared).toHaveLength(4);
    expect(await engine.get(0)).toEqual(Float32Array.of(5, 5, 5, 5));
  });

  it('reject what cannot be sent, and the engine works on', async () => {
    const detached = Float32Array.of(1, 2, 3, 4);
    structuredClone(detached, { transfer: [detached.buffer] });
    const calls = [
      () => engine.add((() => 1) as never),
      () => engine.search([1, 2, 3, 4], 1, { filter: { bits: (() => 1) as never } }),
      () => engine.remove(Symbol('id') as never),
      () => engine.add(detached),
      () => engine.add(detached, { transfer: true }),
    ];
    for (const call of calls) expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await engine.add([1, 2, 3, 4])).toBe(0);
  });

  it('reject with errors of the one class, and all of their fields', async () => {
    const error = await errorOf(() => engine.add([1, 2]));
    expect(error).toBeInstanceOf(VectorSearchError);
    expect(VectorSearchError).toBe(EngineError);
    const message = 'Expected 4 dimensions, got 2';
    expect(error).toMatchObject({
      name: 'VectorSearchError',
      code: 'DIMENSION_MISMATCH',
      expected: 4,
      actual: 2,
      message,
    });
  });

  it('refuse options of the wrong kind', async () => {
    expect(await errorOf(() => engine.get(0, { signal: {} as never }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const onProgress = 'often' as never;
    expect(await errorOf(() => engine.addBatch(new Float32Array(4), 1, { onProgress }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    for (const options of [undefined, null, {}, { dim: 4, worker: {} }, { dim: '4' }, { load: 'bytes' }]) {
      const error = await errorOf(() => createWorkerEngine(options as never));
      expect(error, JSON.stringify(options)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  it('reject, rather than throw, for options that are none', async () => {
    const none = null as never;
    const vector = Float32Array.of(1, 2, 3, 4);
    const calls = [
      () => engine.add(vector, none),
      () => engine.search(vector, 1, none),
      () => engine.searchBatch(vector, 1, none),
      () => engine.save(none),
      () => engine.worker.performanceMetrics(none),
    ];
    for (const call of calls) {
      const answer = call();
      await expect(answer, String(call)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  });

  it('give results whose arrays are independent of each other', async () => {
    await engine.addBatch(randomVectors(20, 4));
    const [first, second] = await engine.searchBatch(randomVectors(2, 4), 5);
    expect(first?.ids.buffer.byteLength).toBe(20);
    structuredClone(first?.ids, { transfer: [first?.ids.buffer as ArrayBuffer] });
    expect(second?.ids).toHaveLength(5);
  });

  it('run in several workers at once, each with its own vectors', async () => {
    const engines = await Promise.all([1, 2, 3].map(() => createWorkerEngine({ dim: 2, metric: 'dot' })));
    await Promise.all(engines.map((other, i) => other.addBatch(Float32Array.of(i, i, i + 1, i + 1))));
    const scores = await Promise.all(engines.map(async (other) => (await other.search([1, 1], 1)).scores[0]));
    expect(scores).toEqual([2, 4, 6]);
    await Promise.all(engines.map((other) => other.dispose()));
  });

  it('refuse to overwrite vectors that are given away', async () => {
    const processor = await createWorkerBatchProcessor({ worker: engine.worker, dim: 2 });
    const vectors = Float32Array.of(3, 4);
    const call = () => processor.process(vectors, 'normalize', { out: vectors, transfer: true });
    expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await processor.process(vectors, 'normalize', { transfer: true })).toHaveLength(2);
    expect(vectors).toHaveLength(0);
  });
});

describe('a shared worker', () => {
  it('holds several objects, and outlives each of them', async () => {
    const worker = await startWorker();
    const engine = await createWorkerEngine({ worker, dim: 2, metric: 'euclidean' });
    const store = await createWorkerStore({ worker, dim: 2, bits: 4 });
    const processor = await createWorkerBatchProcessor({ worker, dim: 2 });
    expect([engine.worker, store.worker, processor.worker]).toEqual([worker, worker, worker]);

    await engine.add(await processor.process(Float32Array.of(3, 4), 'normalize'));
    await store.add([1, 1]);
    await engine.dispose();
    expect(await store.count()).toBe(1);
    expect(await errorOf(() => engine.size)).toMatchObject({ code: 'DISPOSED' });
    expect((await worker.performanceMetrics()).variant).toBe(worker.variant);

    await worker.dispose();
    expect(await errorOf(() => store.count())).toMatchObject({ code: 'DISPOSED' });
    expect(await errorOf(() => createWorkerEngine({ worker, dim: 2 }))).toMatchObject({ code: 'DISPOSED' });
  });

  it('gives the memory of a disposed object back', async () => {
    const worker = await startWorker();
    const memoryBytes = async () => (await worker.performanceMetrics()).memoryBytes;
    /** Memory in use with a million floats in an engine, and after it was disposed of. */
    const fillAndDispose = async () => {
      const engine = await createWorkerEngine({ worker, dim: 1000 });
      await engine.addBatch(new Float32Array(1_000_000).fill(1));
      const filled = await memoryBytes();
      await engine.dispose();
      return { filled, disposed: await memoryBytes() };
    };
    // Scratch memory for rows on their way stays with the module after the first time.
    const first = await fillAndDispose();
    const second = await fillAndDispose();
    expect(second.filled).toBeGreaterThanOrEqual(first.disposed + 4_000_000);
    expect(second.disposed).toBeLessThan(first.disposed + 10_000);
    await worker.dispose();
  });

  it('rejects the calls of the object that is disposed, and of no other', async () => {
    const stage = new Stage({ gated: true });
    const worker = await startWorker({ workerFactory: stage.workerFactory });
    const busy = await createWorkerEngine({ worker, dim: 64 });
    const other = await createWorkerEngine({ worker, dim: 2 });
    const reported = deferred();
    const running = errorOf(() =>
      busy.addBatch(new Float32Array(64 * 50_000).fill(1), undefined, {
        onProgress: () => reported.resolve(),
      }),
    );
    await reported.promise;
    const waiting = errorOf(() => busy.size);
    const unconcerned = other.add([1, 2]);
    const disposal = busy.dispose();
    expect(await running).toMatchObject({ code: 'DISPOSED' });
    expect(await waiting).toMatchObject({ code: 'DISPOSED' });
    stage.open();
    await disposal;
    expect(await unconcerned).toBe(0);
    await worker.dispose();
  });
});
