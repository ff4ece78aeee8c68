/**
What the scores of sparse vectors depend on beside the vectors themselves. Needs no module, so that a page can add up
what its workers tell.

@module
*/
import { invalidArgument, VectorSearchError } from './errors.js';
import { sparseStatisticsHeader } from './raw-module.js';
import type { SparseStatistics } from './types.js';

/**
The statistics of several indexes together.

@param parts - Of the same query's indices in the same order; at least one.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` or `DIMENSION_MISMATCH`.
*/
export function addSparseStatistics(parts: readonly SparseStatistics[]): SparseStatistics {
  const [first] = parts;
  if (first === undefined) throw invalidArgument('at least one set of statistics', parts);
  const sums = new Float64Array(sparseStatisticsHeader + first.frequencies.length);
  for (const part of parts) {
    const numbers = statisticsNumbers(part, first.frequencies.length);
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (numbers[i] as number);
  }
  const [count, totalLength] = sums as unknown as [number, number];
  return { count, totalLength, frequencies: sums.slice(sparseStatisticsHeader) };
}

/** As the module reads them; empty for none. */
export function statisticsNumbers(
  statistics: SparseStatistics | undefined,
  indexCount: number,
): ArrayLike<number> {
  if (statistics === undefined) return [];
  if (typeof statistics !== 'object' || statistics === null)
    throw invalidArgument('statistics to be what statistics() returns', statistics);
  const { count, totalLength, frequencies } = statistics;
  if (frequencies?.length !== indexCount) {
    const expected = `one frequency for each of ${indexCount} indices`;
    throw new VectorSearchError('DIMENSION_MISMATCH', expected, frequencies?.length);
  }
  const numbers = [count, totalLength, ...frequencies];
  for (const number of numbers) {
    if (!Number.isFinite(number) || number < 0)
      throw invalidArgument('statistics of finite numbers of 0 or more', number);
  }
  return numbers;
}
