/** Points that come and go take no more room than some twice what there is at a time. */
import { openCollection, type VectorConfig } from 'vicinal/worker';
import { expect, it } from 'vitest';
import { naiveSearch, randomVectors, rowOf } from '../../support/vectors.js';

const dim = 32;
const live = 1000;
const batch = 500;
const rounds = 60;

it.each<[string, Omit<VectorConfig, 'dim'>]>([
  ['flat', { index: 'flat' }],
  ['flat, codes', { index: 'flat', quantization: { bits: 8 } }],
  ['hnsw', { index: 'hnsw' }],
  ['ivf', { index: 'ivf' }],
])('%s', async (name, options) => {
  const collection = await openCollection({ name, dim, metric: 'euclidean', ...options });
  try {
    const rows = randomVectors(live + rounds * batch, dim, 3);
    const upsert = (first: number, count: number) =>
      collection.upsert({
        ids: Uint32Array.from({ length: count }, (_, i) => first + i),
        vectors: rows.subarray(first * dim, (first + count) * dim),
      });
    await upsert(0, live);
    const before = (await collection.info()).memoryBytes;
    for (let round = 0; round < rounds; round++) {
      await collection.delete(Array.from({ length: batch }, (_, i) => round * batch + i));
      await upsert(live + round * batch, batch);
    }
    const { memoryBytes, pointsCount } = await collection.info();
    expect(pointsCount).toBe(live);
    expect(memoryBytes / before).toBeLessThan(4);
    const first = rounds * batch;
    const kept = rows.subarray(first * dim);
    for (let i = 0; i < live; i += 97) {
      const query = rowOf(kept, dim, i);
      const [nearest] = await collection.search(query, { k: 1 });
      expect(nearest?.id).toBe(first + i);
      const exact = await collection.search(query, { k: 5, params: { exact: true } });
      const expected = naiveSearch('euclidean', kept, query, 5).map(({ id }) => first + id);
      expect(exact.map(({ id }) => id)).toEqual(expected);
    }
  } finally {
    await collection.close();
  }
});

it('leaves graphs as good as new, however few points are left and however few at a time are deleted', async () => {
  const count = 4000;
  const left = 1000;
  const rows = randomVectors(count, dim, 5);
  const queries = randomVectors(100, dim, 6);
  const filledFrom = async (first: number) => {
    const collection = await openCollection({ name: 'graph', dim, index: 'hnsw', fullScanThreshold: 0 });
    const ids = Uint32Array.from({ length: count - first }, (_, i) => first + i);
    await collection.upsert({ ids, vectors: rows.slice(first * dim) });
    return collection;
  };
  const used = await filledFrom(0);
  const fresh = await filledFrom(count - left);
  try {
    for (let first = 0; first < count - left; first += 50)
      await used.delete(Array.from({ length: 50 }, (_, i) => first + i));
    const recallOf = async (collection: typeof used) => {
      const all = Array.from({ length: 100 }, (_, i) => rowOf(queries, dim, i));
      const found = await collection.searchBatch(all, { params: { efSearch: 10 } });
      const exact = await collection.searchBatch(all, { params: { exact: true } });
      const idsOf = (hits: (typeof exact)[number]) => hits.map(({ id }) => id);
      const right = found.map(
        (hits, query) => idsOf(hits).filter((id) => idsOf(exact[query] as typeof hits).includes(id)).length,
      );
      return right.reduce((sum, each) => sum + each, 0) / 1000;
    };
    expect(await recallOf(used)).toBeGreaterThan((await recallOf(fresh)) - 0.02);
  } finally {
    await used.close();
    await fresh.close();
  }
});
