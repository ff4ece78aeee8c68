/**
The batch processor's operations by name.

@module
*/
import { checkOptions } from '../arguments.js';
import { invalidArgument } from '../errors.js';
import { isPooling } from '../metrics.js';
import { batchNames } from '../option-names.js';
import type { Steps } from '../steps.js';
import type { BatchOperation, BatchOptions, BatchResults, PcaOptions } from '../types.js';
import { normalizeSteps } from './normalize-steps.js';
import { pcaSteps } from './pca-steps.js';
import { poolSteps } from './pool-steps.js';
import type { RowBatches } from './row-batches.js';
import { similaritySteps } from './similarity-steps.js';
import { statisticsSteps } from './statistics-steps.js';

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT` for a name that is none. */
export function operationSteps<Operation extends BatchOperation>(
  rows: RowBatches,
  operation: Operation,
  options: BatchOptions[Operation] | undefined,
): Steps<BatchResults[Operation]> {
  return stepsByName(rows, operation, options) as Steps<BatchResults[Operation]>;
}

function stepsByName(rows: RowBatches, operation: BatchOperation, options: object = {}): Steps<unknown> {
  checkOptions(options, Object.hasOwn(batchNames, operation) ? batchNames[operation] : undefined);
  if (isPooling(operation)) return poolSteps(rows, operation, options);
  switch (operation) {
    case 'normalize':
      return normalizeSteps(rows, options);
    case 'centroid':
      return poolSteps(rows, 'mean', {});
    case 'statistics':
      return statisticsSteps(rows);
    case 'pca':
      return pcaSteps(rows, options as PcaOptions);
    case 'similarity':
      return similaritySteps(rows, options);
    default:
      throw invalidArgument('an operation of the batch processor', operation);
  }
}
