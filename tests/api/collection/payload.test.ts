/** Payloads: what is taken for one, paths into them, and datetimes. */
import { describe, expect, it } from 'vitest';
import { Bits, forEachBit } from '../../../worker/collection/payload/bits.js';
import { checkPayload, maxDepth } from '../../../worker/collection/payload/check-payload.js';
import { parseDatetime } from '../../../worker/collection/payload/datetime.js';
import { selectPayload, setKeys, withoutKeys } from '../../../worker/collection/payload/edit.js';
import { parsePath, someAt } from '../../../worker/collection/payload/path.js';
import type { JsonValue, Payload } from '../../../worker/collection/types.js';

/** An own key by a name that objects treat otherwise. */
const sly = JSON.parse('{"__proto__":{"polluted":true},"a":{"__proto__":1,"constructor":2}}') as Payload;

describe('a payload', () => {
  it('is returned as it is', () => {
    const payload = { a: [1, 'x', true, null, { b: [] }], c: { d: -0.5 } };
    expect(checkPayload(payload, 'payload')).toBe(payload);
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(checkPayload(bare, 'payload')).toBe(bare);
    expect(checkPayload(sly, 'payload')).toBe(sly);
    expect(checkPayload(null, 'payload')).toBeNull();
    expect(checkPayload(undefined, 'payload')).toBeNull();
  });

  it('loses members that are undefined, in a copy', () => {
    const given = { a: undefined, b: [{ c: undefined, d: 1 }, 2], e: { f: undefined } };
    const checked = checkPayload(given, 'payload');
    expect(checked).toStrictEqual({ b: [{ d: 1 }, 2], e: {} });
    expect(JSON.stringify(checked)).toBe(JSON.stringify(given));
    expect('a' in given).toBe(true);
  });

  it('keeps keys such as __proto__ where it is copied', () => {
    const given = JSON.parse('{"__proto__":{"a":1}}');
    given.b = undefined;
    const checked = checkPayload(given, 'payload') as Payload;
    expect(Object.keys(checked)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(checked)).toBe(Object.prototype);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.a = [cyclic];
  let deep: unknown = 1;
  for (let i = 0; i < maxDepth; i++) deep = [deep];

  it.each([
    ['x', 'payload to be a plain object, got "x"'],
    [[], 'payload to be a plain object, got Array of length 0'],
    [new Map(), 'payload to be a plain object, got Map'],
    [
      Object.defineProperty({ a: 1 }, 'toJSON', { value: () => [1] }),
      'payload to be a JSON value, got "an object that has toJSON"',
    ],
    [{ a: Number.NaN }, 'payload.a to be a JSON value, got NaN'],
    [{ a: [1, Number.POSITIVE_INFINITY] }, 'payload.a[1] to be a JSON value, got Infinity'],
    [{ a: { b: new Date(0) } }, 'payload.a.b to be a JSON value, got Date'],
    [{ a: () => 1 }, 'payload.a to be a JSON value, got function'],
    [{ a: 1n }, 'payload.a to be a JSON value, got bigint'],
    [{ a: [undefined] }, 'payload.a[0] to be a JSON value, got undefined'],
    [{ a: new Float32Array(2) }, 'payload.a to be a JSON value, got Float32Array of length 2'],
    [{ a: new (class Thing {})() }, 'payload.a to be a JSON value, got Thing'],
    [cyclic, `payload${'.a[0]'.repeat(14)}`],
    [{ deep }, `payload.deep${'[0]'.repeat(20)}`],
  ])('%# is refused', (given, message) => {
    expect(() => checkPayload(given, 'payload')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`Expected ${message}`),
      }),
    );
  });
});

function read(payload: JsonValue, path: string): JsonValue[] {
  const values: JsonValue[] = [];
  someAt(payload, parsePath(path, 'key'), (value) => values.push(value) === 0);
  return values;
}

describe('a path', () => {
  it('is read as Qdrant reads it', () => {
    expect(parsePath('a.b[].c[12][]."d e".é-_1', 'key')).toEqual([
      'a',
      'b',
      null,
      'c',
      12,
      null,
      'd e',
      'é-_1',
    ]);
    expect(parsePath('""', 'key')).toEqual(['']);
    for (const path of [
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      'a[',
      'a]',
      'a[x]',
      'a[-1]',
      'a[]b',
      '"a',
      '"a"b',
      '[0]',
      'a b',
      'a$',
    ])
      expect(() => parsePath(path, 'key'), path).toThrow('Expected key to be a path');
  });

  it('leads to values', () => {
    const payload = { a: { b: [{ c: 1 }, { c: [2, 3] }, 4, { d: 5 }] }, e: null };
    expect(read(payload, 'a.b[].c')).toEqual([1, [2, 3]]);
    expect(read(payload, 'a.b[1].c[]')).toEqual([2, 3]);
    expect(read(payload, 'a.b[9].c')).toEqual([]);
    expect(read(payload, 'a.b.c')).toEqual([]);
    expect(read(payload, 'e')).toEqual([null]);
    expect(read(payload, 'e.f')).toEqual([]);
    expect(read(payload, 'a.b[0].toString')).toEqual([]);
    expect(read(sly, '__proto__.polluted')).toEqual([true]);
    expect(read({ a: 1 }, '__proto__')).toEqual([]);
    expect(read({ a: 1 }, 'constructor')).toEqual([]);
  });
});

describe('a change', () => {
  it('makes own keys of whatever name, and changes no prototype', () => {
    const set = setKeys({ a: 1 }, sly);
    expect(Object.keys(set)).toEqual(['a', '__proto__']);
    expect(Object.keys(setKeys({}, { x: 1 }, '__proto__.y'))).toEqual(['__proto__']);
    expect(Object.keys(setKeys(null, { x: 1 }))).toEqual(['x']);
    expect(Object.keys(withoutKeys(sly, ['a']) as Payload)).toEqual(['__proto__']);
    expect(Object.keys(withoutKeys(sly, ['a.constructor']) as Payload)).toEqual(['__proto__', 'a']);
    expect(Object.keys(selectPayload(sly, ['__proto__']) as Payload)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((set as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('leaves what does not change', () => {
    expect(withoutKeys(null, ['a'])).toBeNull();
    const payload = { a: 1 };
    expect(selectPayload(payload, true)).toBe(payload);
    expect(selectPayload(payload, false)).toBeUndefined();
    expect(selectPayload(null, ['a'])).toBeNull();
    expect(() => selectPayload(payload, ['a..b'])).toThrow('Expected withPayload to be a path');
    expect(() => withoutKeys(payload, ['a..b'])).toThrow('Expected keys to be a path');
  });
});

describe('a datetime', () => {
  // The values are those of Qdrant's engine.
  it.each([
    ['2024-01-02T03:04:05Z', 1704164645000000],
    ['2024-01-02 03:04:05', 1704164645000000],
    ['2024-01-02', 1704153600000000],
    ['2024-01-02T03:04', 1704164640000000],
    ['2024-01-02T03:04:05.123456789Z', 1704164645123456],
    ['2024-01-02T03:04:05+02', 1704157445000000],
    ['2024-01-02T03:04:05 +02:00', 1704157445000000],
    ['2024-01-02T03:04:05 UTC', 1704164645000000],
    ['2024-01-02t03:04:05z', 1704164645000000],
    [' 2024-1-2', 1704153600000000],
    ['2024-01-02T23:59:60Z', 1704240000000000],
    ['2024-01-02 03:04:05.5+05:30', 1704144845500000],
    ['2024-01-02T03:04:05\u221202:00', 1704171845000000],
    ['-0001-01-02', -62198668800000000],
    ['+10000-01-01T00:00:00Z', 253402300800000000],
    ['0000-01-01', -62167219200000000],
    ['99-01-02', -59042908800000000],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2024-01-02 ', undefined],
    ['2024', undefined],
    ['2024-01', undefined],
    ['20240102', undefined],
    ['2024-01-02T03', undefined],
    ['2024-01-02T24:00:00Z', undefined],
    ['2024-02-30', undefined],
    ['2023-02-29', undefined],
    ['2024-13-01', undefined],
    ['2024-01-02T03:04Z', undefined],
    ['2024-01-02T03:04+02:00', undefined],
    ['2024-01-02T03:04:05.Z', undefined],
    ['10000-01-01', undefined],
    ['2024-01-02T03:04:05+24:00', undefined],
    ['2024-01-02Z', undefined],
    ['99999999999-01-01', undefined],
    ['', undefined],
  ])('%j is %s', (text, microseconds) => {
    expect(parseDatetime(text)).toBe(microseconds);
  });
});

describe('bits', () => {
  it('are counted, visited, put in and taken out', () => {
    const bits = new Bits();
    for (const slot of [0, 31, 32, 1000, 31]) bits.add(slot);
    expect(bits.count).toBe(4);
    expect(bits.delete(32)).toBe(true);
    expect(bits.delete(32)).toBe(false);
    expect(bits.delete(100_000)).toBe(false);
    const slots: number[] = [];
    forEachBit(bits.words, (slot) => slots.push(slot));
    expect(slots).toEqual([0, 31, 1000]);
    expect([bits.has(31), bits.has(32), bits.has(1e6)]).toEqual([true, false, false]);
    for (const count of [0, 1, 31, 32, 33, 500]) {
      bits.fill(count);
      expect([bits.count, bits.has(count - 1), bits.has(count)]).toEqual([count, count > 0, false]);
    }
    bits.clear();
    expect(bits.count).toBe(0);
  });
});
