/**
The sparse index.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkId, checkInteger, checkOptions } from './arguments.js';
import { disposeBySymbol } from './dispose-symbol.js';
import { invalidArgument } from './errors.js';
import { Handle } from './handle.js';
import { filterWords } from './id-filter.js';
import { currentRuntime } from './init.js';
import { copyDoubles, copyFloats, copyNamed, copyWords } from './module-arrays.js';
import { sparseNames, sparseSearchNames } from './option-names.js';
import { hitsViewWords, sparseStatisticsHeader, sparseStatsFields, sparseViewWords } from './raw-module.js';
import { scratchBytes } from './scratch.js';
import { SearchResults } from './search-results.js';
import { statisticsNumbers } from './sparse-statistics.js';
import { checkFrequencies, checkIndices, checkSparseVector } from './sparse-vector.js';
import type {
  Complete,
  SparseIndexOptions,
  SparseIndexStats,
  SparseSearchOptions,
  SparseStatistics,
  SparseVector,
  SparseVectorInput,
} from './types.js';

/** As in src/index/sparse/sparse_index.h. */
const maxK1 = 1000;
/** Largest id: one less than the words for an id can tell. */
const maxId = 0xfffffffe;

/** Numbers of the module. */
const scoringNumbers = { dot: 0, idf: 1, bm25: 2 } as const;

/**
Sparse vectors by the caller's own ids, and search over them by an inverted index: for words and their weights, rather
than for embeddings. Lives in the module's memory: `dispose()` it when done.

Every call checks its input first and throws a `VectorSearchError`, with the index unchanged.
*/
export class SparseIndex {
  /** How vectors are scored, with all defaults. */
  readonly options: Complete<SparseIndexOptions>;
  /** `using index = ...` disposes it, where the runtime knows `Symbol.dispose`. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #handle: Handle;

  /**
  @param options - How vectors are scored. Default: by sums of products.
  @throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`.
  */
  constructor(options: SparseIndexOptions = {}) {
    const runtime = currentRuntime();
    this.options = checkSparseOptions(options);
    const { scoring, modifier, k1, b } = this.options;
    const number = scoringNumbers[modifier === 'idf' ? 'idf' : scoring];
    const address = runtime.checked((raw) => raw.sparseCreate(number, k1, b));
    this.#handle = new Handle(runtime, address, 'sparse index', (raw, index) => raw.sparseDelete(index));
    disposeBySymbol(this);
  }

  /** Number of vectors. */
  get size(): number {
    const { address, runtime } = this.#handle;
    return runtime.call((raw) => raw.sparseSize(address));
  }

  /**
  Add the vector of an id, or replace it. An empty one counts in the statistics, and is never found.

  @param id - 0 to 2^32 - 2; ids near one another take the least memory in filters.
  @param vector - Copied. With `bm25` its values are term frequencies, above 0.
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY`,
  `CAPACITY_EXCEEDED` or `DISPOSED`.
  */
  set(id: number, vector: SparseVectorInput): void {
    const { address, runtime } = this.#handle;
    checkInteger('the id', id, 0, maxId);
    const { indices, values } = checkSparseVector('the vector', vector);
    if (this.options.scoring === 'bm25') checkFrequencies(values);
    const scratch = runtime.scratch(2 * scratchBytes(indices.length));
    const indicesAddress = scratch.putWords(indices);
    const valuesAddress = scratch.putFloats(values);
    runtime.checked((raw) => raw.sparseSet(address, id, indicesAddress, valuesAddress, indices.length));
  }

  /**
  {@link set} for many at once, none empty, in a form to be kept: { bytes that follow, id, count, indices [count], values
  [count] } for each, one after another. Those before one that cannot be set are.

  @param records - Of `u32`, the values `f32`.
  @throws {VectorSearchError} as {@link set}, or with code `CORRUPT_DATA`.
  @internal
  */
  setRecords(records: Uint32Array): void {
    const { address, runtime } = this.#handle;
    const words = runtime.scratch(scratchBytes(records.length)).putWords(records);
    runtime.checked((raw) => raw.sparseSetRecords(address, words, records.length));
  }

  /**
  The vector of an id, by ascending index.

  @returns Copies that the caller owns.
  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT` or `DISPOSED`.
  */
  get(id: number): SparseVector {
    const { address, runtime } = this.#handle;
    checkId(id);
    const view = runtime.checked((raw) => raw.sparseGet(address, id));
    const { memory } = runtime;
    const words = [...copyWords(memory, view, sparseViewWords)];
    const [indices, values, count] = words as [number, number, number];
    return { indices: copyWords(memory, indices, count), values: copyFloats(memory, values, count) };
  }

  /**
  Whether a vector has this id.

  @throws {VectorSearchError} with code `INVALID_ARGUMENT` or `DISPOSED`.
  */
  has(id: number): boolean {
    const { address, runtime } = this.#handle;
    checkId(id);
    return runtime.call((raw) => raw.sparseContains(address, id));
  }

  /**
  Remove the vector of an id. Its space is reclaimed by {@link compact}.

  @throws {VectorSearchError} with code `NOT_FOUND`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY` or `DISPOSED`.
  */
  remove(id: number): void {
    const { address, runtime } = this.#handle;
    checkId(id);
    runtime.checked((raw) => raw.sparseRemove(address, id));
  }

  /**
  Find the `k` vectors that score best, of those that have an index in common with the query.

  @param query - Read during the call, not kept. Its values may be any finite numbers, with `bm25` too.
  @param k - At least 1. Default: `10`.
  @returns Best first, ties by smaller id; `distances` are the scores negated. Copies that the caller owns.
  @throws {VectorSearchError} with code `DIMENSION_MISMATCH`, `NOT_FINITE`, `INVALID_ARGUMENT`, `OUT_OF_MEMORY` or
  `DISPOSED`.
  */
  search(query: SparseVectorInput, k = 10, options: SparseSearchOptions = {}): SearchResults {
    const { address, runtime } = this.#handle;
    const started = performance.now();
    const { indices, values } = checkSparseVector('the query', query);
    checkInteger('k', k, 1);
    checkOptions(options, sparseSearchNames);
    const { scoreThreshold = Number.NaN } = options;
    if (
      typeof scoreThreshold !== 'number' ||
      (options.scoreThreshold !== undefined && Number.isNaN(scoreThreshold))
    )
      throw invalidArgument('scoreThreshold to be a number', scoreThreshold);
    const { form, words } = filterWords(options.filter);
    const statistics = statisticsNumbers(options.statistics, indices.length);
    const scratch = runtime.scratch(
      2 * scratchBytes(indices.length) + scratchBytes(words.length) + scratchBytes(statistics.length, 8),
    );
    const indicesAddress = scratch.putWords(indices);
    const valuesAddress = scratch.putFloats(values);
    const filterAddress = scratch.putWords(words);
    const statisticsAddress = statistics.length === 0 ? 0 : scratch.putDoubles(statistics);
    const view = runtime.checked((raw) =>
      raw.sparseSearch(
        address,
        indicesAddress,
        valuesAddress,
        indices.length,
        Math.min(k, 0xffffffff),
        scoreThreshold,
        form,
        filterAddress,
        words.length,
        statisticsAddress,
      ),
    );
    const { memory } = runtime;
    const addresses = [...copyWords(memory, view, hitsViewWords)];
    const [ids, scores, distances, counts] = addresses as [number, number, number, number];
    const [count] = copyWords(memory, counts, 1) as unknown as [number];
    return new SearchResults(
      copyWords(memory, ids, count),
      copyFloats(memory, scores, count),
      copyFloats(memory, distances, count),
      performance.now() - started,
    );
  }

  /**
  What the scores of a query depend on. Add up those of several indexes by {@link addSparseStatistics} and search each of
  them by the sum: then all score as one index of all their vectors does, exactly so where lengths are whole numbers.

  @param indices - Those of the query, distinct, in its order.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT` or `DISPOSED`.
  */
  statistics(indices: SparseVectorInput['indices']): SparseStatistics {
    const { address, runtime } = this.#handle;
    const words = checkIndices('the indices', indices);
    const length = sparseStatisticsHeader + words.length;
    const scratch = runtime.scratch(scratchBytes(words.length) + scratchBytes(length, 8));
    const indicesAddress = scratch.putWords(words);
    const out = scratch.reserve(length, 8);
    runtime.call((raw) => raw.sparseStatistics(address, indicesAddress, words.length, out));
    const numbers = copyDoubles(runtime.memory, out, length);
    const [count, totalLength] = numbers as unknown as [number, number];
    return { count, totalLength, frequencies: numbers.slice(sparseStatisticsHeader) };
  }

  /** @throws {VectorSearchError} with code `DISPOSED`. */
  stats(): SparseIndexStats {
    const { address, runtime } = this.#handle;
    const stats = runtime.call((raw) => raw.sparseStats(address));
    return copyNamed(runtime.memory, stats, sparseStatsFields);
  }

  /**
  Reclaim the space of vectors that were removed or replaced, and spare capacity.

  @throws {VectorSearchError} with code `OUT_OF_MEMORY` or `DISPOSED`.
  */
  compact(): void {
    const { address, runtime } = this.#handle;
    runtime.checked((raw) => raw.sparseCompact(address));
  }

  /** Free the memory. Every later call throws `DISPOSED`; disposing again does nothing. */
  dispose(): void {
    this.#handle.dispose();
  }

  /** Whether `dispose()` was called. */
  get disposed(): boolean {
    return this.#handle.disposed;
  }
}

function checkSparseOptions(options: SparseIndexOptions): Complete<SparseIndexOptions> {
  checkOptions(options, sparseNames);
  const { scoring = 'dot', modifier = 'none', k1 = 1.2, b = 0.75 } = options;
  if (scoring !== 'dot' && scoring !== 'bm25') throw invalidArgument('scoring to be dot or bm25', scoring);
  if (modifier !== 'none' && modifier !== 'idf')
    throw invalidArgument('modifier to be none or idf', modifier);
  if (scoring === 'bm25' && modifier === 'idf')
    throw invalidArgument("the modifier idf with scoring 'dot' only: bm25 has it already", modifier);
  for (const [name, value, most] of [['k1', k1, maxK1] as const, ['b', b, 1] as const]) {
    if (options[name] === undefined) continue;
    if (scoring !== 'bm25') throw invalidArgument(`${name} with scoring 'bm25' only`, value);
    if (typeof value !== 'number' || !(value >= 0 && value <= most))
      throw invalidArgument(`${name} to be a number from 0 to ${most}`, value);
  }
  return { scoring, modifier, k1, b };
}
