/**
This package, as a user calls it.

@module
*/
import type { OpenSearcher } from './searcher.js';

export const openVicinal: OpenSearcher = async ({ dim, metric, quantization }, { variant }) => {
  const { default: init, VectorSearchEngine } = await import('vicinal');
  await init(variant && { variant });
  const engine = new VectorSearchEngine(dim, metric, quantization && { quantization });
  const options = (oversampling?: number) =>
    quantization && (oversampling === undefined ? { rescore: false } : { oversampling });
  return {
    add: (row) => engine.add(row),
    addBatch: (rows) => engine.addBatch(rows),
    search: (query, k, oversampling) => engine.search(query, k, options(oversampling)).ids,
    searchBatch: (queries, k, oversampling) =>
      engine.searchBatch(queries, k, options(oversampling)).map(({ ids }) => ids),
    ...(quantization && { codeBytes: () => engine.stats().codeBytes }),
    dispose: () => engine.dispose(),
  };
};
