/**
Operations on whole sets of embeddings.

@module
*/
import { checkInteger, checkOptions, maxDim } from './arguments.js';
import { operationSteps } from './batch/operation-steps.js';
import { projectSteps } from './batch/pca-steps.js';
import { RowBatches } from './batch/row-batches.js';
import { currentRuntime } from './init.js';
import { longCallNames } from './option-names.js';
import { runSteps, type Steps } from './steps.js';
import type {
  BatchOperation,
  BatchOptions,
  BatchResults,
  LongCallOptions,
  NormalizeOptions,
  PcaModel,
  PcaOptions,
  PoolOptions,
  SimilarityOptions,
  VectorStatistics,
} from './types.js';

/**
Operations on whole sets of embeddings, done batch by batch: progress is told, and a signal is looked at, between two
batches. Holds nothing in the module, so there is nothing to dispose.
*/
export class BatchProcessor {
  /** Values of every vector. */
  readonly dim: number;
  /** Rows of a batch. */
  readonly batchSize: number;

  /**
  @param dim - Values of every vector: 1 to 65,536.
  @param batchSize - Rows of a batch, at least 1. Default: `1024`.
  @throws {VectorSearchError} with code `NOT_INITIALIZED` or `INVALID_ARGUMENT`.
  */
  constructor(dim: number, batchSize = 1024) {
    currentRuntime();
    this.dim = checkInteger('dim', dim, 1, maxDim);
    this.batchSize = checkInteger('batchSize', batchSize, 1);
  }

  /**
  Scale every row to length 1.

  @param vectors - `[count x dim]`, as for every operation.
  @returns `[count x dim]`: `options.out`, or a new array.
  @throws {VectorSearchError} with code `ZERO_VECTOR` (`actual`: the row), `NOT_FINITE` (`actual`: the position),
  `DIMENSION_MISMATCH`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`, as every operation. The signal's reason when stopped.
  */
  process(vectors: Float32Array, operation: 'normalize', options?: NormalizeOptions): Float32Array;
  /**
  Pool every `groupSize` rows into one: their mean, largest values or sum, leaving out what `mask` leaves out.

  @returns `[count / groupSize x dim]`.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT` also for a group of which the mask leaves nothing.
  */
  process(vectors: Float32Array, operation: 'mean' | 'max' | 'sum', options?: PoolOptions): Float32Array;
  /** Pool every `groupSize` rows into their weighted mean. @returns `[count / groupSize x dim]`. */
  process(vectors: Float32Array, operation: 'weighted', options: BatchOptions['weighted']): Float32Array;
  /** The mean of all rows. @returns `[dim]`. */
  process(vectors: Float32Array, operation: 'centroid', options?: LongCallOptions): Float32Array;
  /** Mean, standard deviation, smallest and largest value of every dimension. */
  process(vectors: Float32Array, operation: 'statistics', options?: LongCallOptions): VectorStatistics;
  /** Principal components, for {@link project}. Progress counts each row twice: when it is read, and when it is used. */
  process(vectors: Float32Array, operation: 'pca', options: PcaOptions): PcaModel;
  /** Scores of every row with every row. @returns `[count x count]`, larger is more alike. */
  process(vectors: Float32Array, operation: 'similarity', options?: SimilarityOptions): Float32Array;
  process<Operation extends BatchOperation>(
    vectors: Float32Array,
    operation: Operation,
    options?: BatchOptions[Operation],
  ): BatchResults[Operation] {
    return runSteps(this.processSteps(vectors, operation, options), options);
  }

  /** {@link process} in steps. @internal */
  processSteps<Operation extends BatchOperation>(
    vectors: Float32Array,
    operation: Operation,
    options?: BatchOptions[Operation],
  ): Steps<BatchResults[Operation]> {
    return operationSteps(new RowBatches(currentRuntime(), this, vectors), operation, options);
  }

  /**
  Project rows onto principal components.

  @param vectors - `[count x dim]`.
  @param model - From `process(vectors, 'pca', ...)`.
  @returns `[count x components]`.
  @throws {VectorSearchError} as {@link process}.
  */
  project(vectors: Float32Array, model: PcaModel, options?: LongCallOptions): Float32Array {
    checkOptions(options, longCallNames);
    return runSteps(this.projectSteps(vectors, model), options);
  }

  /** {@link project} in steps. @internal */
  projectSteps(vectors: Float32Array, model: PcaModel): Steps<Float32Array> {
    return projectSteps(new RowBatches(currentRuntime(), this, vectors), model);
  }
}
