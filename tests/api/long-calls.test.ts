/** Long calls in this thread: their steps, how they are stopped, and what a stopped or failing one leaves behind. */
import init, {
  BatchProcessor,
  CompressedVectorStore,
  type Progress,
  VectorSearchEngine,
  type VectorSearchError,
} from 'vicinal';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomVectors, rowOf } from '../support/vectors.js';
import { errorOf } from './support/awaitable.js';
import { resizableFloats } from './support/resizable.js';

const dim = 512;
/** Several steps of at most 4 MB. */
const rows = 6100;
const vectors = randomVectors(rows, dim);

beforeAll(() => init());

describe('addBatch', () => {
  const existing = randomVectors(10, dim, 7);

  it.each([
    ['an engine', () => new VectorSearchEngine(dim)],
    ['a store', () => new CompressedVectorStore(dim, { keepVectors: true })],
  ] as const)('of %s that is stopped leaves it as it was', async (_, create) => {
    using rowsHolder = create();
    rowsHolder.addBatch(existing);
    const before = rowsHolder.save();
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ done }: Progress) => {
      if (done > rows / 2) stop.abort(reason);
    };
    const stopped = () => rowsHolder.addBatch(vectors, rows, { onProgress, signal: stop.signal });
    expect(await errorOf(stopped)).toBe(reason);
    expect(isSame(rowsHolder.save(), before)).toBe(true);
    expect(rowsHolder.addBatch(vectors)).toBe(10);
    expect(rowsHolder.get(10 + rows - 1)[0]).toBeCloseTo(vectors[(rows - 1) * dim] as number, 1);
  });

  it('that fails in a late step leaves the engine as it was, and tells the position in the whole array', async () => {
    using engine = new VectorSearchEngine(dim);
    engine.addBatch(existing);
    const broken = vectors.slice();
    const position = 6000 * dim + 3;
    broken[position] = Number.POSITIVE_INFINITY;
    const before = engine.save();
    expect(await errorOf(() => engine.addBatch(broken))).toMatchObject({
      code: 'NOT_FINITE',
      actual: position,
    });
    broken.fill(0, 6000 * dim, 6001 * dim);
    expect(await errorOf(() => engine.addBatch(broken))).toMatchObject({ code: 'ZERO_VECTOR', actual: 6000 });
    expect(isSame(engine.save(), before)).toBe(true);
  });

  it('that a listener throws out of leaves the engine as it was', async () => {
    using engine = new VectorSearchEngine(dim);
    const thrown = new Error('from the listener');
    const onProgress = () => {
      throw thrown;
    };
    expect(await errorOf(() => engine.addBatch(vectors, rows, { onProgress }))).toBe(thrown);
    expect([engine.size, engine.add(existing.subarray(0, dim))]).toEqual([0, 0]);
  });

  it('lets nobody else use the engine between its steps', async () => {
    using engine = new VectorSearchEngine(dim);
    using other = new VectorSearchEngine(dim);
    const errors: unknown[] = [];
    const onProgress = () => {
      other.add(existing.subarray(0, dim));
      for (const call of [
        () => engine.add(existing.subarray(0, dim)),
        () => engine.size,
        () => engine.clear(),
      ]) {
        try {
          call();
        } catch (error) {
          errors.push(error);
        }
      }
    };
    engine.addBatch(vectors, rows, { onProgress });
    expect(errors.length).toBe(3 * other.size);
    expect(errors[0]).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Expected addBatch() to be over before the next call on the engine, got one inside it',
    });
    expect(engine.size).toBe(rows);
  });

  it('whose array shrinks or goes between two steps leaves the engine as it was', async () => {
    using engine = new VectorSearchEngine(dim, 'dot');
    const shrunk = resizableFloats(rows * dim);
    shrunk.values.fill(1);
    const given = vectors.slice();
    const calls = [
      () => engine.addBatch(shrunk.values, rows, { onProgress: () => shrunk.resize(dim) }),
      () =>
        engine.addBatch(given, rows, {
          onProgress: () => structuredClone(given, { transfer: [given.buffer] }),
        }),
    ];
    for (const call of calls) {
      expect(await errorOf(call)).toMatchObject({ code: 'DIMENSION_MISMATCH' });
      expect(engine.size).toBe(0);
    }
  });

  it('ends with DISPOSED when the engine is disposed between its steps', async () => {
    const engine = new VectorSearchEngine(dim);
    const onProgress = () => engine.dispose();
    expect(await errorOf(() => engine.addBatch(vectors, rows, { onProgress }))).toMatchObject({
      code: 'DISPOSED',
    });
  });
});

describe('train', () => {
  const count = 1000;
  const small = 24;
  const flat = randomVectors(count, small, 5);
  const query = flat.subarray(7 * small, 8 * small);

  it.each([
    ['codes', { quantization: { codec: 'product', segments: 8 } }],
    ['lists', { index: 'ivf' }],
    ['lists of codes', { index: 'ivf', quantization: { bits: 8 } }],
    ['a graph of codes', { index: 'hnsw', fullScanThreshold: 0 }],
  ] as const)('of %s lets the engine be read between its steps, and not changed', async (_, options) => {
    using engine = new VectorSearchEngine(small, 'euclidean', options);
    engine.addBatch(flat);
    engine.remove(3);
    const read = () => [
      [engine.size, engine.has(7), engine.has(3), engine.get(7), engine.stats().size],
      engine.search(query, 1).ids,
      engine.search(query, 20, { exact: true }).ids,
      engine.searchBatch(flat, 1, { exact: true }).map(({ ids }) => ids[0]),
    ];
    const before = read();
    const heard: unknown[] = [];
    const onProgress = () => {
      expect(read()).toEqual(before);
      for (const change of [() => engine.add(query), () => engine.remove(7), () => engine.train()]) {
        try {
          heard.push(change());
        } catch (error) {
          heard.push((error as VectorSearchError).expected);
        }
      }
    };
    engine.train(undefined, { onProgress });
    expect(heard.length).toBeGreaterThan(5);
    expect(new Set(heard)).toEqual(new Set(['train() to be over before the next call on the engine']));
    expect(read()).toEqual(before);
    expect(engine.add(query)).toBe(count);
  });
});

describe('an engine with a graph that is disposed by a listener', () => {
  const small = 8;
  const rowCount = 3000;
  const flat = randomVectors(rowCount, small, 11);
  const settings = { index: 'hnsw', targetRecall: 0.9, fullScanThreshold: 10 } as const;
  const create = () => new VectorSearchEngine(small, 'euclidean', settings);
  const filled = () => {
    const engine = create();
    engine.addBatch(flat);
    return engine;
  };

  it.each([
    ['addBatch', create, (engine, onProgress) => engine.addBatch(flat, rowCount, { onProgress })],
    ['train', filled, (engine, onProgress) => engine.train(undefined, { onProgress })],
    ['calibrate', filled, (engine, onProgress) => engine.calibrate(undefined, { onProgress })],
  ] as const satisfies [
    string,
    () => VectorSearchEngine,
    (engine: VectorSearchEngine, onProgress: (progress: Progress) => void) => unknown,
  ][])('ends %s with DISPOSED, and no other engine', async (_, open, call) => {
    using other = new VectorSearchEngine(2, 'dot');
    other.add([1, 2]);
    const engine = open();
    expect(await errorOf(() => call(engine, () => engine.dispose()))).toMatchObject({ code: 'DISPOSED' });
    expect(other.search([1, 1], 1).toJSON()).toMatchObject([{ id: 0, score: 3 }]);
  });
});

describe('estimateRecall', () => {
  it('tells positions in the whole array of queries', async () => {
    using engine = new VectorSearchEngine(4, 'cosine', { quantization: { bits: 8 } });
    engine.addBatch(randomVectors(300, 4));
    const queries = randomVectors(40, 4, 2);
    queries[100] = Number.NaN;
    expect(await errorOf(() => engine.estimateRecall(queries))).toMatchObject({
      code: 'NOT_FINITE',
      actual: 100,
    });
    queries.fill(0, 25 * 4, 26 * 4);
    expect(await errorOf(() => engine.estimateRecall(queries))).toEqual(
      expect.objectContaining({ code: 'ZERO_VECTOR', actual: 25 }),
    );
  });
});

describe('searchBatch', () => {
  it('takes ids as they are when it is called', () => {
    using engine = new VectorSearchEngine(dim);
    engine.addBatch(vectors);
    const queries = randomVectors(600, dim, 3);
    const filter = Uint32Array.from({ length: 50 }, (_, i) => 3 * i);
    const expected = engine.searchBatch(queries, 3, { filter: [...filter] });
    let steps = 0;
    const onProgress = () => {
      if (steps++ === 0) filter.fill(0);
    };
    const found = engine.searchBatch(queries, 3, { filter, onProgress });
    expect(steps).toBeGreaterThan(1);
    expect(found.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
  });

  it('tells positions in the whole array of queries', async () => {
    using engine = new VectorSearchEngine(dim);
    engine.addBatch(vectors.subarray(0, 2000 * dim));
    const count = 2100;
    const queries = randomVectors(count, dim, 3);
    queries.fill(0, (count - 1) * dim);
    expect(await errorOf(() => engine.searchBatch(queries, 1))).toMatchObject({
      code: 'ZERO_VECTOR',
      actual: count - 1,
    });
  });

  describe('of many rows, a part of them in a step', () => {
    const copies = 4;
    const count = 128;
    const engine = () => {
      const opened = new VectorSearchEngine(dim);
      for (let copy = 0; copy < copies; copy++) opened.addBatch(vectors);
      return opened;
    };
    const queries = vectors.subarray(0, count * dim);

    it.each([
      [3, undefined],
      [50, undefined],
      [3, { filter: new Set([5, 7, rows + 5, 3 * rows + 5, 3 * rows + 9]) }],
      [5, { scoreThreshold: 0.5 }],
    ])('finds what single searches find, k = %i, %o', (k, options) => {
      using searched = engine();
      searched.remove(2 * rows + 6);
      const steps: number[] = [];
      const onProgress = ({ done }: Progress) => steps.push(done);
      const found = searched.searchBatch(queries, k, { ...options, onProgress });
      expect(steps.length).toBeGreaterThan(1);
      expect(steps.at(-1)).toBe(count);
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
      for (const query of [0, 5, 6, 127]) {
        const alone = searched.search(queries.subarray(query * dim, (query + 1) * dim), k, options);
        expect(found[query]?.toJSON()).toEqual(alone.toJSON());
      }
    });

    it('lets the engine be read between its steps', () => {
      using searched = engine();
      const found = (queryCount: number, options = {}) =>
        searched
          .searchBatch(queries.subarray(0, queryCount * dim), 3, options)
          .map(({ ids, scores }) => [...ids, ...scores]);
      const alone = found(10);
      let steps = 0;
      const onProgress = () => {
        steps++;
        const { ids, scores } = searched.search(rowOf(queries, dim, 7), 3);
        expect([...ids, ...scores]).toEqual(alone[7]);
        expect(found(10)).toEqual(alone);
        expect(searched.get(3)).toEqual(rowOf(vectors, dim, 3));
      };
      expect(found(count, { onProgress }).slice(0, 10)).toEqual(alone);
      expect(steps).toBeGreaterThan(1);
    });

    it('refuses changes between its steps, and none after it was stopped', async () => {
      using searched = engine();
      const calls = [
        () => searched.add(vectors.subarray(0, dim)),
        () => searched.remove(0),
        () => searched.compact(),
      ];
      for (const onProgress of calls) {
        expect(await errorOf(() => searched.searchBatch(queries, 3, { onProgress }))).toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
      }
      expect(searched.size).toBe(copies * rows);
    });

    it('searches for the queries as they were, whatever becomes of their array', () => {
      using searched = engine();
      const given = queries.slice();
      const found = searched.searchBatch(given, 3, { onProgress: () => given.fill(1) });
      expect(Array.from(found[9]?.ids ?? [])).toEqual([9, rows + 9, 2 * rows + 9]);
    });
  });

  it('gives results whose arrays do not share memory', () => {
    using engine = new VectorSearchEngine(dim);
    engine.addBatch(vectors.subarray(0, 20 * dim));
    const results = engine.searchBatch(vectors.subarray(0, 20 * dim), 3);
    const buffers = results.flatMap(({ ids, scores, distances }) => [
      ids.buffer,
      scores.buffer,
      distances.buffer,
    ]);
    expect(new Set(buffers).size).toBe(60);
    expect(buffers.every(({ byteLength }) => byteLength === 12)).toBe(true);
  });
});

describe('the batch processor', () => {
  it('projects by the model as it is when it is called', () => {
    const processor = new BatchProcessor(4, 2);
    const flat = randomVectors(40, 4, 5);
    const model = processor.process(flat, 'pca', { components: 2 });
    const changing = { ...model, mean: model.mean.slice(), components: model.components.slice() };
    const onProgress = () => {
      changing.components.fill(0);
      changing.mean = new Float32Array(300_000).fill(9);
    };
    expect(processor.project(flat, changing, { onProgress })).toEqual(processor.project(flat, model));
  });

  it('refuses an array for the result that is gone when there is one', async () => {
    const processor = new BatchProcessor(dim);
    const out = new Float32Array(rows * dim);
    const onProgress = () => structuredClone(out, { transfer: [out.buffer] });
    let calls = 0;
    const once = () => {
      if (calls++ === 0) onProgress();
    };
    const call = () => processor.process(vectors, 'normalize', { out, onProgress: once });
    expect(await errorOf(call)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      actual: 'a detached Float32Array',
    });
  });

  it('refuses an array that shrinks between two batches', async () => {
    const { values, resize } = resizableFloats(1024);
    const processor = new BatchProcessor(4, 16);
    const call = () => processor.process(values, 'mean', { onProgress: () => resize(4) });
    expect(await errorOf(call)).toMatchObject({ code: 'DIMENSION_MISMATCH' });
  });

  it('leaves the array for the result alone when it is stopped or fails', async () => {
    const processor = new BatchProcessor(dim, 100);
    const work = vectors.slice();
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => {
      if (done >= 500) stop.abort();
    };
    const stopped = () =>
      processor.process(work, 'normalize', { out: work, onProgress, signal: stop.signal });
    expect(await errorOf(stopped)).toBe(stop.signal.reason);
    expect(isSame(work, vectors)).toBe(true);
    work.fill(0, 6000 * dim, 6001 * dim);
    const zeroed = work.slice();
    expect(await errorOf(() => processor.process(work, 'normalize', { out: work }))).toMatchObject({
      code: 'ZERO_VECTOR',
      actual: 6000,
    });
    expect(isSame(work, zeroed)).toBe(true);
  });

  it.each([1, 7, 100, 5000, 1_000_000])('gives the same results in batches of %i rows', (batchSize) => {
    const some = vectors.subarray(0, 60 * dim);
    const processor = new BatchProcessor(dim, batchSize);
    const whole = new BatchProcessor(dim, 60);
    const mask = Uint8Array.from({ length: 60 }, (_, row) => (row % 7 === 3 ? 0 : 1));
    const weights = Float32Array.from({ length: 60 }, (_, row) => row % 5);
    for (const operation of ['mean', 'max', 'sum', 'weighted'] as const) {
      for (const groupSize of [1, 12, 30, 60]) {
        const options = { groupSize, ...(groupSize > 1 && { mask }) };
        if (operation === 'weighted' && groupSize === 1) continue;
        const run = (by: BatchProcessor) =>
          operation === 'weighted'
            ? by.process(some, operation, { ...options, weights })
            : by.process(some, operation, options);
        const result = run(processor);
        expect(result).toHaveLength((60 / groupSize) * dim);
        expectNear(result, run(whole));
      }
    }
    expectNear(processor.process(some, 'similarity'), whole.process(some, 'similarity'));
    expectNear(processor.process(some, 'statistics').std, whole.process(some, 'statistics').std);
    const model = whole.process(some, 'pca', { components: 3 });
    expectNear(processor.process(some, 'pca', { components: 3 }).explainedVariance, model.explainedVariance);
    expectNear(processor.project(some, model), whole.project(some, model));
  });

  it('names the group of which the mask leaves nothing, wherever it lies', async () => {
    const some = vectors.subarray(0, 60 * dim);
    const mask = new Uint8Array(60).fill(1).fill(0, 40, 60);
    for (const batchSize of [7, 25, 1000]) {
      const processor = new BatchProcessor(dim, batchSize);
      const error = await errorOf(() => processor.process(some, 'mean', { groupSize: 20, mask }));
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect((error as VectorSearchError).message).toBe(
        'Expected a row of group 2 that mask and weights let in, got none',
      );
    }
  });
});

/** Byte by byte; far faster than toEqual on megabytes. */
function isSame(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytesOf = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytesOf(a).equals(bytesOf(b));
}

function expectNear(actual: Float32Array, wanted: Float32Array): void {
  expect(actual).toHaveLength(wanted.length);
  const largest = actual.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (wanted[index] as number))),
    0,
  );
  expect(largest).toBeLessThan(1e-4);
}
