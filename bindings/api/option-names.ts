/**
The names of options. A misspelt one would be ignored: a search whose `filter` is not heard returns what it should not.

@module
*/
import { invalidArgument } from './errors.js';
import type {
  BatchOperation,
  BatchOptions,
  CompressedStoreOptions,
  EngineOptions,
  InitOptions,
  LongCallOptions,
  PoolOptions,
  QuantizationOptions,
  RecallOptions,
  RecommendOptions,
  SearchOptions,
  SparseIndexOptions,
  SparseSearchOptions,
  TrainOptions,
} from './types.js';

/** Every name that the type has, and no other. */
export type NamesOf<Options> = Readonly<Record<keyof Options, true>>;

export const longCallNames: NamesOf<LongCallOptions> = { onProgress: true, signal: true };
const pool: NamesOf<PoolOptions> = { groupSize: true, mask: true, out: true, ...longCallNames };

export const initNames: NamesOf<InitOptions> = {
  wasmUrl: true,
  wasmModule: true,
  variant: true,
  timeoutMs: true,
};

export const engineNames: NamesOf<EngineOptions> = {
  index: true,
  quantization: true,
  m: true,
  efConstruction: true,
  fullScanThreshold: true,
  seed: true,
  targetRecall: true,
};

export const quantizationNames: NamesOf<QuantizationOptions> = {
  codec: true,
  bits: true,
  quantile: true,
  segments: true,
  rotation: true,
  seed: true,
  keepVectors: true,
};

export const storeNames: NamesOf<CompressedStoreOptions> = { metric: true, ...quantizationNames };

export const searchNames: NamesOf<SearchOptions & LongCallOptions> = {
  filter: true,
  scoreThreshold: true,
  rescore: true,
  oversampling: true,
  exact: true,
  nprobe: true,
  efSearch: true,
  ...longCallNames,
};

export const recallNames: NamesOf<RecallOptions & LongCallOptions> = {
  filter: true,
  rescore: true,
  oversampling: true,
  nprobe: true,
  efSearch: true,
  ...longCallNames,
};

export const trainNames: NamesOf<TrainOptions & LongCallOptions> = {
  nlist: true,
  seed: true,
  ...longCallNames,
};

export const recommendNames: NamesOf<RecommendOptions & LongCallOptions> = {
  metric: true,
  k: true,
  minRecall: true,
  maxBytes: true,
  keepVectors: true,
  candidates: true,
  ...longCallNames,
};

export const batchNames: { readonly [Operation in BatchOperation]: NamesOf<BatchOptions[Operation]> } = {
  normalize: { out: true, ...longCallNames },
  mean: pool,
  max: pool,
  sum: pool,
  weighted: { weights: true, ...pool },
  centroid: longCallNames,
  statistics: longCallNames,
  pca: { components: true, ...longCallNames },
  similarity: { metric: true, ...longCallNames },
};

export const sparseNames: NamesOf<SparseIndexOptions> = { scoring: true, modifier: true, k1: true, b: true };

export const sparseSearchNames: NamesOf<SparseSearchOptions> = {
  filter: true,
  scoreThreshold: true,
  statistics: true,
};

/** What others call what is called otherwise here, in camel case. */
const otherWords: Readonly<Record<string, string>> = {
  size: 'dim',
  dimensions: 'dim',
  distance: 'metric',
  limit: 'k',
  top: 'k',
  topK: 'k',
  withVectors: 'withVector',
  efConstruct: 'efConstruction',
  ef: 'efSearch',
  hnswEf: 'efSearch',
};

/**
@param what - What has the names, up to its verb.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` for a name that is not among `names`: with the one that was meant,
where that can be told.
*/
export function checkNames(options: object, names: object, what = 'options to have'): void {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const meant = [camel, otherWords[camel]].find((word) => word !== undefined && Object.hasOwn(names, word));
    throw invalidArgument(
      meant === undefined
        ? `${what} no names but ${Object.keys(names).join(', ')}`
        : `${what} the name ${meant}`,
      name,
    );
  }
}
