/**
This package, as a user calls it.

@module
*/
import type { OpenGraph } from './graph-index.js';

export const openVicinalGraph: OpenGraph = async (
  { dim, metric, m, efConstruction, seed, quantization },
  { variant },
) => {
  const { default: init, VectorSearchEngine } = await import('vicinal');
  await init(variant && { variant });
  const engine = new VectorSearchEngine(dim, metric, {
    index: 'hnsw',
    m,
    efConstruction,
    seed,
    ...(quantization !== undefined && { quantization }),
  });
  return {
    add: (row) => engine.add(row),
    addBatch: (rows) => engine.addBatch(rows),
    search: (query, k, efSearch) => engine.search(query, k, { efSearch }).ids,
    bytes() {
      const { memoryBytes, vectorBytes, codeBytes, indexBytes } = engine.stats();
      return { all: memoryBytes, vectors: vectorBytes, codes: codeBytes, graph: indexBytes };
    },
    dispose: () => engine.dispose(),
  };
};
