/**
Seeded test data, and a naive search to compare with.

@module
*/
import type { Metric } from 'vicinal';

/** Numbers in [0, 1) that depend on the seed alone (mulberry32, Tommy Ettinger). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `[count x dim]` values in [-1, 1). */
export function randomVectors(count: number, dim: number, seed = 1): Float32Array {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: count * dim }, () => next() * 2 - 1);
}

/** Row `index` of `flat`, as a copy. */
export function rowOf(flat: Float32Array, dim: number, index: number): Float32Array {
  return flat.slice(index * dim, (index + 1) * dim);
}

/** Score of two vectors in double precision: larger is better. */
export function naiveScore(metric: Metric, a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let normA = 0;
  let normB = 0;
  let l1 = 0;
  let l2Squared = 0;
  a.forEach((x, position) => {
    const y = b[position] ?? 0;
    dot += x * y;
    normA += x * x;
    normB += y * y;
    l1 += Math.abs(x - y);
    l2Squared += (x - y) ** 2;
  });
  switch (metric) {
    case 'cosine':
      return dot / Math.sqrt(normA * normB);
    case 'dot':
      return dot;
    case 'manhattan':
      return -l1;
    case 'euclidean':
      return -Math.sqrt(l2Squared);
  }
}

/** Row numbers and scores of the `k` best rows of `flat`, best first, ties by smaller number. */
export function naiveSearch(
  metric: Metric,
  flat: Float32Array,
  query: Float32Array,
  k: number,
): { readonly id: number; readonly score: number }[] {
  const dim = query.length;
  return Array.from({ length: flat.length / dim }, (_, id) => ({
    id,
    score: naiveScore(metric, flat.subarray(id * dim, (id + 1) * dim), query),
  }))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, k);
}

/** Rows `[count x dim]` around some centers, the same for every seed, as embeddings are. `spread`: of each around its own. */
export function clusteredVectors(
  count: number,
  dim: number,
  { centerCount, spread, seed }: { centerCount: number; spread: number; seed: number },
): Float32Array {
  const centers = randomVectors(centerCount, dim, 7);
  const next = randomNumbers(seed);
  const rows = randomVectors(count, dim, seed + 1);
  for (let row = 0; row < count; row++) {
    const center = Math.floor(next() * centerCount);
    for (let i = 0; i < dim; i++) {
      const at = row * dim + i;
      rows[at] = spread * (rows[at] as number) + (centers[center * dim + i] as number);
    }
  }
  return rows;
}

/** Share of the ten nearest of `rows` to each query that its result has. */
export function recallAt10(
  results: readonly { readonly ids: Uint32Array }[],
  metric: Metric,
  rows: Float32Array,
  queries: Float32Array,
): number {
  const dim = queries.length / results.length;
  let found = 0;
  results.forEach(({ ids }, index) => {
    const right = new Set(naiveSearch(metric, rows, rowOf(queries, dim, index), 10).map(({ id }) => id));
    found += [...ids].filter((id) => right.has(id)).length;
  });
  return found / (10 * results.length);
}
