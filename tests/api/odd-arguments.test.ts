/** Arguments that no program means: each is refused by name and number, and nothing is changed. */
import init, {
  BatchProcessor,
  cosineSimilarityBatch,
  dotProductBatch,
  normalizeVectors,
  recommendQuantization,
  VectorSearchEngine,
} from 'vicinal';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomVectors } from '../support/vectors.js';
import { errorOf } from './support/awaitable.js';
import { resizableFloats } from './support/resizable.js';

const dim = 4;
const rows = randomVectors(10, dim);

let engine: VectorSearchEngine;
beforeAll(() => init());
beforeEach(() => {
  engine = new VectorSearchEngine(dim, 'euclidean', { index: 'hnsw', targetRecall: 0.9 });
  engine.addBatch(rows);
});
afterEach(() => engine.dispose());

function given<T extends Float32Array | Uint32Array>(array: T): T {
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

describe('an array whose memory is gone', () => {
  const calls: Record<string, (gone: Float32Array) => unknown> = {
    addBatch: (gone) => engine.addBatch(gone),
    train: (gone) => engine.train(gone),
    calibrate: (gone) => engine.calibrate(gone),
    searchBatch: (gone) => engine.searchBatch(gone),
    search: (gone) => engine.search(gone),
    normalizeVectors: (gone) => normalizeVectors(gone, dim),
    dotProductBatch: (gone) => dotProductBatch([1, 2, 3, 4], gone),
    'process, vectors': (gone) => new BatchProcessor(dim).process(gone, 'normalize'),
    'process, out': (gone) =>
      new BatchProcessor(dim).process(new Float32Array(0), 'normalize', { out: gone }),
  };

  it.each(Object.entries(calls))('is refused by %s', async (_, call) => {
    const before = engine.save();
    const cut = resizableFloats(8);
    const view = new Float32Array(cut.values.buffer, 16);
    cut.resize(0);
    for (const gone of [given(rows.slice()), view])
      expect(await errorOf(() => call(gone))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        actual: 'a detached Float32Array',
      });
    expect(engine.save()).toEqual(before);
  });

  it('is refused as a filter', async () => {
    const ids = given(Uint32Array.of(1, 2));
    for (const filter of [ids, { bits: ids }])
      expect(await errorOf(() => engine.search([1, 2, 3, 4], 1, { filter }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
  });
});

describe('what has no number, or is no signal', () => {
  it.each([Symbol('x'), Object.create(null), [], 5n])('%o', async (value) => {
    const wrong = value as never;
    for (const call of [
      () => engine.search([1, 2, 3, 4], wrong),
      () => engine.addBatch(rows, wrong),
      () => engine.get(wrong),
      () => new BatchProcessor(dim, wrong),
      () => engine.searchBatch(rows, 1, { signal: wrong }),
    ])
      expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each([
    'throwIfAborted',
    'addEventListener',
    'removeEventListener',
  ])('a signal without %s', async (name) => {
    const signal = Object.assign(Object.create(null), {
      aborted: false,
      throwIfAborted() {},
      addEventListener() {},
      removeEventListener() {},
      [name]: undefined,
    });
    expect(await errorOf(() => engine.searchBatch(rows, 1, { signal }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('an EventTarget', async () => {
    const signal = new EventTarget() as AbortSignal;
    expect(await errorOf(() => engine.addBatch(rows, 10, { signal }))).toMatchObject({
      message: 'Expected signal to be an AbortSignal, got EventTarget',
    });
  });

  it('an array in place of options', async () => {
    for (const call of [
      () => new VectorSearchEngine(dim, 'dot', [] as object),
      () => new VectorSearchEngine(dim, 'dot', { quantization: [] as object }),
      () => engine.addBatch(rows, 10, [] as object),
    ])
      expect(await errorOf(call)).toMatchObject({
        message: 'Expected the options to be an object, got Array of length 0',
      });
  });
});

describe('an array that runs code when it is read', () => {
  function arrayThat(act: () => void): number[] {
    const array = [1, 2, 3, 4];
    Object.defineProperty(array, 1, {
      get() {
        act();
        return 2;
      },
    });
    return array;
  }

  it('may search: the vector that is looked for is still its own', () => {
    const expected = engine.search([1, 2, 3, 4], 3).toJSON();
    expect(
      engine
        .search(
          arrayThat(() => engine.search([-9, 0, 9, 0], 3)),
          3,
        )
        .toJSON(),
    ).toEqual(expected);
    const id = engine.add(arrayThat(() => engine.search([-9, 0, 9, 0], 3)));
    expect(engine.get(id)).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('may dispose the engine: it is no more, others are', async () => {
    for (const call of ['add', 'search'] as const) {
      const doomed = new VectorSearchEngine(dim, 'dot');
      expect(await errorOf(() => doomed[call](arrayThat(() => doomed.dispose())))).toMatchObject({
        code: 'DISPOSED',
      });
    }
    expect(engine.search([1, 2, 3, 4], 1).count()).toBe(1);
  });

  it('may grow: what it was is taken', () => {
    const growing = new Proxy([1, 2, 3, 4], {
      get(target, key) {
        if (key === '2') target.push(5);
        return Reflect.get(target, key);
      },
    });
    expect(engine.get(engine.add(growing))).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});

describe('a query and many vectors', () => {
  const flat = randomVectors(3, dim);
  const wrong = flat.slice();
  wrong[5] = Number.POSITIVE_INFINITY;

  it.each([
    [[1, Number.NaN, 1, 1], flat, 'NOT_FINITE', '1 of the query'],
    [[1, 1e39, 1, 1], flat, 'NOT_FINITE', '1 of the query'],
    [[1, 1, 1, 1], wrong, 'NOT_FINITE', 5],
    [[0, 0, 0, 0], flat, 'ZERO_VECTOR', 'the query'],
    [[1, 1, 1, 1], new Float32Array(2 * dim), 'ZERO_VECTOR', 0],
  ])('are told apart: %s', async (query, vectors, code, actual) => {
    expect(await errorOf(() => cosineSimilarityBatch(query, vectors))).toMatchObject({ code, actual });
  });
});

describe('recommendQuantization', () => {
  it.each([
    [5],
    [null],
    [undefined],
    [[]],
    [{}, { bits: 3 }],
  ])('refuses the candidates %o', async (...candidates) => {
    const call = () =>
      recommendQuantization(randomVectors(40, dim), dim, { candidates: candidates as never });
    expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('tells positions in the sample as it is given', async () => {
    const sample = randomVectors(100, dim);
    sample[202] = Number.NaN;
    expect(await errorOf(() => recommendQuantization(sample, dim))).toMatchObject({
      code: 'NOT_FINITE',
      actual: 202,
    });
    sample.fill(0, 45 * dim, 46 * dim);
    sample[202] = 1;
    expect(await errorOf(() => recommendQuantization(sample, dim))).toMatchObject({
      code: 'ZERO_VECTOR',
      actual: 45,
    });
  });
});
