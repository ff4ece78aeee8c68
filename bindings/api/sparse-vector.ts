/**
Sparse vectors as callers write them, checked.

@module
*/
import { checkInteger, checkVector, isUint32Array } from './arguments.js';
import { invalidArgument, VectorSearchError } from './errors.js';
import type { SparseVectorInput, VectorInput } from './types.js';

/** Largest index. */
const maxIndex = 0xffffffff;

/** Distinct indices in the caller's order, and as many values; whether these are finite is the module's to say. */
export interface CheckedSparseVector {
  readonly indices: Uint32Array;
  readonly values: VectorInput;
}

/** @throws {VectorSearchError} with code `DIMENSION_MISMATCH` or `INVALID_ARGUMENT`. */
export function checkSparseVector(name: string, vector: SparseVectorInput): CheckedSparseVector {
  if (typeof vector !== 'object' || vector === null)
    throw invalidArgument(`${name} to be { indices, values }`, vector);
  const { values } = vector;
  const indices = checkIndices(`the indices of ${name}`, vector.indices);
  if ((ArrayBuffer.isView(values) || Array.isArray(values)) && values.length !== indices.length) {
    throw new VectorSearchError(
      'DIMENSION_MISMATCH',
      `one value for each of ${indices.length} indices`,
      values.length,
    );
  }
  return { indices, values: checkVector(`the values of ${name}`, values, indices.length) };
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkIndices(name: string, indices: SparseVectorInput['indices']): Uint32Array {
  const words = toWords(name, indices);
  const repeated = firstRepeated(words);
  if (repeated !== undefined) throw invalidArgument(`${name} to be distinct`, `${repeated} more than once`);
  return words;
}

/** Term frequencies. @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkFrequencies(values: VectorInput): void {
  for (let i = 0; i < values.length; i++) {
    // Also what is not finite passes: the module tells it as such.
    if (Math.fround(values[i] as number) <= 0)
      throw invalidArgument(`value ${i} of the vector to be above 0`, values[i]);
  }
}

function toWords(name: string, indices: unknown): Uint32Array {
  if (isUint32Array(indices)) return indices;
  if (!Array.isArray(indices)) throw invalidArgument(`${name} to be a Uint32Array or an array`, indices);
  return Uint32Array.from(indices, (index) => checkInteger(`each of ${name}`, index, 0, maxIndex));
}

function firstRepeated(words: Uint32Array): number | undefined {
  if (words.every((word, i) => i === 0 || (words[i - 1] as number) < word)) return undefined;
  const sorted = words.slice().sort();
  return sorted.find((word, i) => i > 0 && word === sorted[i - 1]);
}
