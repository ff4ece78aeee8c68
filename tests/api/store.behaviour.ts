/**
What every compressed store does, whichever thread it lives in.

@module
*/
import { type CompressedStoreOptions, type CompressedVectorStore, VectorSearchError } from 'vicinal';
import { afterEach, describe, expect, it } from 'vitest';
import { naiveSearch, randomVectors, rowOf } from '../support/vectors.js';
import { type Awaitable, errorOf } from './support/awaitable.js';

/** What the two have in common; the synchronous store also tells its options. */
export type AnyStore = Awaitable<Omit<CompressedVectorStore, 'bits' | 'keepVectors'>>;

/** Makes the stores under test. */
export interface StoreMaker {
  create(dim: number, options?: CompressedStoreOptions): AnyStore | Promise<AnyStore>;
  load(bytes: Uint8Array): AnyStore | Promise<AnyStore>;
}

export function describeStore(name: string, maker: StoreMaker): void {
  const opened: AnyStore[] = [];
  const keep = (store: AnyStore) => {
    opened.push(store);
    return store;
  };
  const create = async (dim: number, options?: CompressedStoreOptions) =>
    keep(await maker.create(dim, options));
  const load = async (bytes: Uint8Array) => keep(await maker.load(bytes));

  describe(name, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.dispose()));
    });

    it('gives ids from 0 on and counts its vectors', async () => {
      const store = await create(4);
      expect(await store.add([1, 2, 3, 4])).toBe(0);
      expect(await store.addBatch(randomVectors(5, 4))).toBe(1);
      expect(await store.count()).toBe(6);
      expect([await store.dim, await store.metric]).toEqual([4, 'cosine']);
    });

    it.each([
      [8, 0.02],
      [4, 0.15],
      [2, 0.7],
    ] as const)('decodes %i bits to within %f of a value', async (bits, tolerance) => {
      const dim = 48;
      const flat = randomVectors(20, dim);
      const store = await create(dim, { bits, metric: 'euclidean' });
      await store.addBatch(flat);
      const decoded = await store.get(13);
      const errors = rowOf(flat, dim, 13).map((value, position) =>
        Math.abs(value - (decoded[position] ?? 0)),
      );
      expect(Math.max(...errors)).toBeLessThan(tolerance);
    });

    it.each([8, 4, 2, 1] as const)('finds a vector by its own code of %i bits', async (bits) => {
      const dim = 128;
      const flat = randomVectors(200, dim);
      const store = await create(dim, { bits });
      await store.addBatch(flat);
      const query = rowOf(flat, dim, 77);
      expect((await store.search(query, 5)).ids[0]).toBe(77);
      const [first, second] = await store.searchBatch(flat.slice(0, 2 * dim), 5);
      expect([first?.ids[0], second?.ids[0]]).toEqual([0, 1]);
    });

    it('finds exactly what a naive search finds where it keeps the vectors and rescores enough of them', async () => {
      const dim = 32;
      const flat = randomVectors(200, dim, 3);
      const query = randomVectors(1, dim, 4);
      const store = await create(dim, { bits: 8, metric: 'euclidean', keepVectors: true });
      await store.addBatch(flat);
      const results = await store.search(query, 10, { oversampling: 20 });
      expect([...results.ids]).toEqual(naiveSearch('euclidean', flat, query, 10).map(({ id }) => id));
      expect(await store.get(5)).toEqual(rowOf(flat, dim, 5));
    });

    it('rescores all vectors where more are asked for than there can be', async () => {
      const store = await create(2, { keepVectors: true });
      await store.add([1, 2]);
      expect((await store.search([1, 2], 1, { oversampling: 1e300 })).ids).toEqual(Uint32Array.of(0));
    });

    it('takes filters', async () => {
      const store = await create(8);
      await store.addBatch(randomVectors(50, 8));
      const results = await store.search(randomVectors(1, 8, 9), 50, { filter: [3, 30] });
      expect([...results.ids].sort((a, b) => a - b)).toEqual([3, 30]);
    });

    it('is smaller than its vectors, and tells by how much', async () => {
      const dim = 256;
      const store = await create(dim, { bits: 4 });
      await store.addBatch(randomVectors(1000, dim));
      const bytes = await store.memoryUsage();
      expect(await store.compressionRatio()).toBeCloseTo((1000 * dim * 4) / bytes, 5);
      expect(await store.compressionRatio()).toBeGreaterThan(4);
      expect(await store.stats()).toMatchObject({
        size: 1000,
        dimension: dim,
        quantization: { codec: 'scalar', bits: 4, keepVectors: false, trained: true },
        memoryBytes: bytes,
      });
    });

    it('comes back from its saved bytes', async () => {
      const store = await create(16, { bits: 2, metric: 'dot' });
      await store.addBatch(randomVectors(30, 16));
      const query = randomVectors(1, 16, 5);
      const again = await load(await store.save());
      expect([await again.dim, await again.metric, await again.count()]).toEqual([16, 'dot', 30]);
      expect((await again.search(query, 30)).toJSON()).toEqual((await store.search(query, 30)).toJSON());
    });

    it('tells progress', async () => {
      const store = await create(4);
      const reports: object[] = [];
      await store.addBatch(randomVectors(9, 4), 9, { onProgress: (progress) => reports.push(progress) });
      expect(reports.at(-1)).toEqual({ done: 9, total: 9 });
    });

    it.each<[string, (store: AnyStore) => unknown, object]>([
      ['a vector too long', (s) => s.add([1, 2, 3]), { code: 'DIMENSION_MISMATCH', expected: 2, actual: 3 }],
      ['infinity', (s) => s.add([1, 1 / 0]), { code: 'NOT_FINITE', actual: 1 }],
      ['zeros', (s) => s.addBatch(Float32Array.of(1, 1, 0, 0)), { code: 'ZERO_VECTOR', actual: 1 }],
      ['an unknown id', (s) => s.get(8), { code: 'NOT_FOUND', actual: 8 }],
      ['k of 0', (s) => s.search([1, 1], 0), { code: 'INVALID_ARGUMENT' }],
      [
        'rescoring without vectors',
        (s) => s.search([1, 1], 1, { oversampling: 2 }),
        { code: 'INVALID_ARGUMENT' },
      ],
    ])('refuses %s, and is unchanged', async (_, call, expected) => {
      const store = await create(2);
      await store.add([1, 2]);
      const before = await store.save();
      const error = await errorOf(() => call(store));
      expect(error).toBeInstanceOf(VectorSearchError);
      expect(error).toMatchObject(expected);
      expect(await store.save()).toEqual(before);
    });

    it('refuses what it cannot be', async () => {
      expect(await errorOf(() => create(0))).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await errorOf(() => create(4, { bits: 3 as 4 }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await errorOf(() => load(new Uint8Array(8)))).toMatchObject({ code: 'CORRUPT_DATA' });
    });

    it('is over once disposed', async () => {
      const store = await create(2);
      await store.dispose();
      await store.dispose();
      expect(await errorOf(() => store.add([1, 2]))).toMatchObject({
        code: 'DISPOSED',
        message: 'The store has been disposed',
      });
      expect(await errorOf(() => store.count())).toMatchObject({ code: 'DISPOSED' });
    });
  });
}
