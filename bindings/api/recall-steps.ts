/**
Recall of an engine's codes: what search by code finds of what exact search finds.

@module
*/
import { checkInteger, checkOptions, checkRows, rowsAt } from './arguments.js';
import { invalidState } from './errors.js';
import { recallNames } from './option-names.js';
import type { VectorSearchEngine } from './search-engine.js';
import type { SearchResults } from './search-results.js';
import { runSteps, type Steps } from './steps.js';
import type { RecallOptions } from './types.js';

/** Queries searched for in a step. */
const stepQueries = 16;

/** @param queries - `[count x dim]`. */
export function* recallSteps(
  engine: VectorSearchEngine,
  queries: Float32Array,
  k: number,
  options: RecallOptions = {},
): Steps<number> {
  checkOptions(options, recallNames);
  const { filter, rescore, oversampling, nprobe, efSearch } = options;
  const allowed = filter !== undefined ? { filter } : {};
  const judged = {
    ...allowed,
    ...(rescore !== undefined && { rescore }),
    ...(oversampling !== undefined && { oversampling }),
    ...(nprobe !== undefined && { nprobe }),
    ...(efSearch !== undefined && { efSearch }),
  };
  checkInteger('k', k, 1);
  const total = checkRows('the queries', queries, engine.dim);
  if (total === 0) throw invalidState('queries to estimate the recall of', 'none');
  const { index, lists, quantization } = engine.stats();
  if (quantization?.keepVectors === false) {
    throw invalidState('estimateRecall() only where vectors are kept as floats', 'codes only');
  }
  if (quantization === null && index === 'flat') {
    throw invalidState('estimateRecall() only of searches that are not exact', 'an exact one');
  }
  const everything = { exact: true, ...(lists !== null && { nprobe: lists.count }) };
  let found = 0;
  let expected = 0;
  for (let first = 0; first < total; first += stepQueries) {
    const count = Math.min(stepQueries, total - first);
    const some = rowsAt(queries, engine.dim, first, count);
    const exact = runSteps(engine.searchBatchSteps(some, k, { ...allowed, ...everything }, first));
    const results = runSteps(engine.searchBatchSteps(some, k, judged, first));
    exact.forEach((truth, index) => {
      expected += truth.ids.length;
      found += hitsAmong(truth, results[index] as SearchResults);
    });
    yield { done: first + count, total };
  }
  return expected === 0 ? 1 : found / expected;
}

function hitsAmong(truth: SearchResults, results: SearchResults): number {
  const right = new Set(truth.ids);
  return results.ids.filter((id) => right.has(id)).length;
}
