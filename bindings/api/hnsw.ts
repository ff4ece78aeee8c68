/**
Options of an index `hnsw`, and how they cross into the module.

@module
*/
import { checkInteger } from './arguments.js';
import { invalidArgument } from './errors.js';
import { copyWords } from './module-arrays.js';
import type { EngineOptions, GraphStats, HnswOptions } from './types.js';

/** Most vectors that a walk or an insertion keeps, as in src/index/hnsw/hnsw_index.cpp. */
export const maxEf = 65536;

/** Words of them: `m, efConstruction, fullScanThreshold, seed (low, high)`. */
export const hnswWords = 5;

const defaults: Required<HnswOptions> = { m: 16, efConstruction: 200, fullScanThreshold: 1000, seed: 0 };

/**
@returns `null` for another index.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function checkHnsw(options: EngineOptions): Required<HnswOptions> | null {
  if (options.index !== 'hnsw') {
    for (const name of Object.keys(defaults) as (keyof HnswOptions)[]) {
      if (options[name] !== undefined)
        throw invalidArgument(`${name} with the index 'hnsw' only`, options[name]);
    }
    return null;
  }
  const { m = defaults.m, efConstruction = defaults.efConstruction, seed = defaults.seed } = options;
  const { fullScanThreshold = defaults.fullScanThreshold } = options;
  checkInteger('m', m, 2, 256);
  checkInteger('efConstruction', efConstruction, 1, maxEf);
  checkInteger('fullScanThreshold', fullScanThreshold, 0, 0xffffffff);
  checkInteger('seed', seed, 0);
  return { m, efConstruction, fullScanThreshold, seed };
}

export function hnswToWords({
  m,
  efConstruction,
  fullScanThreshold,
  seed,
}: Required<HnswOptions>): Uint32Array {
  return Uint32Array.of(m, efConstruction, fullScanThreshold, seed % 2 ** 32, Math.floor(seed / 2 ** 32));
}

/** @param words - A copy of those of the module. */
export function hnswFromWords(words: Uint32Array): Required<HnswOptions> {
  const [m, efConstruction, fullScanThreshold, seedLow, seedHigh] = [...words] as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { m, efConstruction, fullScanThreshold, seed: seedHigh * 2 ** 32 + seedLow };
}

/** Words that graph stats begin with: `linked, pending, removed, levels`, and the number of degrees. */
const graphStatsWords = 5;

/** @param address - Of words: {@link graphStatsWords}, then the sizes of levels, then the counts by degree. */
export function readGraphStats(
  memory: WebAssembly.Memory,
  address: number,
): Omit<GraphStats, keyof HnswOptions> {
  const [linked, pending, removed, levels, degreeCount] = [
    ...copyWords(memory, address, graphStatsWords),
  ] as [number, number, number, number, number];
  const levelSizes = copyWords(memory, address + graphStatsWords * 4, levels);
  const degrees = copyWords(memory, address + (graphStatsWords + levels) * 4, degreeCount);
  const edges = degrees.reduce((sum, count, degree) => sum + count * degree, 0);
  return {
    linked,
    pending,
    removed,
    removedRatio: removed / Math.max(1, linked + pending + removed),
    levels,
    levelSizes,
    meanDegree: edges / Math.max(1, linked),
    maxDegree: degrees.reduce((most, count, degree) => (count > 0 ? degree : most), 0),
    degrees,
  };
}
