/**
The two binary modes of edgevec: a scan of sign bits, and a graph whose walk goes by sign bits, with the floats kept to
rescore by. Its documentation has a scalar mode too, `config.quantized = true`: version 0.9.0 has no such setting, so
floats are what one gets.

Its metrics `cosine` and `dot` return the farthest rows first; of unit rows `l2` ranks as cosine does.

@module
*/
import type { EdgeVec, EdgeVecConfig } from 'edgevec';
import type { OpenSearcher, Searcher, SearcherOptions, Surroundings } from './searcher.js';

const FIRST_ID = 1;

export const openEdgevecScan: OpenSearcher = async (options, surroundings) => {
  const { dim } = options;
  const { JsIndexType, VectorType, open } = await loadEdgevec(options, surroundings);
  const index = open((config) => {
    config.indexType = JsIndexType.Flat;
    config.metric = 'hamming';
    config.vector_type = VectorType.Binary;
  });
  return {
    ...common(index),
    addBatch: (rows) => forEachRow(rows, dim, (row) => index.insertBinary(signBits(row))),
    search: (query, k) => rowsOf(index.searchBinary(signBits(query), k)),
  };
};

export const openEdgevecGraph: OpenSearcher = async (options, surroundings) => {
  const { dim } = options;
  const { open } = await loadEdgevec(options, surroundings);
  const index = open((config) => {
    config.metric = 'l2';
  });
  index.enableBQ();
  return {
    ...common(index),
    addBatch: (rows) => forEachRow(rows, dim, (row) => index.insert(row)),
    search: (query, k, oversampling) =>
      rowsOf(
        oversampling === undefined
          ? index.searchBQ(query, k)
          : index.searchBQRescored(query, k, oversampling),
      ),
  };
};

/** Edgevec, started, with what makes an index of it. */
export async function loadEdgevec(
  { dim }: Pick<SearcherOptions, 'dim'>,
  { edgevecModule, asPage }: Surroundings,
) {
  const start = async () => {
    const edgevec = await import('edgevec');
    await edgevec.default({ module_or_path: edgevecModule() });
    return edgevec;
  };
  const edgevec = await (asPage ? asPage(start) : start());
  return {
    ...edgevec,
    open(configure: (config: EdgeVecConfig) => void): EdgeVec {
      const config = new edgevec.EdgeVecConfig(dim);
      configure(config);
      return new edgevec.EdgeVec(config);
    },
  };
}

function common(index: EdgeVec): Pick<Searcher, 'codeBytes' | 'dispose'> {
  return { codeBytes: () => index.memoryUsage(), dispose: () => index.free() };
}

function forEachRow(rows: Float32Array, dim: number, work: (row: Float32Array) => void): void {
  for (let at = 0; at < rows.length; at += dim) work(rows.subarray(at, at + dim));
}

export function rowsOf(hits: readonly { readonly id: number }[]): number[] {
  return hits.map(({ id }) => id - FIRST_ID);
}

/** A bit a value: whether it is positive. */
function signBits(row: Float32Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(row.length / 8));
  for (let i = 0; i < row.length; i++) if (row[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}
