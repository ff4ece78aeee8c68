/**
The one error class, its codes, and every message.

A message follows from the three fields `code`, `expected` and `actual` alone, so that an error can be sent from a
worker as these fields and be built again on the other side.

@module
*/
import { isDetached, tagOf } from './tag.js';

/**
Codes that the module reports. The order is that of `ErrorCode` in src/base/result.h, whose values start at 1 here
(0 is success); a test keeps the two lists equal.
*/
export const moduleErrorCodes = [
  'INVALID_ARGUMENT',
  'DIMENSION_MISMATCH',
  'NOT_FOUND',
  'NOT_FINITE',
  'ZERO_VECTOR',
  'OUT_OF_MEMORY',
  'CORRUPT_DATA',
  'UNSUPPORTED_VERSION',
  'CAPACITY_EXCEEDED',
  'INTERNAL',
  'STORAGE_FULL',
  'STORAGE_FAILED',
] as const;

/** Codes that only TypeScript reports: they are about the module itself, or its worker. */
export const hostErrorCodes = [
  'DISPOSED',
  'NOT_INITIALIZED',
  'UNSUPPORTED_ENVIRONMENT',
  'LOAD_FAILED',
  'TIMEOUT',
  'WORKER_CRASHED',
  'NOT_SUPPORTED',
  'STOPPED',
  'STORAGE_IN_USE',
  'READ_ONLY',
] as const;

/**
What went wrong, for programs to tell apart.

| code | when |
| --- | --- |
| `INVALID_ARGUMENT` | a value that the call does not take |
| `DIMENSION_MISMATCH` | a vector or an array of another length |
| `NOT_FOUND` | an id that no vector has |
| `NOT_FINITE` | NaN or infinity in a vector |
| `ZERO_VECTOR` | only zeros where a direction is needed |
| `OUT_OF_MEMORY` | more than the module's memory, or the machine's, can hold |
| `CORRUPT_DATA` | saved bytes that are damaged |
| `UNSUPPORTED_VERSION` | bytes saved by a newer release, or a tab with another one |
| `CAPACITY_EXCEEDED` | more vectors than there are ids |
| `INTERNAL` | a mistake of this package's own |
| `STORAGE_FULL` | no room for a write: a quota, or a full disk |
| `STORAGE_FAILED` | a file that cannot be read or written, or a store that must be opened anew after that |
| `DISPOSED` | a call on an object that is no more |
| `NOT_INITIALIZED` | a call before `await init()` |
| `UNSUPPORTED_ENVIRONMENT` | something that this engine or runtime does not have |
| `LOAD_FAILED` | a module or worker that cannot be loaded |
| `TIMEOUT` | a module or worker that is not ready in time, or a tab that does not answer |
| `WORKER_CRASHED` | a worker, or the tab that had it, that has ended by itself |
| `NOT_SUPPORTED` | something that Qdrant has and this package has not |
| `STOPPED` | a call that was stopped when a part of it was done |
| `STORAGE_IN_USE` | files that somebody else has open |
| `READ_ONLY` | a change of a collection that was opened to read what is left of it |
*/
export type ErrorCode = (typeof moduleErrorCodes)[number] | (typeof hostErrorCodes)[number];

/** A number, or words where a number cannot tell it; `undefined` where there is nothing to tell. */
export type ErrorDetail = number | string | undefined;

const messages: Record<ErrorCode, (expected: ErrorDetail, actual: ErrorDetail) => string> = {
  INVALID_ARGUMENT: (expected, actual) => `Expected ${expected}, got ${actual}`,
  DIMENSION_MISMATCH: (expected, actual) =>
    typeof expected === 'number'
      ? `Expected ${expected} dimensions, got ${actual}`
      : `Expected ${expected}, got ${actual}`,
  NOT_FOUND: (expected, actual) =>
    `No ${typeof expected === 'string' ? expected : 'vector'} has id ${typeof actual === 'string' ? `"${actual}"` : actual}`,
  NOT_FINITE: (_, actual) =>
    `Expected finite numbers, got NaN, infinity or a number past the range of float32 at position ${actual}`,
  ZERO_VECTOR: (_, actual) =>
    `Expected vectors of non-zero length, got only zeros in ${typeof actual === 'number' ? `row ${actual}` : actual}`,
  OUT_OF_MEMORY: (expected, actual) =>
    `Out of memory${actual ? `: ${actual} bytes were asked for` : ''}${expected ? `, of at most ${expected}` : ''}`,
  CORRUPT_DATA: (_, actual) => `The saved bytes are damaged: they stop making sense at byte ${actual}`,
  UNSUPPORTED_VERSION: (expected, actual) =>
    typeof expected === 'string'
      ? `Expected ${expected}, got ${actual}`
      : `Saved by a newer release: expected format version ${expected} at most, got ${actual}`,
  CAPACITY_EXCEEDED: (expected, actual) => `Expected at most ${expected}, got ${actual}`,
  INTERNAL: (_, actual) => `Internal error${actual ? `: ${actual}` : ''}. Please report it`,
  STORAGE_FULL: (expected, actual) =>
    `No room to store ${typeof actual === 'number' ? `${actual} bytes` : (actual ?? 'more')}` +
    `${expected ? `: expected at most ${expected} in all` : ''}`,
  STORAGE_FAILED: (_, actual) =>
    `The storage failed${actual ? ` (${actual})` : ''}: open it again to see what it holds`,
  DISPOSED: (expected) => `The ${expected ?? 'object'} has been disposed`,
  NOT_INITIALIZED: () => 'The module is not loaded: await init() first',
  UNSUPPORTED_ENVIRONMENT: (expected, actual) => `Expected ${expected}, got ${actual}`,
  LOAD_FAILED: (expected, actual) => `Expected ${expected}, got ${actual}`,
  TIMEOUT: (expected, actual) => `Gave up after ${expected} ms: ${actual ?? 'it was not ready by then'}`,
  WORKER_CRASHED: (expected, actual) =>
    typeof expected === 'string'
      ? `Expected ${expected}, got ${actual}`
      : `The worker crashed${actual ? ` (${actual})` : ''} and what it held in memory is gone: ` +
        'open an engine anew from the bytes of its last save(), a collection from its storage',
  NOT_SUPPORTED: (expected, actual) => `Not supported: ${actual}${expected ? `. Use ${expected}` : ''}`,
  STOPPED: (expected, actual) =>
    `Stopped after ${actual}${expected === undefined ? '' : ` of ${expected}`} points: these were taken`,
  STORAGE_IN_USE: (_, actual) => `The storage is in use${actual ? `: ${actual} has it` : ''}`,
  READ_ONLY: (expected, actual) => `The ${expected} is read-only${actual ? `: ${actual}` : ''}`,
};

/**
Every error that this package throws.

`code` is stable and meant for programs. `expected` and `actual` are the two sides of what went wrong: numbers where these
alone tell it (384 and 768 dimensions), else words (`384 dimensions in the vector of point 17`, and 768), which are for
people as the message is, that says both.
*/
export class VectorSearchError extends Error {
  /** `VectorSearchError`, also where classes are renamed. */
  override readonly name = 'VectorSearchError';
  /** What went wrong. */
  readonly code: ErrorCode;
  /** What there should have been. */
  readonly expected: ErrorDetail;
  /** What there was. */
  readonly actual: ErrorDetail;

  constructor(
    code: ErrorCode,
    expected?: ErrorDetail,
    actual?: ErrorDetail,
    options?: { readonly cause?: unknown },
  ) {
    super(messages[code](expected, actual), options);
    this.code = code;
    this.expected = expected;
    this.actual = actual;
  }
}

/** The error of a code number as the module returns it: 1 is the first of {@link moduleErrorCodes}. */
export function moduleError(codeNumber: number, expected: number, actual: number): VectorSearchError {
  return new VectorSearchError(moduleErrorCodes[codeNumber - 1] ?? 'INTERNAL', expected, actual);
}

/** `INVALID_ARGUMENT` for a value: "Expected k to be an integer of at least 1, got 0". */
export function invalidArgument(expected: string, actual: unknown): VectorSearchError {
  return new VectorSearchError('INVALID_ARGUMENT', expected, describe(actual));
}

/** `INVALID_ARGUMENT` where something is amiss that is no value: "Expected rows to pool, got none". */
export function invalidState(expected: string, actual: string): VectorSearchError {
  return new VectorSearchError('INVALID_ARGUMENT', expected, actual);
}

/** What a value is, in few words: never its whole contents. */
export function describe(value: unknown): string | number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}..."` : `"${value}"`;
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') {
    const tag = tagOf(value);
    // Of a class the name of that; what only looks like one of the language's is none.
    const made = tag === 'Object' ? (value as { constructor?: unknown }).constructor : undefined;
    const isNamed = typeof made === 'function' && made.name !== '' && !(made.name in globalThis);
    const name = isNamed ? made.name : tag;
    // Of arrays only: asking anything else for its length may throw.
    const isArray = Array.isArray(value) || ArrayBuffer.isView(value);
    const length = isArray ? (value as { length?: unknown }).length : undefined;
    if (length === 0 && ArrayBuffer.isView(value) && isDetached(value as Float32Array))
      return `a detached ${name}`;
    return typeof length === 'number' ? `${name} of length ${length}` : name;
  }
  return typeof value;
}
