/** Groups against a grouping of all hits at once, for random payloads, in few rounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIds } from '../../../worker/collection/query/groups.js';
import type { PointGroup, QueryRequest } from '../../../worker/collection/query/types.js';
import type { JsonValue, Payload } from '../../../worker/collection/types.js';
import { randomVectors, rowOf } from '../../support/vectors.js';
import { NaiveCollection } from './support/naive-collection.js';

const dim = 3;

const tags = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<JsonValue>('a', 'b', 'c', 1, 2, '1') },
  { weight: 2, arbitrary: fc.array(fc.constantFrom<JsonValue>('a', 'd', 2, 3), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<JsonValue>(null, true, 1.5, ['a', false], { a: 1 }) },
);
const payloads = fc.array(fc.oneof({ weight: 5, arbitrary: tags.map((tag) => ({ tag })) }, fc.constant({})), {
  maxLength: 60,
});

const open = (all: readonly Payload[]) => {
  const rows = randomVectors(all.length, dim, 1);
  return new NaiveCollection(
    { dim },
    all.map((payload, id) => ({ id, vector: rowOf(rows, dim, id), payload })),
  );
};

/** All hits, grouped. */
async function plainly(collection: NaiveCollection, query: QueryRequest, size: number, limit: number) {
  const hits = await collection.query({ ...query, k: 1000, withPayload: true });
  const groups = new Map<string | number, (string | number)[]>();
  for (const { id, payload } of hits) {
    for (const value of groupIds(payload ?? {}, 'tag')) {
      const group = groups.get(value) ?? [];
      groups.set(value, group);
      if (group.length < size) group.push(id);
    }
  }
  return [...groups].slice(0, limit).map(([id, members]) => ({ id, members }));
}

const membersOf = (groups: readonly PointGroup[]) =>
  groups.map(({ id, hits }) => ({ id, members: hits.map((hit) => hit.id) }));

const queries: readonly QueryRequest[] = [
  { query: [1, 0.5, -0.2] },
  { query: [1, 0.5, -0.2], scoreThreshold: 0 },
  {},
  {
    prefetch: [
      { query: [1, 0, 0], k: 500 },
      { query: [0, 1, 0], k: 500 },
    ],
    query: { fusion: 'rrf' },
  },
];

describe('groups', () => {
  it.each(queries)('are those of all hits: %j', async (query) => {
    const sizes = fc.record({
      groupSize: fc.integer({ min: 1, max: 5 }),
      limit: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(payloads, sizes, async (all, { groupSize, limit }) => {
        const collection = open(all);
        const expected = await plainly(collection, query, groupSize, limit);
        const { asked } = collection.searcher;
        const before = asked.length;
        const groups = await collection.queryGroups({ ...query, groupBy: 'tag', groupSize, limit });
        expect(membersOf(groups)).toEqual(expected);
        // A round asks for four times as many as the one before.
        const legs = query.prefetch === undefined ? 1 : 2;
        const growths = Math.log(60 / (limit * groupSize)) / Math.log(4);
        expect(asked.length - before).toBeLessThanOrEqual(legs * (2 + Math.max(0, Math.ceil(growths))));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('do not ask again for what is full: one large group hides no others', async () => {
    const all = Array.from({ length: 3000 }, (_, i) => ({ tag: i % 1000 === 999 ? `rare ${i}` : 'common' }));
    const collection = open(all);
    const groups = await collection.queryGroups({ query: [1, 0, 0], groupBy: 'tag', limit: 4, groupSize: 2 });
    expect(groups.map(({ id }) => id).sort()).toEqual(['common', 'rare 1999', 'rare 2999', 'rare 999']);
    const { asked } = collection.searcher;
    expect(Math.max(...asked.map(({ k }) => k))).toBeLessThan(100);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('do not ask for others once they are known: a full one hides not the rest of a small one', async () => {
    const collection = open(
      Array.from({ length: 3000 }, (_, i) => ({ tag: i % 1000 === 999 ? 'rare' : 'common' })),
    );
    // The nearest is of the small group, the rest of which is far away.
    const { asked, points } = collection.searcher;
    const query = { query: points.get(999)?.vectors.get('') as Float32Array };
    const ranked = await collection.query({ ...query, k: 3000 });
    const ranks = [999, 1999, 2999].map((id) => ranked.findIndex((hit) => hit.id === id));
    expect(ranks[0]).toBe(0);
    expect(Math.max(...ranks)).toBeGreaterThan(500);
    asked.splice(0);
    const groups = await collection.queryGroups({ ...query, groupBy: 'tag', limit: 2, groupSize: 3 });
    expect(groups.map(({ hits }) => hits.length)).toEqual([3, 3]);
    expect(Math.max(...asked.map(({ k }) => k))).toBeLessThan(100);
  });

  it('are chosen by MMR from as many candidates as make them full', async () => {
    const collection = open(Array.from({ length: 60 }, (_, i) => ({ tag: i % 10 })));
    const query = { nearest: [1, 0, 0], mmr: {} };
    const groups = await collection.queryGroups({ query, groupBy: 'tag', limit: 5, groupSize: 4 });
    expect(collection.searcher.asked[0]?.k).toBe(20);
    expect(groups.length).toBe(5);
  });

  it('of fused hits are asked for in rounds of four times as many', async () => {
    const collection = open(Array.from({ length: 600 }, () => ({ tag: 'all' })));
    const prefetch = { query: [1, 0, 0], k: 600 };
    const request = { prefetch, query: { fusion: 'rrf' as const }, groupBy: 'tag', limit: 2, groupSize: 1 };
    expect((await collection.queryGroups(request)).map(({ id }) => id)).toEqual(['all']);
    // Up to 2, 8, 32, 128, 512, 2048.
    expect(collection.searcher.asked.length).toBe(6);
  });

  it('have what was asked for of each hit', async () => {
    const collection = open([
      { tag: 'a', year: 1 },
      { tag: ['a', 'b'], year: 2 },
    ]);
    const request = { query: [1, 0, 0], groupBy: 'tag' };
    const plain = await collection.queryGroups(request);
    expect(plain.flatMap(({ hits }) => hits.map((hit) => Object.keys(hit).sort().join()))).toEqual(
      Array(3).fill('distance,id,score'),
    );
    const full = await collection.queryGroups({ ...request, withPayload: ['year'], withVector: true });
    for (const { hits } of full) {
      for (const { id, payload, vector } of hits) {
        expect(payload).toEqual({ year: Number(id) + 1 });
        expect(vector).toHaveLength(dim);
      }
    }
  });
});

describe('the groups of a payload', () => {
  it.each<[Payload, string, (string | number)[]]>([
    [{ tag: 'a' }, 'tag', ['a']],
    [{ tag: ['a', 1, 'a', '1'] }, 'tag', ['a', 1, '1']],
    [{ tag: ['a', 1.5] }, 'tag', []],
    [{ tag: ['a', null] }, 'tag', []],
    [{ tag: [] }, 'tag', []],
    [{ tag: { a: 1 } }, 'tag', []],
    [{ tag: { a: 1 } }, 'tag.a', [1]],
    [{ tag: { a: ['x', 'y'] } }, 'tag.a', ['x', 'y']],
    [{ tag: [{ a: 'x' }, { a: ['y'] }, { b: 1 }, 3] }, 'tag[].a', ['x', 'y']],
    [{ tag: [{ a: 'x' }] }, 'tag.a', []],
    [{}, 'toString', []],
  ])('%j at %s', (payload, path, expected) => {
    expect([...groupIds(payload, path)]).toEqual(expected);
  });
});
