/**
usearch, native code for Node, one thread. It does not tell what it holds; its file is the same links and vectors.

A search takes no `efSearch`: its candidate list has the length that the index was made with, or `k` where that is more;
so as many rows are asked for, and the first `k` taken.

@module
*/
import { type GraphOptions, type OpenGraph, unit } from './graph-index.js';

const SHORTEST_LIST = 10;
const THREADS = 1;
const BYTES = { f16: 2, f32: 4 } as const;

export const openUsearchF16: OpenGraph = (options) => openUsearch(options, 'f16');
export const openUsearchF32: OpenGraph = (options) => openUsearch(options, 'f32');

async function openUsearch(
  { dim, metric, m, efConstruction }: GraphOptions,
  quantization: keyof typeof BYTES,
): ReturnType<OpenGraph> {
  if (metric !== 'cosine' && metric !== 'euclidean') throw new RangeError(`no metric ${metric}`);
  // Here, since a page bundles this file too.
  const { Index } = await import('usearch');
  const files = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const index = new Index({
    dimensions: dim,
    // Faster than its own cosine.
    metric: metric === 'cosine' ? 'ip' : 'l2sq',
    quantization,
    connectivity: m,
    expansion_add: efConstruction,
    expansion_search: SHORTEST_LIST,
    multi: false,
  });
  const own = metric === 'cosine' ? unit : (vector: Float32Array) => vector;
  let count = 0;
  return {
    add: (row) => index.add(BigInt(count++), own(row), THREADS),
    addBatch(rows) {
      const units = new Float32Array(rows.length);
      for (let at = 0; at < rows.length; at += dim) units.set(own(rows.subarray(at, at + dim)), at);
      const keys = BigUint64Array.from({ length: rows.length / dim }, () => BigInt(count++));
      index.add(keys, units, THREADS);
    },
    prepare: own,
    search: (query, k, efSearch) =>
      Array.from(index.search(query, Math.max(k, efSearch), THREADS).keys.subarray(0, k), Number),
    bytes() {
      const folder = files.mkdtempSync(`${tmpdir()}/usearch-`);
      index.save(`${folder}/index`);
      const all = files.statSync(`${folder}/index`).size;
      files.rmSync(folder, { recursive: true });
      const vectors = count * dim * BYTES[quantization];
      return { all, vectors, graph: all - vectors };
    },
    dispose: () => undefined,
  };
}
