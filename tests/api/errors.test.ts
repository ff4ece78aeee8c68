/** Errors: the codes of both languages, and messages that say both sides. */
import { readFile } from 'node:fs/promises';
import init, { VectorSearchEngine, VectorSearchError } from 'vicinal';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  describe as describeValue,
  type ErrorCode,
  hostErrorCodes,
  moduleError,
  moduleErrorCodes,
} from '../../bindings/api/errors.js';

beforeAll(() => init());

describe('error codes', () => {
  it('are those of src/base/result.h, in its order and with its values', async () => {
    const header = await readFile(new URL('../../src/base/result.h', import.meta.url), 'utf8');
    const body = /enum class ErrorCode[^{]*{([^}]*)}/.exec(header)?.[1] ?? '';
    const pairs = [...body.matchAll(/k(\w+) = (\d+)/g)].map(
      ([, name, value]) => [name, Number(value)] as const,
    );
    const wanted = moduleErrorCodes.map((code, position) => [upperCamel(code), position + 1] as const);
    expect(pairs).toEqual([['Ok', 0], ...wanted]);
  });

  it('of the module and of the host do not overlap', () => {
    const all = [...moduleErrorCodes, ...hostErrorCodes];
    expect(new Set(all).size).toBe(all.length);
  });

  it('outside the list become INTERNAL', () => {
    expect(moduleError(99, 0, 0).code).toBe('INTERNAL');
  });
});

describe('error messages', () => {
  it.each<[ErrorCode, number | string | undefined, number | string | undefined, string]>([
    ['DIMENSION_MISMATCH', 384, 768, 'Expected 384 dimensions, got 768'],
    ['DIMENSION_MISMATCH', 'a multiple of 3 values', 7, 'Expected a multiple of 3 values, got 7'],
    [
      'INVALID_ARGUMENT',
      'k to be an integer of at least 1',
      0,
      'Expected k to be an integer of at least 1, got 0',
    ],
    ['NOT_FOUND', 0, 17, 'No vector has id 17'],
    ['NOT_FOUND', 'point', 'x', 'No point has id "x"'],
    ['CORRUPT_DATA', 0, 64, 'The saved bytes are damaged: they stop making sense at byte 64'],
    ['UNSUPPORTED_VERSION', 'vicinal 1.0.0', 'vicinal 1.1.0', 'Expected vicinal 1.0.0, got vicinal 1.1.0'],
    ['WORKER_CRASHED', 'an answer', 'its end', 'Expected an answer, got its end'],
    ['UNSUPPORTED_VERSION', 1, 9, 'Saved by a newer release: expected format version 1 at most, got 9'],
    ['CAPACITY_EXCEEDED', 10, 11, 'Expected at most 10, got 11'],
    ['OUT_OF_MEMORY', 0, 4096, 'Out of memory: 4096 bytes were asked for'],
    ['OUT_OF_MEMORY', 0, 0, 'Out of memory'],
    ['STORAGE_FULL', 0, 4096, 'No room to store 4096 bytes'],
    ['STORAGE_FAILED', 0, 0, 'The storage failed: open it again to see what it holds'],
    ['DISPOSED', 'engine', undefined, 'The engine has been disposed'],
    ['NOT_INITIALIZED', undefined, undefined, 'The module is not loaded: await init() first'],
    ['TIMEOUT', 500, undefined, 'Gave up after 500 ms: it was not ready by then'],
  ])('of %s with %s and %s', (code, expected, actual, message) => {
    expect(new VectorSearchError(code, expected, actual).message).toBe(message);
  });

  it('exist for every code, and end without a stray undefined', () => {
    for (const code of [...moduleErrorCodes, ...hostErrorCodes]) {
      const { message } = new VectorSearchError(code, 1, 2);
      expect(message.length).toBeGreaterThan(10);
      expect(message).not.toContain('undefined');
    }
  });

  it('follow from the three fields, so that an error can be rebuilt from them', () => {
    const thrown = errorOf(() => new VectorSearchEngine(3).add([1, 2]));
    const rebuilt = new VectorSearchError(thrown.code, thrown.expected, thrown.actual);
    expect(rebuilt.message).toBe(thrown.message);
    expect(thrown).toMatchObject({
      name: 'VectorSearchError',
      code: 'DIMENSION_MISMATCH',
      expected: 3,
      actual: 2,
    });
  });

  it('describe values in few words', () => {
    expect(describeValue(new Float32Array(1000))).toBe('Float32Array of length 1000');
    expect(describeValue(new Proxy(new Float32Array(2), {}))).toBe('Object');
    expect(describeValue([1, 2])).toBe('Array of length 2');
    expect(describeValue('x'.repeat(100))).toHaveLength(45);
    expect([null, undefined, true, Number.NaN, 1.5, {}, () => 1].map(describeValue)).toEqual([
      'null',
      'undefined',
      'true',
      'NaN',
      1.5,
      'Object',
      'function',
    ]);
  });
});

function upperCamel(code: string): string {
  return code.replace(
    /(?:^|_)([A-Z])([A-Z]*)/g,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
}

function errorOf(call: () => unknown): VectorSearchError {
  try {
    call();
  } catch (error) {
    if (error instanceof VectorSearchError) return error;
    throw error;
  }
  throw new Error('the call was expected to fail');
}
