/**
Searching, for one query or many. Many queries are cheaper together, since the module reads its rows once for all
queries of a step.

@module
*/
import { checkInteger, checkOptions, rowsAt } from './arguments.js';
import { invalidArgument } from './errors.js';
import type { Handle } from './handle.js';
import { type FilterWords, filterWords } from './id-filter.js';
import { copyFloats, copyWords } from './module-arrays.js';
import { searchNames } from './option-names.js';
import { type EngineQuantization, planRescoring } from './quantization.js';
import { hitsViewWords, type RawModule } from './raw-module.js';
import { scratchBytes } from './scratch.js';
import { SearchResults } from './search-results.js';
import type { Steps } from './steps.js';
import type { SearchOptions } from './types.js';

/** Multiply-adds in a step: some 25 ms at the 2 x 10^10 a second that the kernels do in tiles, so that a stop is prompt. */
const stepOperations = 5e8;
/** Below this many queries a step, reading the rows costs more than scoring them. */
const minStepQueries = 16;
/** Most hits in a step, where a single query has fewer: 32 MB of the module's memory. */
const maxStepHits = 1 << 20;

/** Most floats of queries in a step: 8 MB of scratch memory. */
const maxStepFloats = 2 << 20;

/** What to search for, checked. */
export interface SearchPlan {
  readonly k: number;
  /** NaN: no threshold. */
  readonly scoreThreshold: number;
  readonly filter: FilterWords;
  /** 0: by code alone. */
  readonly oversampling: number;
  readonly exact: boolean;
}

/**
@param quantization - That of the engine.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function planSearch(
  k: number,
  options: SearchOptions = {},
  quantization: EngineQuantization | null = null,
): SearchPlan {
  checkOptions(options, searchNames);
  const { scoreThreshold } = options;
  if (scoreThreshold !== undefined && (typeof scoreThreshold !== 'number' || Number.isNaN(scoreThreshold))) {
    throw invalidArgument('scoreThreshold to be a number', scoreThreshold);
  }
  return {
    k: Math.min(checkInteger('k', k, 1), 0xffffffff),
    scoreThreshold: scoreThreshold ?? Number.NaN,
    filter: filterWords(options.filter),
    ...planRescoring(options, quantization),
  };
}

function search(
  raw: RawModule,
  engine: number,
  queries: number,
  count: number,
  plan: SearchPlan,
  filter: number,
) {
  return raw.engineSearch(
    engine,
    queries,
    count,
    plan.k,
    plan.scoreThreshold,
    plan.filter.form,
    filter,
    plan.filter.words.length,
    plan.oversampling,
    plan.exact,
  );
}

/** Searches for `queryCount` queries in one go. @param queries - `[queryCount x dim]`. */
export function searchNow(
  handle: Handle,
  queries: ArrayLike<number>,
  queryCount: number,
  plan: SearchPlan,
  firstQuery = 0,
): SearchResults[] {
  const started = performance.now();
  const { address, runtime } = handle;
  const { words } = plan.filter;
  const scratch = runtime.scratch(scratchBytes(queries.length) + scratchBytes(words.length));
  const queriesAddress = scratch.putFloats(queries);
  const filterAddress = scratch.putWords(words);
  const view = runtime.checked(
    (raw) => search(raw, address, queriesAddress, queryCount, plan, filterAddress),
    {
      row: firstQuery,
      dim: queries.length / queryCount,
    },
  );
  const { memory } = runtime;
  const addresses = [...copyWords(memory, view, hitsViewWords)];
  const [ids, scores, distances, counts] = addresses as [number, number, number, number];
  const hitCounts = copyWords(memory, counts, queryCount);
  const queryTime = (performance.now() - started) / queryCount;
  const results: SearchResults[] = [];
  let offset = 0;
  for (const hitCount of hitCounts) {
    results.push(
      new SearchResults(
        copyWords(memory, ids + offset, hitCount),
        copyFloats(memory, scores + offset, hitCount),
        copyFloats(memory, distances + offset, hitCount),
        queryTime,
      ),
    );
    offset += hitCount * 4;
  }
  return results;
}

/** Searches for any number of queries in steps. @param queries - `[queryCount x dim]`. */
export function* searchSteps(
  handle: Handle,
  queries: Float32Array,
  queryCount: number,
  plan: SearchPlan,
): Steps<SearchResults[]> {
  const results: SearchResults[] = [];
  const dim = queryCount > 0 ? queries.length / queryCount : 1;
  let done = 0;
  do {
    const { address, runtime } = handle;
    const rows = Math.max(
      1,
      runtime.call((raw) => raw.engineSize(address)),
    );
    const affordable = Math.max(minStepQueries, Math.floor(stepOperations / (dim * rows)));
    const holdable = Math.min(maxStepFloats / dim, maxStepHits / Math.min(plan.k, rows));
    const count = Math.min(queryCount - done, affordable, Math.max(1, Math.floor(holdable)));
    if (count > 0) {
      const step = rowsAt(queries, dim, done, count);
      for (const result of searchNow(handle, step, count, plan, done)) results.push(result);
    }
    done += count;
    yield { done, total: queryCount };
  } while (done < queryCount);
  return results;
}
