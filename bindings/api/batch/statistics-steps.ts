/**
Statistics of every dimension, over all rows.

@module
*/
import { invalidArgument } from '../errors.js';
import type { Steps } from '../steps.js';
import type { VectorStatistics } from '../types.js';
import type { RowBatches } from './row-batches.js';
import { feedFit, readFit, usingFit } from './using-fit.js';

export function* statisticsSteps(rows: RowBatches): Steps<VectorStatistics> {
  const { runtime, dim, count } = rows;
  if (count === 0) throw invalidArgument('at least one row', 0);
  const fit = runtime.checked((raw) => raw.statisticsCreate(dim));
  return yield* usingFit(runtime, 'statistics', fit, function* () {
    yield* feedFit(rows, 'statistics', fit);
    const lengths = [dim, dim, dim, dim] as const;
    const [mean, std, min, max] = readFit(runtime, 'statistics', fit, lengths);
    return { count, mean, std, min, max };
  });
}
