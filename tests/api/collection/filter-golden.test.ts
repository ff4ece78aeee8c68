/**
What Qdrant's own engine finds, counts, orders and changes: tests/data/qdrant/filters.json, made by make_filters.py beside
it. Every filter is asked three ways: by its definition, and of a store without and with indexes.
*/
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkFilter } from '../../../worker/collection/filter/check.js';
import { matches } from '../../../worker/collection/filter/match.js';
import { Bits } from '../../../worker/collection/payload/bits.js';
import { selectPayload, setKeys, withoutKeys } from '../../../worker/collection/payload/edit.js';
import { PayloadStore, type PointLookup } from '../../../worker/collection/payload/payload-store.js';
import type { PayloadSchemaType } from '../../../worker/collection/payload/schema.js';
import type { Payload } from '../../../worker/collection/types.js';
import { slotsOf } from './support/slots.js';

interface Golden {
  readonly payloads: readonly (Payload | null)[];
  readonly filters: readonly { filter: unknown; ids: number[] }[];
  readonly orders: readonly {
    key: string;
    schema: PayloadSchemaType;
    direction: 'asc' | 'desc';
    startFrom?: number | string;
    pairs: [number, number][];
  }[];
  readonly facets: readonly {
    key: string;
    schema: PayloadSchemaType;
    filter?: unknown;
    counts: [string | number | boolean, number][];
  }[];
  readonly edits: readonly {
    payload: Payload;
    edit: 'set' | 'delete' | 'include' | 'exclude';
    key?: string;
    patch?: Payload;
    keys?: string[];
    result: Payload;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../data/qdrant/filters.json', import.meta.url), 'utf8'),
) as Golden;

const live = new Bits();
live.fill(golden.payloads.length);
/** Ids are slots here; vectors as the generator gives them. */
const points: PointLookup = {
  live,
  slotOf: (id) => (typeof id === 'number' && live.has(id) ? id : undefined),
  hasVector: (name, slot) => slot % ({ a: 5, b: 3 }[name] ?? 1) !== 0,
};

function makeStore(indexes: Readonly<Record<string, PayloadSchemaType>>): PayloadStore {
  const store = new PayloadStore();
  for (const [key, schema] of Object.entries(indexes)) store.createIndex(key, schema);
  for (const [slot, payload] of golden.payloads.entries()) store.set(slot, payload);
  return store;
}

const sets: Readonly<Record<string, Readonly<Record<string, PayloadSchemaType>>>> = {
  'without indexes': {},
  'with the index of each type': {
    k: 'keyword',
    n: 'float',
    b: 'bool',
    d: 'datetime',
    g: 'geo',
    t: 'text',
    'o.x': 'integer',
    'o.y.z': 'keyword',
    'c[].age': 'integer',
    'c[].tags': 'keyword',
    'c[].name': 'keyword',
    'c[].sub[].v': 'integer',
  },
  'with indexes of other types': {
    k: 'uuid',
    n: 'integer',
    b: 'keyword',
    d: 'keyword',
    g: 'float',
    t: 'keyword',
    'k[]': 'text',
    'c[].name': 'text',
  },
};

describe('filters match what they match in Qdrant', () => {
  it('by their definition', () => {
    for (const { filter, ids } of golden.filters) {
      const checked = checkFilter(filter);
      const found = [...golden.payloads.keys()].filter((slot) =>
        matches(checked, slot, golden.payloads[slot] ?? null, points),
      );
      expect(found, JSON.stringify(filter)).toEqual(ids);
    }
  });

  for (const [name, indexes] of Object.entries(sets)) {
    it(`as a store finds them ${name}`, () => {
      const store = makeStore(indexes);
      for (const { filter, ids } of golden.filters) {
        const { bits, count } = store.select(checkFilter(filter), points);
        expect(slotsOf(bits), JSON.stringify(filter)).toEqual(ids);
        expect(count).toBe(ids.length);
      }
    });
  }
});

/** What the engine does otherwise, and why it is not followed. */
describe('filters differ from Qdrant', () => {
  const found = (payloads: readonly Payload[], condition: object): number[] => {
    const filter = checkFilter({ must: condition });
    return [...payloads.keys()].filter((slot) => matches(filter, slot, payloads[slot] ?? null, points));
  };

  it('where a place is off the Earth: it is none, as in its index and not in its payloads', () => {
    const box = { top_left: { lon: 170, lat: 10 }, bottom_right: { lon: -170, lat: 0 } };
    const places = [{ g: { lon: 175, lat: 5 } }, { g: { lon: 190, lat: 5 } }];
    expect(found(places, { key: 'g', geo_bounding_box: box })).toEqual([0]);
  });

  it('where `is_empty` and `is_null` are flags: they are the conditions of that name, or their opposites', () => {
    const payloads = [{ c: [{ a: 1 }, { a: null }] }, { c: [{ a: 1 }] }, { c: [{ a: null }] }, {}];
    expect(found(payloads, { key: 'c[].a', is_empty: true })).toEqual([2, 3]);
    expect(found(payloads, { is_empty: { key: 'c[].a' } })).toEqual([2, 3]);
    expect(found(payloads, { key: 'c[].a', is_null: false })).toEqual([1, 3]);
    expect(found(payloads, { is_null: { key: 'c[].a' } })).toEqual([0, 2]);
  });

  it('where `should` is empty inside `nested`: it asks nothing, as anywhere else', () => {
    expect(found([{ c: [{ a: 1 }] }], { nested: { key: 'c', filter: { should: [] } } })).toEqual([0]);
  });

  it('where a number is whole: 1.0 is 1 in JavaScript', () => {
    expect(found([JSON.parse('{"n":1.0}')], { key: 'n', match: { value: 1 } })).toEqual([0]);
  });

  it('where an index is of another type than a value: it changes nothing that is found', () => {
    const store = new PayloadStore();
    const payloads = [{ n: 1 }, { n: 1.5 }, { n: '550E8400-E29B-41D4-A716-446655440000' }];
    for (const [slot, payload] of payloads.entries()) store.set(slot, payload);
    for (const schema of ['integer', 'uuid', 'keyword'] as const) {
      store.createIndex('n', schema);
      for (const condition of [
        { key: 'n', range: { gt: 1 } },
        { key: 'n', match: { value: '550e8400-e29b-41d4-a716-446655440000' } },
      ]) {
        const { bits } = store.select(checkFilter({ must: condition }), points);
        expect(slotsOf(bits)).toEqual(found(payloads, condition));
      }
    }
  });
});

describe('what an index is read for', () => {
  it('is ordered as in Qdrant, but for ties', () => {
    for (const { key, schema, direction, startFrom, pairs } of golden.orders) {
      const store = makeStore({ [key]: schema });
      const { slots, values } = store.order(key, direction, startFrom, undefined, points);
      const sort = (list: [number, number][]): [number, number][] =>
        list.sort((a, b) => (a[0] - b[0]) * (direction === 'asc' ? 1 : -1) || a[1] - b[1]);
      expect([...values], `${key} ${direction} ${startFrom}`).toEqual(pairs.map(([value]) => value));
      expect(sort([...values].map((value, i) => [value, slots[i] as number]))).toEqual(sort(pairs));
    }
  });

  it('is counted as in Qdrant', () => {
    for (const { key, schema, filter, counts } of golden.facets) {
      const store = makeStore({ [key]: schema });
      const among = filter === undefined ? undefined : store.select(checkFilter(filter), points).bits;
      expect(store.facet(key, among, points), `${key} ${schema}`).toEqual(new Map(counts));
    }
  });
});

describe('payloads', () => {
  it('are changed and cut as in Qdrant', () => {
    for (const { payload, edit, key, patch = {}, keys = [], result } of golden.edits) {
      const before = structuredClone(payload);
      const after =
        edit === 'set'
          ? setKeys(payload, patch, key)
          : edit === 'delete'
            ? withoutKeys(payload, keys)
            : selectPayload(payload, edit === 'include' ? { include: keys } : { exclude: keys });
      expect(after, JSON.stringify({ payload, edit, key, patch, keys })).toEqual(result);
      expect(payload).toEqual(before);
    }
  });
});
