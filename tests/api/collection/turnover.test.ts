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
