/**
The rows of a call to the batch processor, and the batches that they are worked through in.

@module
*/
import { checkRows, rowsAt } from '../arguments.js';
import type { ModuleRuntime, RowOffset } from '../module-runtime.js';

/** Most bytes of rows in a batch, whatever the batch size: bounds scratch memory. */
const maxBatchBytes = 8 << 20;

/** What the batch processor knows of its rows. */
export interface BatchShape {
  readonly dim: number;
  readonly batchSize: number;
}

/** Some of the rows, one after another. */
export interface RowBatch {
  /** Position of the first of them among all rows. */
  readonly first: number;
  readonly count: number;
  /** `[count x dim]`, a view. */
  readonly values: Float32Array;
  /** For the positions in errors. */
  readonly offset: RowOffset;
}

export class RowBatches {
  readonly runtime: ModuleRuntime;
  readonly dim: number;
  /** `[count x dim]`. */
  readonly vectors: Float32Array;
  readonly count: number;
  /** Rows of a batch, at least 1. */
  readonly batchRows: number;

  /** @throws {VectorSearchError} with code `DIMENSION_MISMATCH` or `INVALID_ARGUMENT`. */
  constructor(runtime: ModuleRuntime, { dim, batchSize }: BatchShape, vectors: Float32Array) {
    this.runtime = runtime;
    this.dim = dim;
    this.vectors = vectors;
    this.count = checkRows('the vectors', vectors, dim);
    this.batchRows = Math.max(1, Math.min(batchSize, Math.floor(maxBatchBytes / (dim * 4))));
  }

  /**
  Rows `begin` to `end`, in batches.

  @param multiple - Batches hold a multiple of so many rows, at least one of them.
  */
  *batches(begin = 0, end = this.count, multiple = 1): Generator<RowBatch, void, void> {
    const { dim } = this;
    const batchRows = Math.max(1, Math.floor(this.batchRows / multiple)) * multiple;
    for (let first = begin; first < end; first += batchRows) {
      const count = Math.min(batchRows, end - first);
      const values = rowsAt(this.vectors, dim, first, count);
      yield { first, count, values, offset: { row: first, dim } };
    }
  }
}
