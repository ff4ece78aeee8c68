import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKey, QueryCache } from '../../../worker/collection/query-cache.js';

/** Bytes of an entry beside its value: 64, and 2 a character of its key. */
const around = 66;

describe('the query cache', () => {
  it('keeps what was set, and tells its bytes', () => {
    const cache = new QueryCache(1000);
    expect(cache.get('a')).toBeUndefined();
    cache.set('a', [1], 10);
    expect(cache.get('a')).toEqual([1]);
    expect(cache.bytes).toBe(around + 10);
  });

  it('drops what was used longest ago, and no more than it must', () => {
    const cache = new QueryCache(3 * (around + 10));
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 10);
    cache.get('a');
    cache.set('d', 'd', 10);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c', 'd']);
    expect(cache.bytes).toBe(3 * (around + 10));
  });

  it('counts an entry that is set again once, and keeps none that is too large', () => {
    const cache = new QueryCache(200);
    cache.set('a', 1, 10);
    cache.set('a', 2, 20);
    expect(cache).toMatchObject({ bytes: around + 20 });
    cache.set('a', 3, 200);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
    new QueryCache(0).set('a', 1, 0);
  });

  it('forgets all', () => {
    const cache = new QueryCache(1000);
    cache.set('a', 1, 10);
    cache.clear();
    expect(cache.get('a')).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('never holds more than it may, whatever is set', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'dd'), fc.nat(300)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (sets) => {
        const cache = new QueryCache(500);
        for (const [key, bytes] of sets) {
          cache.set(key, bytes, bytes);
          expect(cache.bytes).toBeLessThanOrEqual(500);
          if (bytes + around + 2 <= 500) expect(cache.get(key)).toBe(bytes);
        }
      }),
      { seed: 1 },
    );
  });
});

describe('the key of a request', () => {
  it('is the same whatever the order of keys, and without those that have no value', () => {
    const filter = { must: [{ key: 'year', range: { gte: 1990 } }] };
    expect(cacheKey({ k: 10, filter, using: undefined })).toBe(cacheKey({ filter, k: 10 }));
    expect(cacheKey({ k: [1, 2] })).not.toBe(cacheKey({ k: [2, 1] }));
  });

  it('tells vectors by their bits', () => {
    const vector = Float32Array.of(0.1, 1e-45, Number.NaN);
    expect(cacheKey({ vector: vector.slice() })).toBe(cacheKey({ vector }));
    const next = Float32Array.of(0.10000001, 1e-45, Number.NaN);
    expect(next[0]).not.toBe(vector[0]);
    expect(cacheKey({ vector: next })).not.toBe(cacheKey({ vector }));
    expect(cacheKey(Float32Array.of(0))).not.toBe(cacheKey(Float32Array.of(-0)));
    expect(cacheKey(Float32Array.of(0))).not.toBe(cacheKey(Uint32Array.of(0)));
    expect(cacheKey(new Float32Array(9).subarray(0, 8))).toBe(cacheKey(new Float32Array(8)));
  });

  it('tells long arrays by their end, and odd ones by their last byte', () => {
    const long = new Float32Array(20_000);
    const other = long.slice();
    other[19_999] = 1;
    expect(cacheKey(long)).not.toBe(cacheKey(other));
    expect(cacheKey(Uint8Array.of(1, 2, 3))).not.toBe(cacheKey(Uint8Array.of(1, 2, 4)));
    expect(cacheKey(Uint8Array.of(1, 2, 0))).not.toBe(cacheKey(Uint8Array.of(1, 2)));
  });

  it('tells values of different types apart', () => {
    const values = [
      '1',
      1,
      true,
      'true',
      null,
      'null',
      [],
      {},
      [1],
      ['1'],
      -1,
      '',
      [null],
      { a: null },
      0.1,
      -0,
      0,
    ];
    expect(new Set(values.map(cacheKey)).size).toBe(values.length);
  });

  it('is equal for equal requests alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const canonical = (value: unknown): string =>
          JSON.stringify(value, (_, inner) =>
            typeof inner === 'object' && inner !== null && !Array.isArray(inner)
              ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
              : Object.is(inner, -0)
                ? '-0 as a number'
                : inner,
          );
        expect(cacheKey(a) === cacheKey(b)).toBe(canonical(a) === canonical(b));
        expect(cacheKey(structuredClone(a))).toBe(cacheKey(a));
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
