/**
The one vector that stands for examples: the mean of the positive ones, moved away from the mean of the negative ones by
as much as they differ.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';

/** A sparse vector as arrays. */
export interface SparseArrays {
  /** Ascending. */
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/**
@param positive - At least one vector.
@param negative - Any number of vectors of the same length.
*/
export function averageVector(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  const dim = positive[0]?.length ?? 0;
  const average = new Float64Array(dim);
  const add = (vectors: readonly Float32Array[], weight: number) => {
    for (const vector of vectors) {
      if (vector.length !== dim) throw new VectorSearchError('DIMENSION_MISMATCH', dim, vector.length);
      for (let i = 0; i < dim; i++) average[i] = (average[i] as number) + (vector[i] as number) * weight;
    }
  };
  add(positive, positiveWeight(positive, negative));
  add(negative, -1 / negative.length);
  return Float32Array.from(average);
}

/** As {@link averageVector}, of sparse vectors. */
export function averageSparse(
  positive: readonly SparseArrays[],
  negative: readonly SparseArrays[],
): SparseArrays {
  const average = new Map<number, number>();
  const add = (vectors: readonly SparseArrays[], weight: number) => {
    for (const { indices, values } of vectors) {
      indices.forEach((index, i) => {
        average.set(index, (average.get(index) ?? 0) + (values[i] as number) * weight);
      });
    }
  };
  add(positive, positiveWeight(positive, negative));
  add(negative, -1 / negative.length);
  const sorted = [...average].sort(([a], [b]) => a - b);
  return {
    indices: Uint32Array.from(sorted, ([index]) => index),
    values: Float32Array.from(sorted, ([, value]) => value),
  };
}

/** Weight of each positive vector in mean + (mean - negative mean). */
function positiveWeight(positive: readonly unknown[], negative: readonly unknown[]): number {
  return (negative.length > 0 ? 2 : 1) / positive.length;
}
