/** The sparse index: the two scorings, filters, statistics of several indexes, and what it refuses. */
import fc from 'fast-check';
import init, { addSparseStatistics, SparseIndex, type SparseVectorInput, VectorSearchError } from 'vicinal';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => init());

const made: SparseIndex[] = [];
afterEach(() => {
  for (const index of made.splice(0)) index.dispose();
});

function sparseIndex(...options: ConstructorParameters<typeof SparseIndex>): SparseIndex {
  const index = new SparseIndex(...options);
  made.push(index);
  return index;
}

const sparse = (entries: Record<number, number>): SparseVectorInput => ({
  indices: Object.keys(entries).map(Number),
  values: Object.values(entries),
});

function errorOf(body: () => unknown): VectorSearchError {
  try {
    body();
  } catch (error) {
    if (error instanceof VectorSearchError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('vectors of a sparse index', () => {
  it('are kept by id, in any order of indices', () => {
    const index = sparseIndex();
    index.set(7, { indices: [4_294_967_295, 0, 12], values: [1.5, -2, 3] });
    index.set(0, { indices: new Uint32Array([5]), values: new Float32Array([0.25]) });
    index.set(3, { indices: [], values: [] });
    expect(index.size).toBe(3);
    expect(index.get(7)).toEqual({
      indices: new Uint32Array([0, 12, 4_294_967_295]),
      values: new Float32Array([-2, 3, 1.5]),
    });
    expect(index.get(3)).toEqual({ indices: new Uint32Array(0), values: new Float32Array(0) });
    expect([index.has(7), index.has(1)]).toEqual([true, false]);
  });

  it('are replaced, removed and compacted', () => {
    const index = sparseIndex();
    for (let id = 0; id < 100; id++) index.set(id, sparse({ 1: id, [id + 2]: 1 }));
    index.set(99, sparse({ 1: 1000 }));
    for (let id = 0; id < 90; id++) index.remove(id);
    expect(index.search(sparse({ 1: 1 }), 2).toJSON()).toMatchObject([
      { id: 99, score: 1000, distance: -1000 },
      { id: 98, score: 98 },
    ]);
    expect(index.stats()).toMatchObject({ size: 10, deleted: 91, indexCount: 101, postingCount: 201 });
    const before = index.stats().memoryBytes;
    index.compact();
    expect(index.stats()).toMatchObject({ size: 10, deleted: 0, indexCount: 10, postingCount: 19 });
    expect(index.stats().memoryBytes).toBeLessThan(before / 2);
    expect(index.search(sparse({ 1: 1 }), 2).ids).toEqual(new Uint32Array([99, 98]));
    expect(index.get(95).indices).toEqual(new Uint32Array([1, 97]));
  });
});

describe('search of a sparse index', () => {
  it('adds up products over shared indices, and passes over vectors without any', () => {
    const index = sparseIndex();
    index.set(2, sparse({ 1: 2, 3: 4 }));
    index.set(1, sparse({ 3: -1 }));
    index.set(0, sparse({ 9: 100 }));
    index.set(4, sparse({ 1: 0 }));
    const results = index.search(sparse({ 3: 2, 1: 0.5 }));
    expect(results.toJSON()).toEqual([
      { id: 2, score: 9, distance: -9 },
      { id: 4, score: 0, distance: 0 },
      { id: 1, score: -2, distance: 2 },
    ]);
    expect(results.queryTime()).toBeGreaterThanOrEqual(0);
    expect(index.search({ indices: [], values: [] }).count()).toBe(0);
    expect(index.search(sparse({ 3: 2, 1: 0.5 }), 10, { scoreThreshold: 0 }).ids).toEqual(
      new Uint32Array([2, 4]),
    );
  });

  it('takes filters in every form', () => {
    const index = sparseIndex();
    for (let id = 0; id < 100; id++) index.set(id, sparse({ 1: 1 }));
    const query = sparse({ 1: 1 });
    for (const filter of [[70, 3, 200], new Set([3, 70]), new Uint32Array([3, 70])]) {
      expect(index.search(query, 10, { filter }).ids).toEqual(new Uint32Array([3, 70]));
    }
    const bits = new Uint32Array([1 << 3, 0, 1 << 6]);
    expect(index.search(query, 10, { filter: { bits } }).ids).toEqual(new Uint32Array([3, 70]));
    expect(index.search(query, 10, { filter: [] }).count()).toBe(0);
  });

  it('weighs by idf', () => {
    const index = sparseIndex({ modifier: 'idf' });
    index.set(0, sparse({ 1: 1, 2: 1 }));
    index.set(1, sparse({ 1: 2 }));
    index.set(2, sparse({ 3: 1 }));
    const idf = (n: number) => Math.log((3 - n + 0.5) / (n + 0.5) + 1);
    const { ids, scores } = index.search(sparse({ 1: 1, 2: 3 }));
    expect(ids).toEqual(new Uint32Array([0, 1]));
    expect(scores[0]).toBeCloseTo(idf(2) + 3 * idf(1), 6);
    expect(scores[1]).toBeCloseTo(2 * idf(2), 6);
  });

  it('scores as one index does, over several with joined statistics', () => {
    const terms = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 8 });
    const frequencies = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 8, maxLength: 8 });
    const vectors = fc.array(fc.tuple(terms, frequencies, fc.nat(2)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(vectors, terms, fc.constantFrom('bm25' as const, 'idf' as const), (rows, words, how) => {
        const options = how === 'idf' ? { modifier: how } : { scoring: how };
        const whole = sparseIndex(options);
        const shards = [0, 1, 2].map(() => sparseIndex(options));
        for (const [id, [indices, values, shard]] of rows.entries()) {
          const vector = { indices, values: values.slice(0, indices.length) };
          whole.set(id, vector);
          shards[shard]?.set(id, vector);
        }
        const query = { indices: words, values: words.map((_, i) => 1 + i / 8) };
        const statistics = addSparseStatistics(shards.map((shard) => shard.statistics(words)));
        expect(statistics).toEqual(whole.statistics(words));
        const joined = shards.flatMap((shard) => shard.search(query, 100, { statistics }).toJSON());
        joined.sort((a, b) => b.score - a.score || a.id - b.id);
        expect(joined).toEqual(whole.search(query, 100).toJSON());
        for (const index of made.splice(0)) index.dispose();
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('a sparse index refuses', () => {
  it('options that it does not know or that contradict each other', () => {
    const wrong: object[] = [
      { scoring: 'cosine' },
      { modifier: 'tf' },
      { scoring: 'bm25', modifier: 'idf' },
      { k1: 1 },
      { scoring: 'bm25', k1: -1 },
      { scoring: 'bm25', k1: Number.NaN },
      { scoring: 'bm25', b: 1.5 },
      { scorer: 'bm25' },
    ];
    for (const options of wrong) {
      expect(errorOf(() => sparseIndex(options)).code).toBe('INVALID_ARGUMENT');
    }
    expect(sparseIndex({ scoring: 'bm25', k1: 0.9, b: 0 }).options).toEqual({
      scoring: 'bm25',
      modifier: 'none',
      k1: 0.9,
      b: 0,
    });
  });

  it('vectors that are none, and is unchanged then', () => {
    const index = sparseIndex({ scoring: 'bm25' });
    index.set(1, sparse({ 1: 2 }));
    const cases: [unknown, string, string][] = [
      [
        { indices: [1, 2], values: [1] },
        'DIMENSION_MISMATCH',
        'Expected one value for each of 2 indices, got 1',
      ],
      [{ indices: [3, 1, 3], values: [1, 1, 1] }, 'INVALID_ARGUMENT', '3 more than once'],
      [{ indices: [1.5], values: [1] }, 'INVALID_ARGUMENT', 'integer from 0 to 4294967295'],
      [{ indices: [-1], values: [1] }, 'INVALID_ARGUMENT', 'integer from 0 to 4294967295'],
      [{ indices: '1', values: [1] }, 'INVALID_ARGUMENT', 'Uint32Array'],
      [{ indices: [1], values: ['1'] }, 'INVALID_ARGUMENT', 'to be a number'],
      [{ indices: [1, 5], values: [1, Number.NaN] }, 'NOT_FINITE', 'at position 1'],
      [{ indices: [1, 5], values: [1e39, 1] }, 'NOT_FINITE', 'at position 0'],
      [{ indices: [1, 5], values: [1, 0] }, 'INVALID_ARGUMENT', 'value 1 of the vector to be above 0, got 0'],
      [{ indices: [1], values: [-1] }, 'INVALID_ARGUMENT', 'above 0'],
      [null, 'INVALID_ARGUMENT', '{ indices, values }'],
    ];
    for (const [vector, code, message] of cases) {
      const error = errorOf(() => index.set(1, vector as SparseVectorInput));
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
    }
    expect(index.get(1)).toEqual({ indices: new Uint32Array([1]), values: new Float32Array([2]) });
    expect(index.statistics([1, 5, 3])).toEqual({
      count: 1,
      totalLength: 2,
      frequencies: new Float64Array([1, 0, 0]),
    });
    // A query may weigh as it likes.
    expect(index.search(sparse({ 1: -1 })).count()).toBe(1);
  });

  it('ids, counts and statistics that do not fit', () => {
    const index = sparseIndex();
    const query = sparse({ 1: 1 });
    index.set(4_294_967_294, query);
    expect(errorOf(() => index.set(4_294_967_295, query)).code).toBe('INVALID_ARGUMENT');
    expect(errorOf(() => index.get(5)).message).toBe('No vector has id 5');
    expect(errorOf(() => index.remove(5)).code).toBe('NOT_FOUND');
    expect(errorOf(() => index.search(query, 0)).code).toBe('INVALID_ARGUMENT');
    expect(errorOf(() => index.search(query, 1, { scoreThreshold: Number.NaN })).code).toBe(
      'INVALID_ARGUMENT',
    );
    expect(errorOf(() => index.search(query, 1, { limit: 3 } as object)).code).toBe('INVALID_ARGUMENT');
    const frequencies = new Float64Array(2);
    const statistics = { count: 1, totalLength: 1, frequencies };
    expect(errorOf(() => index.search(query, 1, { statistics })).message).toBe(
      'Expected one frequency for each of 1 indices, got 2',
    );
    const negative = { count: -1, totalLength: 1, frequencies: new Float64Array(1) };
    expect(errorOf(() => index.search(query, 1, { statistics: negative })).code).toBe('INVALID_ARGUMENT');
    expect(errorOf(() => addSparseStatistics([])).code).toBe('INVALID_ARGUMENT');
    expect(errorOf(() => addSparseStatistics([statistics, negative])).code).toBe('DIMENSION_MISMATCH');
  });

  it('calls after it was disposed', () => {
    const index = new SparseIndex();
    index.dispose();
    index.dispose();
    expect(index.disposed).toBe(true);
    expect(errorOf(() => index.size).message).toBe('The sparse index has been disposed');
  });
});
