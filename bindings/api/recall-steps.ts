/**
Recall of an engine's codes: what search by code finds of what exact search finds.

@module
*/
import { checkInteger, checkOptions, checkRows, rowsAt } from './arguments.js';
import { invalidState } from './errors.js';
import { recallNames } from './option-names.js';
import type { VectorSearchEngine } from './search-engine.js';
import type { SearchResults } from './search-results.js';
import type { Steps } from './steps.js';
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
  const { filter, rescore, oversampling } = options;
  const allowed = filter !== undefined ? { filter } : {};
  const judged = {
    ...allowed,
    ...(rescore !== undefined && { rescore }),
    ...(oversampling !== undefined && { oversampling }),
  };
  checkInteger('k', k, 1);
  const total = checkRows('the queries', queries, engine.dim);
  const { quantization } = engine.stats();
  if (!quantization?.keepVectors) {
    const held = quantization === null ? 'floats only' : 'codes only';
    throw invalidState('estimateRecall() only where vectors are kept as codes and as floats', held);
  }
  let found = 0;
  let expected = 0;
  for (let first = 0; first < total; first += stepQueries) {
    const count = Math.min(stepQueries, total - first);
    const some = rowsAt(queries, engine.dim, first, count);
    const exact = engine.searchBatch(some, k, { ...allowed, exact: true });
    const byCode = engine.searchBatch(some, k, judged);
    exact.forEach((truth, index) => {
      expected += truth.ids.length;
      found += hitsAmong(truth, byCode[index] as SearchResults);
    });
    yield { done: first + count, total };
  }
  return expected === 0 ? 1 : found / expected;
}

function hitsAmong(truth: SearchResults, results: SearchResults): number {
  const right = new Set(truth.ids);
  return results.ids.filter((id) => right.has(id)).length;
}
