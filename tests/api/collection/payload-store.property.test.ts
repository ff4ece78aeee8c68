/**
A property: whatever was set and deleted in between, a store finds what reading every payload finds, whichever fields are
indexed, and counts and orders what is there.
*/
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFilter } from '../../../worker/collection/filter/check.js';
import { matches } from '../../../worker/collection/filter/match.js';
import { Bits } from '../../../worker/collection/payload/bits.js';
import { PayloadStore, type PointLookup } from '../../../worker/collection/payload/payload-store.js';
import type { PayloadSchemaType } from '../../../worker/collection/payload/schema.js';
import type { JsonValue, Payload } from '../../../worker/collection/types.js';
import { slotsOf } from './support/slots.js';

const slotCount = 70;

const words = ['red', 'green', 'blue fox', 'Red-fox', '', '2024-01-02', '2024-01-02T00:00:00Z', '1', 'true'];
const uuids = ['550e8400-e29b-41d4-a716-446655440000', '550E8400-E29B-41D4-A716-446655440000'];

const text = fc.constantFrom(...words, ...uuids);
const integer = fc.integer({ min: -2, max: 4 });
const number = fc.oneof(integer, fc.constantFrom(-1.5, 0.5, 2.25));
const datetime = fc.constantFrom(
  '2024-01-02',
  '2024-01-02T00:00:00+01:00',
  '2023-12-31 12:00',
  '1969-12-31T23:59:60Z',
);
const place = fc.record({
  lon: fc.constantFrom(-180, -10, 0, 5, 5.5, 10, 180, 200),
  lat: fc.constantFrom(-90, 0, 4, 5, 10, 90),
});
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  text,
  number,
  fc.boolean(),
  datetime,
  place,
  fc.constant(null),
);
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }) },
);
const element: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ x: value, y: value }, { requiredKeys: [] }) },
  scalar,
);
const payload: fc.Arbitrary<Payload | null> = fc.option(
  fc.record(
    { a: value, b: value, o: fc.record({ x: value }), c: fc.array(element, { maxLength: 3 }) },
    { requiredKeys: [] },
  ),
  { freq: 8 },
);

const key = fc.constantFrom('a', 'a', 'b', 'b', 'a[]', 'a[0]', 'o.x', 'c[].x', 'c', 'zz');

function boundsOf<T>(bound: fc.Arbitrary<T>): fc.Arbitrary<object> {
  return fc.record({ gt: bound, gte: bound, lt: bound, lte: bound }, { requiredKeys: [] });
}

const match = fc.oneof(
  fc.record({ value: fc.oneof(text, integer, fc.boolean()) }),
  fc.record({ any: fc.oneof(fc.array(text, { maxLength: 3 }), fc.array(integer, { maxLength: 3 })) }),
  fc.record({ except: fc.oneof(fc.array(text, { maxLength: 4 }), fc.array(integer, { maxLength: 4 })) }),
  fc.record({ text: fc.constantFrom('fox', 'RED fox', 'fox red', '', '1') }),
  fc.record({ text_any: fc.constantFrom('green fox', 'nothing') }),
  fc.record({ phrase: fc.constantFrom('blue fox', 'fox blue', 'red') }),
  fc.record({ prefix: fc.constantFrom('', 're', '2024') }),
  fc.record({ substring: fc.constantFrom('', 'e', '-01-') }),
);

const at = fc.record({
  lon: fc.constantFrom(-180, -11, 0, 6, 11, 180),
  lat: fc.constantFrom(-90, 0, 3, 6, 90),
});
const square = (low: number, high: number): object => ({
  points: [
    { lon: low, lat: low },
    { lon: high, lat: low },
    { lon: high, lat: high },
    { lon: low, lat: high },
    { lon: low, lat: low },
  ],
});

const test = fc.oneof(
  { weight: 4, arbitrary: fc.record({ match }) },
  { weight: 2, arbitrary: fc.record({ range: boundsOf(number) }) },
  { weight: 1, arbitrary: fc.record({ range: boundsOf(datetime) }) },
  { weight: 1, arbitrary: fc.record({ values_count: boundsOf(fc.nat(3)) }) },
  { weight: 1, arbitrary: fc.record({ is_empty: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ is_null: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ geo_bounding_box: fc.record({ top_left: at, bottom_right: at }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      geo_radius: fc.record({ center: at, radius: fc.constantFrom(0, 1000, 700_000, 3e7) }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { geo_polygon: { exterior: square(-1, 11) } },
      { geo_polygon: { exterior: square(-1, 11), interiors: [square(4, 6)] } },
    ),
  },
);
const field = fc.tuple(key, test).map(([key, test]) => ({ key, ...test }));

const innerField = fc.tuple(fc.constantFrom('x', 'y'), test).map(([key, test]) => ({ key, ...test }));

const { filter } = fc.letrec<{ filter: object; condition: object; inner: object }>((tie) => ({
  inner: fc.record(
    { must: fc.array(innerField, { maxLength: 2 }), must_not: fc.array(innerField, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
  condition: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 6, arbitrary: field },
    { weight: 1, arbitrary: fc.record({ has_id: fc.array(fc.nat(slotCount + 5)) }) },
    { weight: 1, arbitrary: fc.record({ has_vector: fc.constantFrom('v', 'w') }) },
    { weight: 1, arbitrary: tie('inner').map((filter) => ({ nested: { key: 'c', filter } })) },
    { weight: 2, arbitrary: tie('filter') },
  ),
  filter: fc.record(
    {
      must: fc.array(tie('condition'), { maxLength: 3 }),
      should: fc.array(tie('condition'), { maxLength: 3 }),
      must_not: fc.array(tie('condition'), { maxLength: 2 }),
      min_should: fc.record({
        conditions: fc.array(tie('condition'), { maxLength: 3 }),
        min_count: fc.integer({ min: 0, max: 2 }),
      }),
    },
    { requiredKeys: [] },
  ),
}));

const schema: fc.Arbitrary<PayloadSchemaType> = fc.constantFrom(
  'keyword',
  'integer',
  'float',
  'bool',
  'datetime',
  'uuid',
  'geo',
  'text',
);

type Step =
  | { readonly type: 'set'; readonly slot: number; readonly payload: Payload | null }
  | { readonly type: 'delete'; readonly slot: number }
  | { readonly type: 'index'; readonly key: string; readonly schema: PayloadSchemaType }
  | { readonly type: 'drop'; readonly key: string }
  | { readonly type: 'select'; readonly filter: object };

const slot = fc.nat(slotCount - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('set' as const), slot, payload }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), slot }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('index' as const), key, schema }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drop' as const), key }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('select' as const), filter }) },
);

function lookupOf(live: Bits): PointLookup {
  return {
    live,
    slotOf: (id) => (typeof id === 'number' && live.has(id) ? id : undefined),
    hasVector: (name, slot) => name === 'v' && slot % 3 === 0,
  };
}

describe('a store of payloads', () => {
  it('finds what reading every payload finds', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
        const store = new PayloadStore();
        const live = new Bits();
        const payloads = new Map<number, Payload | null>();
        const points = lookupOf(live);
        for (const step of steps) {
          switch (step.type) {
            case 'set':
              store.set(step.slot, step.payload);
              payloads.set(step.slot, step.payload);
              live.add(step.slot);
              break;
            case 'delete':
              store.delete(step.slot);
              payloads.delete(step.slot);
              live.delete(step.slot);
              break;
            case 'index':
              store.createIndex(step.key, step.schema);
              break;
            case 'drop':
              store.deleteIndex(step.key);
              break;
            case 'select': {
              const checked = structuredClone(checkFilter(step.filter));
              const expected = [...payloads.keys()]
                .filter((slot) => matches(checked, slot, payloads.get(slot) ?? null, points))
                .sort((a, b) => a - b);
              const { bits, count } = store.select(checked, points);
              expect(slotsOf(bits)).toEqual(expected);
              expect(count).toBe(expected.length);
              break;
            }
          }
        }
      }),
      { numRuns: 250, seed: 6 },
    );
  });

  it('counts and orders the values that are there', () => {
    const list: fc.Arbitrary<JsonValue[]> = fc.array(scalar, { maxLength: 3 });
    const steps = fc.array(
      fc.oneof<fc.MaybeWeightedArbitrary<[number, JsonValue[] | null | undefined]>[]>(
        { weight: 4, arbitrary: fc.tuple(slot, fc.option(list)) },
        fc.tuple(slot, fc.constant(undefined)),
      ),
      { minLength: 1, maxLength: 150, size: 'max' },
    );
    fc.assert(
      fc.property(steps, schema, fc.uniqueArray(slot), (steps, schema, chosen) => {
        const store = new PayloadStore();
        store.createIndex('a', schema);
        const live = new Bits();
        const points = lookupOf(live);
        const values = new Map<number, JsonValue[]>();
        for (const [slot, given] of steps) {
          if (given === undefined) store.delete(slot);
          else store.set(slot, given && { a: given });
          values.set(slot, given ?? []);
          live.put(slot, given !== undefined);
        }
        const among = new Bits();
        for (const slot of chosen) if (live.has(slot)) among.add(slot);
        const isMine: Partial<Record<PayloadSchemaType, (value: JsonValue) => boolean>> = {
          keyword: (value) => typeof value === 'string',
          uuid: (value) => uuids.includes(value as string),
          integer: Number.isInteger,
          bool: (value) => typeof value === 'boolean',
          float: (value) => typeof value === 'number',
        };
        const mine = isMine[schema];
        if (mine === undefined) return;
        const pairs = [...values].flatMap(([slot, list]) =>
          [...new Set(list)].filter(mine).map((value) => [value, slot] as const),
        );
        expect(store.indexes()).toEqual({
          a: { schema, points: new Set(pairs.map(([, slot]) => slot)).size },
        });
        for (const among_ of [undefined, among]) {
          const there = pairs.filter(([, slot]) => among_?.has(slot) ?? true);
          if (schema !== 'float') {
            const counts = new Map<JsonValue, number>();
            for (const [value] of there) counts.set(value, (counts.get(value) ?? 0) + 1);
            expect(store.facet('a', among_?.words, points)).toEqual(counts);
          }
          if (schema === 'float' || schema === 'integer') {
            const { slots, values } = store.order('a', 'desc', 2, among_?.words, points);
            const sorted = (there as [number, number][])
              .filter(([value]) => value <= 2)
              .sort((a, b) => b[0] - a[0] || b[1] - a[1]);
            expect([...values].map((value, i) => [value, slots[i]])).toEqual(sorted);
          }
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('keeps its indexes small and right through many changes', () => {
    const store = new PayloadStore();
    const live = new Bits();
    const points = lookupOf(live);
    live.fill(200);
    for (const [key, schema] of [
      ['a', 'keyword'],
      ['n', 'integer'],
      ['t', 'text'],
      ['s', 'text'],
      ['g', 'geo'],
    ] as const)
      store.createIndex(key, schema);
    let bytes = 0;
    let most = 0;
    // Enough rounds that columns are compacted and the text index is made anew, several times.
    for (let round = 0; round < 80; round++) {
      for (let slot = 0; slot < 200; slot++) {
        const size = (slot * 7 + round) % 3;
        const list = Array.from({ length: size }, (_, i) => (slot + round * i) % 9);
        store.set(slot, {
          a: list.map((n) => `word${n}`),
          n: list,
          t: list.map((n) => `text word${n}`),
          s: `text word${(slot + round) % 9}`,
          g: list.map((n) => ({ lon: n, lat: n })),
        });
      }
      const around = { center: { lon: 4, lat: 4 }, radius: 1 };
      for (const condition of [
        { key: 'a', match: { value: 'word4' } },
        { key: 'n', match: { value: 4 } },
        { key: 't', match: { text: 'word4' } },
        { key: 's', match: { text: 'word4' } },
        { key: 'g', geo_radius: around },
      ]) {
        const checked = checkFilter({ must: condition });
        const expected = [...Array(200).keys()].filter((slot) =>
          matches(checked, slot, store.get(slot), points),
        );
        expect(slotsOf(store.select(checked, points).bits)).toEqual(expected);
      }
      most = Math.max(most, round > 10 ? store.memoryBytes : 0);
      if (round === 10) bytes = store.memoryBytes;
    }
    expect(most / bytes).toBeLessThan(2);
  });
});
