/** What is taken for a filter, and what is said of what is not. */
import { describe, expect, it } from 'vitest';
import { checkFilter, fixedValues } from '../../../worker/collection/filter/check.js';

function messageOf(filter: unknown): string {
  try {
    checkFilter(filter);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return 'taken';
}

const place = { lon: 1, lat: 2 };

describe('a filter', () => {
  it('may be sent to a worker', () => {
    const filter = checkFilter({
      must: [{ key: 'a', match: { any: ['x', 'y'] } }],
      must_not: { nested: { key: 'c', filter: { must: { key: 'd', range: { gt: 1 } } } } },
    });
    expect(structuredClone(filter)).toEqual(filter);
  });

  it('asks nothing where nothing is given', () => {
    for (const filter of [{}, { must: [] }, { must: null, should: undefined }, { should: [], must_not: [] }])
      expect(checkFilter(filter)).toEqual([]);
  });

  it.each([
    [undefined, 'filter to be an object with must, should, must_not, min_should, got undefined'],
    [[], 'filter to be an object with must, should, must_not, min_should, got Array of length 0'],
    [{ mustNot: [] }, 'filter to have no other keys than must, should, must_not, min_should, got "mustNot"'],
    [{ must: [3] }, 'filter.must[0] to be a condition or a filter, got 3'],
    [{ must: 'x' }, 'filter.must to be a condition or a filter, got "x"'],
    [
      { must: [{ field: 'a' }] },
      'filter.must[0] to have one of key, nested, is_empty, is_null, has_id, has_vector, must, should, must_not, min_should, got field',
    ],
    [
      { must: [{ key: 'a' }] },
      'filter.must[0] to have one of match, range, geo_bounding_box, geo_radius, geo_polygon, values_count, is_empty, is_null, got none of them',
    ],
    [
      { must: [{ key: 'a', match: { value: 1 }, range: {} }] },
      'filter.must[0] to have one of match, range, geo_bounding_box, geo_radius, geo_polygon, values_count, is_empty, is_null, got match, range',
    ],
    [
      { must: [{ key: 'a', mach: {} }] },
      'filter.must[0] to have no other keys than key, match, range, geo_bounding_box, geo_radius, geo_polygon, values_count, is_empty, is_null, got "mach"',
    ],
    [
      { must: [{ key: 'a..b', is_null: true }] },
      'filter.must[0].key to be a path such as a.b or a[].b, got "a..b"',
    ],
    [{ must: [{ key: 3, is_null: true }] }, 'filter.must[0].key to be a path such as a.b or a[].b, got 3'],
    [
      { must: [{ has_id: [1] }, { key: 'a', range: { gte: 'x' } }] },
      'filter.must[1].range.gte to be a number or a datetime, got "x"',
    ],
    [
      { must: [{ key: 'a', range: { gte: 1, lt: '2024-01-01' } }] },
      'filter.must[0].range.lt to be what filter.must[0].range.gte is, got "2024-01-01"',
    ],
    [
      { must: [{ key: 'a', range: { from: 1 } }] },
      'filter.must[0].range to have no other keys than gt, gte, lt, lte, got "from"',
    ],
    [
      { must: [{ key: 'a', range: { gt: Number.NaN } }] },
      'filter.must[0].range.gt to be a number or a datetime, got NaN',
    ],
    [
      { should: [{ key: 'a', match: { value: 1.5 } }] },
      'filter.should[0].match.value to be a string, an integer or a boolean (floats: range), got 1.5',
    ],
    [
      { should: [{ key: 'a', match: { any: [1, 'x'] } }] },
      'filter.should[0].match.any[1] to be a string or an integer like all others, got "x"',
    ],
    [
      { should: [{ key: 'a', match: { except: [true] } }] },
      'filter.should[0].match.except[0] to be a string or an integer like all others, got true',
    ],
    [{ should: [{ key: 'a', match: { text: 1 } }] }, 'filter.should[0].match.text to be a string, got 1'],
    [
      { should: [{ key: 'a', match: { value: 1, any: [1] } }] },
      'filter.should[0].match to have one of value, any, except, text, text_any, phrase, prefix, substring, got value, any',
    ],
    [
      { must: { key: 'a', values_count: { gt: 1.5 } } },
      'filter.must.values_count.gt to be an integer of at least 0, got 1.5',
    ],
    [{ must: { key: 'a', is_empty: 1 } }, 'filter.must.is_empty to be a boolean, got 1'],
    [
      { must: { is_empty: { key: 'a', not: 1 } } },
      'filter.must.is_empty to have no other keys than key, got "not"',
    ],
    [{ must: { has_id: 1 } }, 'filter.must.has_id to be an array, got 1'],
    [
      { must: { has_id: [-1] } },
      'filter.must.has_id[0] to be an id: an integer of at least 0 or a string, got -1',
    ],
    [{ must: { has_vector: 1 } }, 'filter.must.has_vector to be a string, got 1'],
    [
      { min_should: { conditions: [], min_count: -1 } },
      'filter.min_should.min_count to be an integer of at least 0, got -1',
    ],
    [
      { min_should: [] },
      'filter.min_should to be an object with conditions, min_count, got Array of length 0',
    ],
    [
      { must: { nested: { key: 'a', filter: { should: [{ has_id: [1] }] } } } },
      'filter.must.nested.filter.should[0] to be about the fields of an object, got "has_id"',
    ],
    [
      { must: { should: { must_not: [{ key: 'a', is_null: 0 }] } } },
      'filter.must.should.must_not[0].is_null to be a boolean, got 0',
    ],
    [
      { must: { key: 'a', geo_radius: { center: { lon: 1, lat: 91 }, radius: 1 } } },
      'filter.must.geo_radius.center.lat to be from -90 to 90, got 91',
    ],
    [
      { must: { key: 'a', geo_radius: { center: place } } },
      'filter.must.geo_radius.radius to be a finite number, got undefined',
    ],
    [
      { must: { key: 'a', geo_bounding_box: { top_left: [1, 2] } } },
      'filter.must.geo_bounding_box.top_left to be an object with lon, lat, got Array of length 2',
    ],
    [
      { must: { key: 'a', geo_polygon: { exterior: { points: [place, place, place] } } } },
      'filter.must.geo_polygon.exterior.points to be at least 4, got 3',
    ],
    [
      {
        must: { key: 'a', geo_polygon: { exterior: { points: [place, place, place, { lon: 0, lat: 0 }] } } },
      },
      'filter.must.geo_polygon.exterior.points to end where they begin, got another place',
    ],
  ])('%j is refused', (filter, message) => {
    expect(messageOf(filter)).toBe(`INVALID_ARGUMENT: Expected ${message}`);
  });

  it('is refused where Qdrant has something that is not here', () => {
    expect(messageOf({ must: [{ slice: { total: 2, index: 0 } }] })).toBe(
      'NOT_SUPPORTED: Not supported: filter.must[0].slice',
    );
  });

  it('is refused where it goes on for ever', () => {
    const filter: Record<string, unknown> = {};
    filter.must = filter;
    expect(messageOf(filter)).toMatch(/^INVALID_ARGUMENT: Expected the filter to nest at most 64 deep/);
  });
});

describe('values that a filter fixes', () => {
  const fixed = (filter: object): unknown => fixedValues(checkFilter(filter), 'lang');

  it('are those that `must` asks for', () => {
    expect(fixed({ must: { key: 'lang', match: { value: 'en' } } })).toEqual(['en']);
    expect(fixed({ must: [{ key: 'lang', match: { any: ['en', 'de'] } }] })).toEqual(['en', 'de']);
    expect(fixed({ must: [{ must: [{ key: '"lang"', match: { any: [1] } }] }] })).toEqual([1]);
    expect(fixed({ must: { key: 'lang', match: { any: [] } } })).toEqual([]);
  });

  it('are the fewest of several', () => {
    const two = { key: 'lang', match: { any: ['en', 'de'] } };
    expect(fixed({ must: [two, { key: 'lang', match: { value: 'en' } }, two] })).toEqual(['en']);
  });

  it('are none where another point may match', () => {
    expect(fixed({})).toBeUndefined();
    expect(fixed({ should: { key: 'lang', match: { value: 'en' } } })).toBeUndefined();
    expect(fixed({ must_not: { key: 'lang', match: { value: 'en' } } })).toBeUndefined();
    expect(fixed({ must: { key: 'lang', match: { except: ['en'] } } })).toBeUndefined();
    expect(fixed({ must: { key: 'lang[]', match: { value: 'en' } } })).toBeUndefined();
    expect(
      fixed({ must: { nested: { key: 'c', filter: { must: { key: 'lang', match: { value: 'en' } } } } } }),
    ).toBeUndefined();
  });
});
