/**
The brute-force index of hnswlib-wasm.

@module
*/
import type { OpenSearcher } from './searcher.js';

const SPACES = { cosine: 'cosine', dot: 'ip', euclidean: 'l2', manhattan: undefined } as const;

export const openHnswlib: OpenSearcher = async ({ dim, metric, capacity }, { asPage }) => {
  const load = async () => (await import('hnswlib-wasm')).loadHnswlib();
  const { BruteforceSearch } = await (asPage ? asPage(load) : load());
  const space = SPACES[metric];
  if (space === undefined) throw new RangeError(`hnswlib-wasm has no metric ${metric}`);
  const index = new BruteforceSearch(space, dim);
  index.initIndex(capacity);
  let count = 0;
  const add = (row: Float32Array) => index.addPoint(row, count++);
  return {
    add,
    addBatch(rows) {
      for (let at = 0; at < rows.length; at += dim) add(rows.subarray(at, at + dim));
    },
    search: (query, k) => index.searchKnn(query, k, undefined).neighbors,
    dispose: () => index.delete(),
  };
};
