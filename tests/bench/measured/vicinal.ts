/**
This package, as a user calls it.

@module
*/
import type { OpenSearcher } from './searcher.js';

const OVERSAMPLING = 4;

export const openVicinal: OpenSearcher = async ({ dim, metric, bits, rescored }, { variant }) => {
  const { default: init, CompressedVectorStore, VectorSearchEngine } = await import('vicinal');
  await init(variant && { variant });
  if (bits === undefined) {
    const engine = new VectorSearchEngine(dim, metric);
    return {
      add: (row) => engine.add(row),
      addBatch: (rows) => engine.addBatch(rows),
      search: (query, k) => engine.search(query, k).ids,
      searchBatch: (queries, k) => engine.searchBatch(queries, k).map(({ ids }) => ids),
      dispose: () => engine.dispose(),
    };
  }
  const store = new CompressedVectorStore(dim, { bits, metric, keepVectors: rescored ?? false });
  const options = rescored ? { oversampling: OVERSAMPLING } : {};
  return {
    add: (row) => store.add(row),
    addBatch: (rows) => store.addBatch(rows),
    search: (query, k) => store.search(query, k, options).ids,
    searchBatch: (queries, k) => store.searchBatch(queries, k, options).map(({ ids }) => ids),
    compressionRatio: () => store.compressionRatio(),
    dispose: () => store.dispose(),
  };
};
