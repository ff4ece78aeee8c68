/**
The graph of hnswlib-wasm. It does not tell what it holds: its module's whole memory is taken, which grows in steps.

@module
*/
import type { OpenGraph } from './graph-index.js';

const SPACES = { cosine: 'cosine', dot: 'ip', euclidean: 'l2', manhattan: undefined } as const;

export const openHnswlibGraph: OpenGraph = async (
  { dim, metric, capacity, m, efConstruction, seed },
  { asPage },
) => {
  const load = async () => (await import('hnswlib-wasm')).loadHnswlib();
  const module = await (asPage ? asPage(load) : load());
  const space = SPACES[metric];
  if (space === undefined) throw new RangeError(`hnswlib-wasm has no metric ${metric}`);
  const index = new module.HierarchicalNSW(space, dim, '');
  index.initIndex(capacity, m, efConstruction, seed);
  let count = 0;
  let efBefore = 0;
  return {
    add: (row) => index.addPoint(row, count++, false),
    search(query, k, efSearch) {
      if (efSearch !== efBefore) index.setEfSearch(efSearch);
      efBefore = efSearch;
      return index.searchKnn(query, k, undefined).neighbors;
    },
    bytes: () => ({ all: module.HEAPU8.byteLength }),
    dispose: () => index.delete(),
  };
};
