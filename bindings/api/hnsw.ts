/**
Options of an index `hnsw`, and how they cross into the module.

@module
*/
import { checkInteger } from './arguments.js';
import { invalidArgument } from './errors.js';
import { copyWords } from './module-arrays.js';
import { asGiven } from './quantization.js';
import type { Complete, EngineOptions, GraphStats, HnswOptions } from './types.js';

/** Most vectors that a walk or an insertion keeps, as in src/index/hnsw/hnsw_index.cpp. */
export const maxEf = 65536;

/** Words of them: `m, efConstruction, fullScanThreshold, seed (low, high), targetRecall (f32; 0 for none)`. */
export const hnswWords = 6;

const defaults: Complete<HnswOptions> = {
  m: 16,
  efConstruction: 200,
  fullScanThreshold: 1000,
  seed: 0,
  targetRecall: null,
};

/**
@returns `null` for another index.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function checkHnsw(options: EngineOptions): Complete<HnswOptions> | null {
  if (options.index !== 'hnsw') {
    for (const name of Object.keys(defaults) as (keyof HnswOptions)[]) {
      if (options[name] !== undefined)
        throw invalidArgument(`${name} with the index 'hnsw' only`, options[name]);
    }
    return null;
  }
  const { m = defaults.m, efConstruction = defaults.efConstruction, seed = defaults.seed } = options;
  const { fullScanThreshold = defaults.fullScanThreshold, targetRecall = defaults.targetRecall } = options;
  checkInteger('m', m, 2, 256);
  checkInteger('efConstruction', efConstruction, 1, maxEf);
  checkInteger('fullScanThreshold', fullScanThreshold, 0, 0xffffffff);
  checkInteger('seed', seed, 0);
  if (
    targetRecall !== null &&
    !(typeof targetRecall === 'number' && targetRecall >= 0.5 && targetRecall <= 0.999)
  ) {
    throw invalidArgument('targetRecall to be a number from 0.5 to 0.999', targetRecall);
  }
  return { m, efConstruction, fullScanThreshold, seed, targetRecall };
}

export function hnswToWords({
  m,
  efConstruction,
  fullScanThreshold,
  seed,
  targetRecall,
}: Complete<HnswOptions>): Uint32Array {
  const words = Uint32Array.of(
    m,
    efConstruction,
    fullScanThreshold,
    seed % 2 ** 32,
    Math.floor(seed / 2 ** 32),
    0,
  );
  floatsOf(words)[5] = targetRecall ?? 0;
  return words;
}

/** @param words - A copy of those of the module. */
export function hnswFromWords(words: Uint32Array): Complete<HnswOptions> {
  const [m, efConstruction, fullScanThreshold, seedLow, seedHigh] = [...words] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const target = asGiven(floatsOf(words)[5] as number);
  return {
    m,
    efConstruction,
    fullScanThreshold,
    seed: seedHigh * 2 ** 32 + seedLow,
    targetRecall: target === 0 ? null : target,
  };
}

/**
Words that graph stats begin with: `linked, pending, removed, levels`, and the number of degrees; of the calibration
`linked`, `efSearch` for 10 and 100 hits, and the recall of these (f32).
*/
const graphStatsWords = 10;

/** @param address - Of words: {@link graphStatsWords}, then the sizes of levels, then the counts by degree. */
export function readGraphStats(
  memory: WebAssembly.Memory,
  address: number,
): Omit<GraphStats, keyof HnswOptions> {
  const words = copyWords(memory, address, graphStatsWords);
  const [linked, pending, removed, levels, degreeCount, calibrated, efSearch, efSearch100] = [...words] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [recall, recall100] = [...floatsOf(words).subarray(8)].map(asGiven) as [number, number];
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
    calibration: calibrated === 0 ? null : { linked: calibrated, efSearch, efSearch100, recall, recall100 },
  };
}

/** The same words, those of them that are floats. */
function floatsOf(words: Uint32Array): Float32Array {
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}
