/**
The graph of edgevec, and its walk by sign bits with rescoring.

A search takes no `efSearch`: its candidate list has the length that the index was made with, or `k` where that is more;
so as many rows are asked for, and the first `k` taken. Its metric `cosine` returns the farthest rows first: of unit rows
`l2` ranks as cosine does.

@module
*/
import { loadEdgevec, rowsOf } from '../edgevec.js';
import { type OpenGraph, unit } from './graph-index.js';

const SHORTEST_LIST = 10;

export const openEdgevecHnsw: OpenGraph = async ({ dim, metric, m, efConstruction }, surroundings) => {
  if (metric !== 'cosine' && metric !== 'euclidean') throw new RangeError(`no metric ${metric}`);
  const { open } = await loadEdgevec({ dim }, surroundings);
  const index = open((config) => {
    config.metric = 'l2';
    config.m = m;
    config.m0 = 2 * m;
    config.ef_construction = efConstruction;
    config.ef_search = SHORTEST_LIST;
  });
  // Sign bits are made of each row as it comes; multiples of eight dimensions only.
  const hasBits = dim % 8 === 0;
  if (hasBits) index.enableBQ();
  const own = metric === 'cosine' ? unit : (vector: Float32Array) => vector;
  return {
    add: (row) => index.insert(own(row)),
    prepare: own,
    search: (query, k, efSearch) => rowsOf(index.search(query, Math.max(k, efSearch))).slice(0, k),
    ...(hasBits && {
      searchByCodes: (query, k, efSearch) =>
        rowsOf(index.searchBQRescored(query, k, Math.max(1, Math.round(efSearch / k)))),
    }),
    bytes: () => ({ all: index.memoryUsage() }),
    dispose: () => index.free(),
  };
};
