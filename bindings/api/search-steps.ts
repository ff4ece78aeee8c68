/**
Searching, for one query or many. Many queries are cheaper together, since the module reads its rows once for all
queries of a step.

@module
*/
import { checkInteger, checkOptions, maxListCount, rowsAt } from './arguments.js';
import type { EngineKind } from './engine-kind.js';
import { invalidArgument } from './errors.js';
import type { Handle } from './handle.js';
import { maxEf } from './hnsw.js';
import { type FilterWords, filterWords } from './id-filter.js';
import { copyFloats, copyNamed, copyWords } from './module-arrays.js';
import { searchNames } from './option-names.js';
import { planRescoring } from './quantization.js';
import { engineStatsFields, hitsViewWords, type RawModule } from './raw-module.js';
import { scratchBytes } from './scratch.js';
import { SearchResults } from './search-results.js';
import type { Steps } from './steps.js';
import type { SearchOptions } from './types.js';

/** Multiply-adds in a step: some 50 ms at the 2 x 10^10 a second that the kernels do in tiles, so that a stop is prompt. */
const stepOperations = 1e9;
/** Rows that a walk through a graph compares with the query, about, for each that it keeps. */
const walkedRowsPerKept = 32;
/** Multiply-adds that comparing a row costs at least on such a walk, which waits for memory at every row. */
const minWalkedRowOperations = 1024;
/** Below this many queries a step, reading the rows costs more than scoring them. */
const minStepQueries = 16;
/** Queries of a pass over the rows in several steps: as many as the module scores together. */
const passQueries = 128;
/** Slots of such a step, at least, for each hit wanted: scoring the hits again costs some tenth of the scan then. */
const minStepSlotsPerHit = 128;
/** Steps start at multiples of this, where the module's tiles of rows do. */
const tileSlots = 256;
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
  /** 0: the default. */
  readonly nprobe: number;
  /** 0: the calibrated one, or the default. */
  readonly efSearch: number;
  /** Whether the search walks through a graph. */
  readonly walks: boolean;
  /** Whether the best of all slots are the best of ranges of slots, merged: so it is where floats are searched. */
  readonly byRanges: boolean;
}

/** Slots `first` to `end - 1`. */
interface SlotRange {
  readonly first: number;
  readonly end: number;
}

const everySlot: SlotRange = { first: 0, end: 0xffffffff };

/**
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function planSearch(
  k: number,
  options: SearchOptions = {},
  { index, quantization, hnsw }: EngineKind,
): SearchPlan {
  checkOptions(options, searchNames);
  const { scoreThreshold, nprobe, efSearch } = options;
  if (scoreThreshold !== undefined && (typeof scoreThreshold !== 'number' || Number.isNaN(scoreThreshold))) {
    throw invalidArgument('scoreThreshold to be a number', scoreThreshold);
  }
  if (nprobe !== undefined) {
    if (index !== 'ivf') throw invalidArgument("nprobe with the index 'ivf' only", nprobe);
    checkInteger('nprobe', nprobe, 1, maxListCount);
  }
  if (efSearch !== undefined) {
    if (index !== 'hnsw') throw invalidArgument("efSearch with the index 'hnsw' only", efSearch);
    if (efSearch !== 'auto') checkInteger('efSearch', efSearch, 1, maxEf);
    else if (hnsw?.targetRecall == null)
      throw invalidArgument("efSearch of 'auto' only where there is a targetRecall", efSearch);
  }
  const rescoring = planRescoring(options, quantization, index);
  return {
    k: Math.min(checkInteger('k', k, 1), 0xffffffff),
    scoreThreshold: scoreThreshold ?? Number.NaN,
    filter: filterWords(options.filter),
    ...rescoring,
    nprobe: nprobe ?? 0,
    efSearch: typeof efSearch === 'number' ? efSearch : 0,
    walks: index === 'hnsw' && !rescoring.exact,
    byRanges: index === 'flat' && (rescoring.exact || quantization === null),
  };
}

function search(
  raw: RawModule,
  engine: number,
  queries: number,
  count: number,
  plan: SearchPlan,
  filter: number,
  { first, end }: SlotRange,
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
    plan.nprobe,
    plan.efSearch,
    first,
    end,
  );
}

/** Searches for `queryCount` queries in one go. @param queries - `[queryCount x dim]`. */
export function searchNow(
  handle: Handle,
  queries: ArrayLike<number>,
  queryCount: number,
  plan: SearchPlan,
  firstQuery = 0,
  range = everySlot,
): SearchResults[] {
  const started = performance.now();
  const { addressInLongCall: address, runtime } = handle;
  const { words } = plan.filter;
  const scratch = runtime.scratch(scratchBytes(queries.length) + scratchBytes(words.length));
  const queriesAddress = scratch.putFloats(queries);
  const filterAddress = scratch.putWords(words);
  const view = runtime.checked(
    (raw) => search(raw, address, queriesAddress, queryCount, plan, filterAddress, range),
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

/**
Searches for any number of queries in steps. Where it can, steps go by ranges of slots too, so that many rows are read
once for many queries. Until the last of them the engine takes no other call but those that only read.

@param queries - `[queryCount x dim]`.
@param firstQuery - Added to the positions that errors tell.
*/
export function* searchSteps(
  handle: Handle,
  queries: Float32Array,
  queryCount: number,
  { filter, ...plan }: SearchPlan,
  firstQuery = 0,
): Steps<SearchResults[]> {
  handle.beginLongCall('searchBatch', { reads: true, letsRead: true });
  try {
    // A copy, as of the queries.
    const ownFilter = { ...filter, words: filter.words.slice() };
    return yield* passes(handle, queries, queryCount, { ...plan, filter: ownFilter }, firstQuery);
  } finally {
    handle.endLongCall();
  }
}

function* passes(
  handle: Handle,
  queries: Float32Array,
  queryCount: number,
  plan: SearchPlan,
  firstQuery: number,
): Steps<SearchResults[]> {
  const results: SearchResults[] = [];
  const dim = queryCount > 0 ? queries.length / queryCount : 1;
  let done = 0;
  do {
    const { size, deleted } = stats(handle);
    const rows = Math.max(1, size);
    const affordable = Math.floor(stepOperations / operationsPerQuery(handle, plan, dim, rows));
    const holdable = Math.min(maxStepFloats / dim, maxStepHits / Math.min(plan.k, rows));
    const most = Math.max(affordable, plan.byRanges ? passQueries : minStepQueries);
    const count = evenPart(queryCount - done, Math.min(most, Math.max(1, Math.floor(holdable))));
    if (count > 0) {
      // A copy: the caller's array may change between steps.
      const pass = rowsAt(queries, dim, done, count).slice();
      const slots = size + deleted;
      let found: SearchResults[] | undefined;
      for (const range of plan.byRanges && count > affordable
        ? ranges(slots, dim, count, plan.k)
        : [everySlot]) {
        if (found !== undefined) {
          yield { done: done + Math.floor((count * range.first) / slots), total: queryCount };
        }
        const inRange = searchNow(handle, pass, count, plan, firstQuery + done, range);
        found =
          found?.map((before, query) => before.merged(inRange[query] as SearchResults, plan.k)) ?? inRange;
      }
      for (const result of found ?? []) results.push(result);
    }
    done += count;
    yield { done, total: queryCount };
  } while (done < queryCount);
  return results;
}

/** Multiply-adds, about. */
function operationsPerQuery(
  { addressInLongCall: address, runtime }: Handle,
  { walks, efSearch, k }: SearchPlan,
  dim: number,
  rows: number,
): number {
  if (!walks) return dim * rows;
  const kept = efSearch || runtime.call((raw) => raw.engineEfSearch(address, k));
  const walked = walkedRowsPerKept * Math.max(kept, k);
  return Math.max(dim, minWalkedRowOperations) * Math.min(rows, walked);
}

function stats({ addressInLongCall: address, runtime }: Handle) {
  return copyNamed(
    runtime.memory,
    runtime.call((raw) => raw.engineStats(address)),
    engineStatsFields,
  );
}

/** The size of the first of the fewest parts of `whole` that are at most `most`, and about as large as one another. */
function evenPart(whole: number, most: number): number {
  return Math.ceil(whole / Math.max(1, Math.ceil(whole / most)));
}

/** All slots in ranges, each some `stepOperations` for `queryCount` queries. */
function* ranges(slotCount: number, dim: number, queryCount: number, k: number): Generator<SlotRange> {
  const operationsASlot = dim * Math.max(queryCount, minStepQueries);
  const most = Math.max(stepOperations / operationsASlot, minStepSlotsPerHit * k);
  const size = Math.ceil(evenPart(slotCount, most) / tileSlots) * tileSlots;
  let first = 0;
  for (; first + size < slotCount; first += size) yield { first, end: first + size };
  yield { first, end: everySlot.end };
}
