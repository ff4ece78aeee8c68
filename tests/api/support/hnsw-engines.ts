/** Engines with a graph over one set of rows, as their behaviour suites open them; gone after each test. */
import type { EngineOptions, Metric, QuantizationOptions, SearchResults } from 'vicinal';
import { afterEach } from 'vitest';
import { clusteredVectors, recallAt10 } from '../../support/vectors.js';
import type { AnyEngine, EngineMaker } from '../engine.behaviour.js';

export const dim = 24;
export const rowCount = 2400;

export const kinds: readonly (QuantizationOptions | null)[] = [
  null,
  { bits: 8 },
  { bits: 4 },
  { bits: 8, keepVectors: false },
];

export const rows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.5, seed: 1 });
export const queries = clusteredVectors(30, dim, { centerCount: 40, spread: 0.5, seed: 3 });
export const moreRows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.5, seed: 5 });

export const recall = (results: readonly SearchResults[], metric: Metric) =>
  recallAt10(results, metric, rows, queries);

export const plain = (results: readonly SearchResults[]) =>
  results.map(({ ids, scores, distances }) => [[...ids], [...scores], [...distances]]);

/** To be called where a suite is described. */
export function hnswEngines(maker: EngineMaker) {
  const opened: AnyEngine[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
  });
  const keep = (engine: AnyEngine) => {
    opened.push(engine);
    return engine;
  };
  const create = async (metric?: Metric, options: EngineOptions = {}) =>
    keep(await maker.create(dim, metric, { index: 'hnsw', ...options }));
  /** Of a graph that is soon built. */
  const createFilled = async (metric?: Metric, options?: EngineOptions) => {
    const engine = await create(metric, { efConstruction: 60, ...options });
    await engine.addBatch(rows);
    return engine;
  };
  return { keep, create, createFilled };
}
