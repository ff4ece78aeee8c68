/**
Checks of what callers pass, made before the module is touched. Values inside vectors are checked by the module,
which reads them anyway.

@module
*/
import { invalidArgument, VectorSearchError } from './errors.js';
import { checkNames } from './option-names.js';
import { isDetached } from './tag.js';
import type { LongCallOptions, VectorInput } from './types.js';

/** Largest dimension, as in src/base/metric.h. */
export const maxDim = 65536;

/** Most lists of an index, as in src/index/ivf/ivf_index.h. */
export const maxListCount = 65536;

/** Longest delay that timers take. */
const maxTimeoutMs = 0x7fffffff;

function isTypedArray(value: unknown, name: 'Float32Array' | 'Uint32Array' | 'Uint8Array'): boolean {
  // As `tagOf` tells, which makes strings: points come by the million.
  return (
    ArrayBuffer.isView(value) &&
    (value as Partial<Float32Array>)[Symbol.toStringTag] === name &&
    !isDetached(value as Float32Array)
  );
}

export function isFloat32Array(value: unknown): value is Float32Array {
  return isTypedArray(value, 'Float32Array');
}

export function isUint32Array(value: unknown): value is Uint32Array {
  return isTypedArray(value, 'Uint32Array');
}

export function isUint8Array(value: unknown): value is Uint8Array {
  return isTypedArray(value, 'Uint8Array');
}

/** An integer from `minimum` to `maximum`. */
export function checkInteger(
  name: string,
  value: unknown,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    const range =
      maximum === Number.MAX_SAFE_INTEGER && !(typeof value === 'number' && value > maximum)
        ? `an integer of at least ${minimum}`
        : `an integer from ${minimum} to ${maximum}`;
    throw invalidArgument(`${name} to be ${range}`, value);
  }
  return value;
}

/** A time limit in milliseconds. Default: 30 seconds. */
export function checkTimeout(timeoutMs: unknown = 30_000): number {
  return checkInteger('timeoutMs', timeoutMs, 1, maxTimeoutMs);
}

/** An id: any 32-bit number; whether a vector has it is the module's to say. */
export function checkId(id: unknown): number {
  return checkInteger('the id', id, 0, 0xffffffff);
}

/**
One vector of `dim` values.

@returns What was given, or its values: an array may be a proxy, or have getters, and is read once.
*/
export function checkVector(name: string, vector: VectorInput, dim: number): Float32Array {
  if (Array.isArray(vector)) return numbersOf(name, vector, dim);
  if (!isFloat32Array(vector))
    throw invalidArgument(`${name} to be a Float32Array or an array of numbers`, vector);
  if (vector.length !== dim) throw new VectorSearchError('DIMENSION_MISMATCH', dim, vector.length);
  return vector;
}

function numbersOf(name: string, array: readonly unknown[], dim: number): Float32Array {
  const { length } = array;
  const numbers = new Float32Array(dim);
  for (let i = 0; i < length; i++) {
    const value = array[i];
    if (typeof value !== 'number') throw invalidArgument(`value ${i} of ${name} to be a number`, value);
    if (i < dim) numbers[i] = value;
  }
  if (length !== dim) throw new VectorSearchError('DIMENSION_MISMATCH', dim, length);
  return numbers;
}

/**
Rows one after another.

@param count - Rows that there must be. Default: as many as there are.
@returns How many rows there are.
*/
export function checkRows(name: string, flat: Float32Array, dim: number, count?: number): number {
  if (!isTypedArray(flat, 'Float32Array')) throw invalidArgument(`${name} to be a Float32Array`, flat);
  const expected = count === undefined ? Math.floor(flat.length / dim) : checkInteger('count', count, 0);
  if (flat.length !== expected * dim) {
    const wanted =
      count === undefined ? `a multiple of ${dim} values` : `${count} x ${dim} = ${count * dim} values`;
    throw new VectorSearchError('DIMENSION_MISMATCH', wanted, flat.length);
  }
  return expected;
}

/** One value a row. */
export function checkPerRow<T extends Uint8Array | Float32Array>(
  name: string,
  values: T,
  type: 'Uint8Array' | 'Float32Array',
  rowCount: number,
): T {
  if (!isTypedArray(values, type)) throw invalidArgument(`${name} to be a ${type}`, values);
  if (values.length !== rowCount) {
    throw new VectorSearchError(
      'DIMENSION_MISMATCH',
      `one value of ${name} for each of ${rowCount} rows`,
      values.length,
    );
  }
  return values;
}

/** Where a result goes: the array that the caller offers, if it fits. */
export function checkOut(out: Float32Array | undefined, length: number): Float32Array | undefined {
  if (out === undefined) return undefined;
  if (!isTypedArray(out, 'Float32Array')) throw invalidArgument('out to be a Float32Array', out);
  if (out.length !== length)
    throw new VectorSearchError('DIMENSION_MISMATCH', `an out array of ${length} values`, out.length);
  return out;
}

/** Rows `first` to `first + count` of rows that were checked when the call began; a callback may have emptied them. */
export function rowsAt(flat: Float32Array, dim: number, first: number, count: number): Float32Array {
  return valuesAt(flat, first * dim, count * dim);
}

/** As {@link rowsAt}, of any typed array. */
export function valuesAt<T extends Uint8Array | Float32Array>(values: T, first: number, count: number): T {
  if (values.length < first + count) {
    const wanted = `an array that keeps its length during the call, ${first + count} values or more`;
    throw new VectorSearchError('DIMENSION_MISMATCH', wanted, values.length);
  }
  return values.subarray(first, first + count) as T;
}

/** Options, of which there may be none. `names`: those that the call takes, where it is known here. */
export function checkOptions(options: unknown, names?: object): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalidArgument('the options to be an object', options);
  if (names !== undefined) checkNames(options, names);
}

/** Options that concern the call itself, as {@link checkOptions}. */
export function checkCallOptions(
  options: { [Key in keyof LongCallOptions]: LongCallOptions[Key] | undefined } | undefined,
  names?: object,
): void {
  checkOptions(options, names);
  const { signal, onProgress } = options ?? {};
  if (signal !== undefined && !isSignal(signal)) throw invalidArgument('signal to be an AbortSignal', signal);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalidArgument('onProgress to be a function', onProgress);
  }
}

/** Whether it has what is asked of a signal: that of another realm has, too. */
function isSignal(value: unknown): boolean {
  const names = ['throwIfAborted', 'addEventListener', 'removeEventListener'] as const;
  return names.every((name) => typeof (value as Partial<AbortSignal> | null)?.[name] === 'function');
}

/** Saved bytes. */
export function checkBytes(bytes: Uint8Array): Uint8Array {
  if (!isUint8Array(bytes)) throw invalidArgument('the saved bytes to be a Uint8Array', bytes);
  return bytes;
}
