/** How a store goes about a filter, as it explains it. */
import { describe, expect, it } from 'vitest';
import { checkFilter } from '../../../worker/collection/filter/check.js';
import { Bits } from '../../../worker/collection/payload/bits.js';
import { PayloadStore, type PointLookup } from '../../../worker/collection/payload/payload-store.js';
import type { ClauseExplanation } from '../../../worker/collection/types.js';

const count = 1000;
const store = new PayloadStore();
store.createIndex('genre', 'keyword');
store.createIndex('year', { type: 'integer' });
store.createIndex('text', 'text');
const live = new Bits();
live.fill(count);
for (let slot = 0; slot < count; slot++) {
  const payload = {
    genre: slot % 100 === 0 ? 'rare' : 'common',
    year: slot,
    title: `t${slot % 10}`,
    text: `w${slot % 4}`,
  };
  store.set(slot, payload);
}
const points: PointLookup = {
  live,
  slotOf: (id) => (typeof id === 'number' && live.has(id) ? id : undefined),
  hasVector: () => true,
};

/** Of each clause: where it stands, what it asks, by what, and how many of how many match. */
function told(filter: unknown): unknown[] {
  const list = ({ path, condition, by, matched, asked, clauses }: ClauseExplanation): unknown[] => [
    `${path} ${condition} by ${by}: ${matched} of ${asked}`,
    ...(clauses ?? []).flatMap(list),
  ];
  const { explanation, count } = store.select(checkFilter(filter), points);
  expect(explanation).toMatchObject({ path: '', condition: 'filter', by: 'clauses', matched: count });
  expect(explanation.ms).toBeGreaterThanOrEqual(0);
  return list(explanation).slice(1);
}

describe('a filter', () => {
  it('is asked of the index that leaves fewest first, of payloads last', () => {
    const title = { key: 'title', match: { value: 't0' } };
    const range = { key: 'year', range: { gte: 500 } };
    const genre = { key: 'genre', match: { value: 'rare' } };
    expect(told({ must: [title, range, genre] })).toEqual([
      'must[2] genre match by index: 10 of 1000',
      'must[1] year range by index: 5 of 10',
      'must[0] title match by payloads: 5 of 5',
    ]);
  });

  it('is asked of ids before all others', () => {
    expect(
      told({ must: [{ key: 'genre', match: { value: 'rare' } }, { has_id: [100, 101, 5000] }] }),
    ).toEqual(['must[1] has_id by points: 2 of 1000', 'must[0] genre match by payloads: 1 of 2']);
  });

  it('asks alternatives only of what is left', () => {
    expect(
      told({
        should: [
          { key: 'genre', match: { value: 'rare' } },
          { key: 'text', match: { text: 'w1' } },
        ],
        must_not: [{ key: 'title', match: { any: ['t0', 't1', 't2', 't3', 't4', 't5'] } }],
      }),
    ).toEqual([
      'should[0] genre match by index: 10 of 1000',
      'should[1] text match text by index: 250 of 990',
      'must_not[0] title match by payloads: 160 of 260',
    ]);
  });

  it('explains filters inside filters', () => {
    expect(
      told({
        must: [{ should: [{ has_vector: 'v' }, { key: 'year', is_null: true }] }],
        min_should: {
          conditions: [
            { key: 'year', range: { lt: 20 } },
            { key: 'genre', match: { value: 'rare' } },
          ],
          min_count: 2,
        },
      }),
    ).toEqual([
      'min_should.conditions[1] genre match by index: 10 of 1000',
      'min_should.conditions[0] year range by index: 20 of 1000',
      'must[0] filter by clauses: 1 of 1',
      'must[0].should[1] year is_null by payloads: 0 of 1',
      'must[0].should[0] has_vector by points: 1 of 1',
    ]);
  });

  it('lets every point through where it asks nothing', () => {
    expect(store.select(checkFilter({}), points).count).toBe(count);
  });
});

describe('what needs an index', () => {
  it('is refused without one', () => {
    const code = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => store.facet('title', undefined, points)).toThrow(code);
    expect(() => store.facet('text', undefined, points)).toThrow(code);
    expect(() => store.order('genre', 'asc', undefined, undefined, points)).toThrow(code);
    expect(() => store.order('year', 'asc', 'no datetime', undefined, points)).toThrow(code);
    expect(() => store.createIndex('a', 'words' as 'text')).toThrow(code);
    expect(() => store.createIndex('a..b', 'text')).toThrow(code);
  });

  it('is told of', () => {
    expect(store.indexes()).toEqual({
      genre: { schema: 'keyword', points: count },
      year: { schema: { type: 'integer' }, points: count },
      text: { schema: 'text', points: count },
    });
    expect(store.deleteIndex('nothing')).toBe(false);
    store.createIndex('passing', 'bool');
    expect(store.deleteIndex('"passing"')).toBe(true);
  });
});

describe('values to group by', () => {
  it('are strings and integers, each once', () => {
    const store = new PayloadStore();
    store.set(3, { a: ['x', 1, 'x', 1.5, true, null, [2], 'y'], b: 'z' });
    expect(store.valuesAt(3, 'a')).toEqual(['x', 1, 'y']);
    expect(store.valuesAt(3, 'b')).toEqual(['z']);
    expect(store.valuesAt(3, 'c')).toEqual([]);
    expect(store.valuesAt(0, 'a')).toEqual([]);
  });
});
