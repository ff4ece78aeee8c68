/** Types: which filters a typed payload takes, and which it refuses when they are compiled. */
import { describe, expectTypeOf, it } from 'vitest';
import type { Collection } from '../../../worker/collection/collection.js';
import type { Condition, FieldPath, Filter } from '../../../worker/collection/filter/types.js';
import { openCollection } from '../../../worker/collection/open-collection.js';
import type { CollectionOptions } from '../../../worker/collection/types.js';

interface Movie {
  title: string;
  year: number;
  genre: 'drama' | 'comedy';
  seen: boolean;
  released?: string;
  rating: number | null;
  tags: string[];
  studio: { name: string; place: { lon: number; lat: number } };
  cast: { name: string; age?: number; roles: { part: string }[] }[];
  'running time': number;
}

/** Compiles where the filter fits. */
function takes(_filter: Filter<Movie>): void {}
function takesCondition(_condition: Condition<Movie>): void {}

describe('a filter of a typed payload', () => {
  it('knows the paths of its fields', () => {
    type Path = FieldPath<Movie>;
    expectTypeOf<'title'>().toExtend<Path>();
    expectTypeOf<'tags'>().toExtend<Path>();
    expectTypeOf<'tags[]'>().toExtend<Path>();
    expectTypeOf<'tags[0]'>().toExtend<Path>();
    expectTypeOf<'studio'>().toExtend<Path>();
    expectTypeOf<'studio.name'>().toExtend<Path>();
    expectTypeOf<'studio.place'>().toExtend<Path>();
    expectTypeOf<'cast[].name'>().toExtend<Path>();
    expectTypeOf<'cast[1].name'>().toExtend<Path>();
    expectTypeOf<'cast[].roles[].part'>().toExtend<Path>();
    expectTypeOf<'"running time"'>().toExtend<Path>();
    expectTypeOf<'yaer'>().not.toExtend<Path>();
    expectTypeOf<'studio.nmae'>().not.toExtend<Path>();
    expectTypeOf<'cast.name'>().not.toExtend<Path>();
    expectTypeOf<'title[]'>().not.toExtend<Path>();
  });

  it('takes values of the field', () => {
    takes({ must: [{ key: 'year', match: { value: 1994 } }] });
    takes({ must: { key: 'year', range: { gte: 1990, lt: 2000 } } });
    takes({ must: [{ key: 'genre', match: { any: ['drama', 'comedy'] } }] });
    takes({ must: [{ key: 'seen', match: { value: true } }] });
    takes({ must: [{ key: 'released', range: { gt: '1994-01-01T00:00:00Z' } }] });
    takes({ must: [{ key: 'rating', range: { gt: 4 } }] });
    takes({ must: [{ key: 'tags', match: { except: ['noir'] } }] });
    takes({ must: [{ key: 'tags[]', match: { value: 'noir' } }] });
    takes({ must: [{ key: 'tags', values_count: { gt: 2 } }] });
    takes({ must: [{ key: 'title', match: { text: 'good bad' } }] });
    takes({ must: [{ key: 'studio.place', geo_radius: { center: { lon: 1, lat: 2 }, radius: 10 } }] });
    takes({ must: [{ key: 'cast[].age', range: { gte: 30 } }] });
    takes({ must: [{ key: '"running time"', range: { lt: 90 } }] });
    takes({ must_not: [{ is_null: { key: 'rating' } }, { is_empty: { key: 'cast[].age' } }] });
    takes({ must: [{ key: 'studio', is_empty: false }] });
    takes({ should: [{ has_id: [1, 'a'] }, { has_vector: 'image' }] });
    takes({ min_should: { conditions: [{ should: [{ key: 'year', match: { value: 1 } }] }], min_count: 1 } });
    takes({
      must: [
        {
          nested: {
            key: 'cast',
            filter: {
              must: [
                { key: 'name', match: { value: 'Ann' } },
                { key: 'age', range: { gt: 1 } },
              ],
            },
          },
        },
      ],
    });
  });

  it('refuses other keys', () => {
    // @ts-expect-error no such field
    takes({ must: [{ key: 'yaer', match: { value: 1994 } }] });
    // @ts-expect-error a path does not reach through an array
    takes({ must: [{ key: 'cast.name', match: { value: 'Ann' } }] });
    // @ts-expect-error no such field
    takes({ must_not: [{ is_null: { key: 'ratign' } }] });
    // @ts-expect-error a field of the payload, not of the objects in `cast`
    takesCondition({ nested: { key: 'cast', filter: { must: [{ key: 'year', range: { gt: 1 } }] } } });
    // @ts-expect-error not an array of objects
    takesCondition({ nested: { key: 'year', filter: { must: [] } } });
    // @ts-expect-error no such clause
    takes({ mustNot: [] });
  });

  it('refuses other values', () => {
    // @ts-expect-error a string is not a year
    takes({ must: [{ key: 'year', match: { value: 'x' } }] });
    // @ts-expect-error a number is not a title
    takes({ must: [{ key: 'title', match: { value: 1 } }] });
    // @ts-expect-error no such genre
    takes({ must: [{ key: 'genre', match: { any: ['horror'] } }] });
    // @ts-expect-error strings have no numeric range
    takes({ must: [{ key: 'title', range: { gt: 1 } }] });
    // @ts-expect-error booleans have no range
    takes({ must: [{ key: 'seen', range: { gt: 0 } }] });
    // @ts-expect-error numbers have no words
    takes({ must: [{ key: 'year', match: { text: '1994' } }] });
    // @ts-expect-error not a place
    takes({ must: [{ key: 'year', geo_radius: { center: { lon: 1, lat: 2 }, radius: 10 } }] });
    // @ts-expect-error elements are strings
    takes({ must: [{ key: 'tags[]', match: { value: 3 } }] });
  });
});

describe('a path of a typed payload', () => {
  type Movies = Collection<Movie>;

  it('is checked wherever there is one', () => {
    expectTypeOf<Movies['facet']>().toBeCallableWith({ key: 'cast[].roles[].part' });
    // @ts-expect-error no such field
    expectTypeOf<Movies['facet']>().toBeCallableWith({ key: 'gnere' });
    expectTypeOf<Movies['queryGroups']>().toBeCallableWith({ query: 1, groupBy: 'studio.name' });
    // @ts-expect-error no such field
    expectTypeOf<Movies['queryGroups']>().toBeCallableWith({ query: 1, groupBy: 'sudio' });
    expectTypeOf<Movies['scroll']>().toBeCallableWith({ orderBy: 'year' });
    expectTypeOf<Movies['scroll']>().toBeCallableWith({ orderBy: { key: 'cast[0].age', direction: 'desc' } });
    // @ts-expect-error no such field
    expectTypeOf<Movies['scroll']>().toBeCallableWith({ orderBy: 'yaer' });
    // @ts-expect-error no such field
    expectTypeOf<Movies['scroll']>().toBeCallableWith({ orderBy: { key: 'yaer' } });
    expectTypeOf<Movies['query']>().toBeCallableWith({ prefetch: { query: { orderBy: 'year' } } });
    // @ts-expect-error no such field
    expectTypeOf<Movies['query']>().toBeCallableWith({ prefetch: { query: { orderBy: 'yaer' } } });
    expectTypeOf<Movies['deletePayload']>().toBeCallableWith(['tags', 'cast[].age', '"running time"'], [1]);
    // @ts-expect-error no such field
    expectTypeOf<Movies['deletePayload']>().toBeCallableWith(['tags', 'cast.age'], [1]);
    expectTypeOf<Movies['createPayloadIndex']>().toBeCallableWith('tags[]', 'keyword');
    // @ts-expect-error no such field
    expectTypeOf<Movies['createPayloadIndex']>().toBeCallableWith('tgas', 'keyword');
  });

  it('is checked in the options of a collection, also where those are of any', () => {
    const open = (options: CollectionOptions, typed: CollectionOptions<Movie>) => [
      openCollection<Movie>(options),
      openCollection<Movie>({ ...typed, payloadIndex: { year: 'integer', 'cast[].name': 'keyword' } }),
      // @ts-expect-error no such field
      openCollection<Movie>({ name: 'movies', dim: 2, payloadIndex: { yaer: 'integer' } }),
    ];
    expectTypeOf(open).returns.toEqualTypeOf<Promise<Collection<Movie>>[]>();
  });

  it('is any string where the payload is not typed', () => {
    expectTypeOf<Collection['facet']>().toBeCallableWith({ key: 'a.b[].c' });
    expectTypeOf<Collection['scroll']>().toBeCallableWith({ orderBy: 'a' });
    expectTypeOf<Collection['deletePayload']>().toBeCallableWith(['a'] as string[], [1]);
    const open = () => openCollection({ name: 'any', payloadIndex: { 'a.b[].c': 'keyword' } });
    expectTypeOf(open).returns.toEqualTypeOf<Promise<Collection>>();
  });
});

describe('a collection of a typed payload', () => {
  it('is one of any', () => {
    // biome-ignore lint/suspicious/noExplicitAny: what is documented for those that take every collection
    type Every = Collection<any>;
    expectTypeOf<Collection<Movie>>().toExtend<Every>();
    expectTypeOf<Every>().toExtend<Collection<Movie>>();
    expectTypeOf<Every['facet']>().toBeCallableWith({ key: 'a' });
    expectTypeOf<Every['count']>().toBeCallableWith({ filter: { must: { key: 'a', match: { value: 1 } } } });
  });
});

describe('a change of a typed payload', () => {
  it('sets its keys, or deletes them, or keys of what lies at a path', () => {
    type SetPayload = Collection<Movie>['setPayload'];
    expectTypeOf<SetPayload>().toBeCallableWith({ year: 1994 }, [1]);
    expectTypeOf<SetPayload>().toBeCallableWith({ year: null, title: 'x' }, [1], {});
    expectTypeOf<SetPayload>().toBeCallableWith({ name: 'x' }, [1], { key: 'cast[0]' });
    // @ts-expect-error no such key
    expectTypeOf<SetPayload>().toBeCallableWith({ yaer: 1994 }, [1]);
    // @ts-expect-error a number
    expectTypeOf<SetPayload>().toBeCallableWith({ year: '1994' }, [1], {});
  });
});

describe('a filter of any payload', () => {
  it('takes every key with every value', () => {
    const filter: Filter = {
      must: [
        { key: 'a.b[].c', match: { value: 'x' } },
        { key: 'a', match: { any: [1, 2] } },
        { key: 'a', range: { gte: '2024-01-01' } },
        { nested: { key: 'a', filter: { must: [{ key: 'b', range: { gt: 1 } }] } } },
      ],
      should: { key: 'a', is_null: true },
    };
    expectTypeOf(filter).toExtend<Filter>();
    // @ts-expect-error a condition needs something to ask
    expectTypeOf<{ must: [{ key: 'a' }] }>().toExtend<Filter>();
    // @ts-expect-error one kind of bounds
    const mixed: Filter = { must: [{ key: 'a', range: { gt: 1, lt: '2024-01-01' } }] };
    expectTypeOf(mixed).toExtend<Filter>();
  });
});
