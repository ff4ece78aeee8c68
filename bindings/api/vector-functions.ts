/**
Single functions on vectors.

@module
*/
import { checkInteger, checkRows, checkVector, isFloat32Array, maxDim } from './arguments.js';
import { VectorSearchError } from './errors.js';
import { currentRuntime } from './init.js';
import { metricNumber } from './metrics.js';
import { copyFloats } from './module-arrays.js';
import { scratchBytes } from './scratch.js';
import type { Metric, VectorInput } from './types.js';

/**
Inner product of two vectors.

@param a - At most 65,536 finite numbers.
@param b - As many.
@throws {VectorSearchError} with code `NOT_INITIALIZED`, `DIMENSION_MISMATCH`, `NOT_FINITE` or `INVALID_ARGUMENT`.
*/
export function dotProduct(a: VectorInput, b: VectorInput): number {
  return measurePair('dot', a, b);
}

/**
Cosine similarity of two vectors, -1 to 1.

@throws {VectorSearchError} as {@link dotProduct}, and `ZERO_VECTOR` when one of them is all zero.
*/
export function cosineSimilarity(a: VectorInput, b: VectorInput): number {
  return measurePair('cosine', a, b);
}

/** L2 distance of two vectors. @throws {VectorSearchError} as {@link dotProduct}. */
export function euclideanDistance(a: VectorInput, b: VectorInput): number {
  return measurePair('euclidean', a, b);
}

/** L1 distance of two vectors. @throws {VectorSearchError} as {@link dotProduct}. */
export function manhattanDistance(a: VectorInput, b: VectorInput): number {
  return measurePair('manhattan', a, b);
}

/**
Inner products of a query with many vectors.

@param query - At most 65,536 finite numbers.
@param flat - `[count x query.length]`, one vector after another.
@returns `[count]`.
@throws {VectorSearchError} as {@link dotProduct}; positions count from the start of `flat`, or are told to be of the query.
*/
export function dotProductBatch(query: VectorInput, flat: Float32Array): Float32Array {
  return measureRows('dot', query, flat);
}

/**
Cosine similarities of a query and many vectors, as {@link dotProductBatch}.

@throws {VectorSearchError} as {@link dotProductBatch}, and `ZERO_VECTOR`.
*/
export function cosineSimilarityBatch(query: VectorInput, flat: Float32Array): Float32Array {
  return measureRows('cosine', query, flat);
}

/** L2 distances of a query to many vectors, as {@link dotProductBatch}. */
export function euclideanDistanceBatch(query: VectorInput, flat: Float32Array): Float32Array {
  return measureRows('euclidean', query, flat);
}

/** L1 distances of a query to many vectors, as {@link dotProductBatch}. */
export function manhattanDistanceBatch(query: VectorInput, flat: Float32Array): Float32Array {
  return measureRows('manhattan', query, flat);
}

/**
A vector scaled to length 1.

@param vector - At most 65,536 finite numbers, not all zero. Left as it is.
@returns A new array of the same length.
@throws {VectorSearchError} with code `NOT_INITIALIZED`, `ZERO_VECTOR`, `NOT_FINITE` or `INVALID_ARGUMENT`.
*/
export function normalizeVector(vector: VectorInput): Float32Array {
  const dim = checkDim(vector);
  return normalizeRows(checkVector('the vector', vector, dim), 1, dim);
}

/**
Many vectors, each scaled to length 1. For very many, with progress, see `BatchProcessor`.

@param flat - `[count x dim]`, one vector after another. Left as it is.
@returns A new array, `[count x dim]`.
@throws {VectorSearchError} as {@link normalizeVector}, and `DIMENSION_MISMATCH`.
*/
export function normalizeVectors(flat: Float32Array, dim: number): Float32Array {
  checkInteger('dim', dim, 1, maxDim);
  return normalizeRows(flat, checkRows('the vectors', flat, dim), dim);
}

function normalizeRows(rows: Float32Array, rowCount: number, dim: number): Float32Array {
  const runtime = currentRuntime();
  const address = runtime.scratch(scratchBytes(rows.length)).putFloats(rows);
  runtime.checked((raw) => raw.normalize(dim, address, rowCount, address));
  return copyFloats(runtime.memory, address, rows.length);
}

function measurePair(metric: Metric, a: VectorInput, b: VectorInput): number {
  const dim = checkDim(a);
  const first = checkVector('the first vector', a, dim);
  const second = checkVector('the second vector', b, dim);
  return measure(metric, first, second, 1, dim)[0] as number;
}

function measureRows(metric: Metric, query: VectorInput, flat: Float32Array): Float32Array {
  const dim = checkDim(query);
  const checked = checkVector('the query', query, dim);
  checkQueryValues(metric, checked);
  return measure(metric, checked, flat, checkRows('the vectors', flat, dim), dim);
}

/** As the module checks values, whose errors tell positions in the vectors. */
function checkQueryValues(metric: Metric, query: Float32Array): void {
  const position = query.findIndex((value) => !Number.isFinite(value));
  if (position >= 0) throw new VectorSearchError('NOT_FINITE', undefined, `${position} of the query`);
  if (metric === 'cosine' && query.every((value) => value === 0))
    throw new VectorSearchError('ZERO_VECTOR', undefined, 'the query');
}

function measure(
  metric: Metric,
  query: Float32Array,
  rows: Float32Array,
  rowCount: number,
  dim: number,
): Float32Array {
  const runtime = currentRuntime();
  const scratch = runtime.scratch(scratchBytes(dim) + scratchBytes(rows.length) + scratchBytes(rowCount));
  const queryAddress = scratch.putFloats(query);
  const rowsAddress = scratch.putFloats(rows);
  const out = scratch.reserve(rowCount);
  runtime.checked((raw) => raw.measure(dim, metricNumber(metric), queryAddress, rowsAddress, rowCount, out));
  return copyFloats(runtime.memory, out, rowCount);
}

/** The dimension that a vector's own length gives. */
function checkDim(vector: VectorInput): number {
  const length = Array.isArray(vector) || isFloat32Array(vector) ? vector.length : undefined;
  // What is no vector, checkVector tells better.
  return length === undefined ? 1 : checkInteger('the length of a vector', length, 1, maxDim);
}
