/**
Queries, groups, scrolls and facets answered as Qdrant answers them: tests/data/qdrant/queries.json, which
make_queries.py beside it wrote.

@module
*/
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collection } from '../../../worker/collection/collection.js';
import type { GroupRequest, QueryRequest, RecommendRequest } from '../../../worker/collection/query/types.js';
import type {
  CollectionOptions,
  FacetRequest,
  Point,
  PointId,
  ScrollRequest,
} from '../../../worker/collection/types.js';

/** What is asked of a collection here. */
export type QueriedCollection = Pick<
  Collection,
  'query' | 'queryGroups' | 'recommend' | 'scroll' | 'facet' | 'close'
>;

/** Opens a collection with these points in it. */
export type OpenQueried = (
  config: Omit<CollectionOptions, 'name'>,
  points: readonly Point[],
) => Promise<QueriedCollection>;

/** A hit as Qdrant returned it. Without `id`: one of equals, of which more were cut off. */
interface ExpectedHit {
  readonly id?: PointId;
  /** None in a scroll. */
  readonly score?: number;
  /** Of the field that ordered it. */
  readonly value?: number;
  readonly payload?: unknown;
}

interface Case {
  readonly name: string;
  readonly collection: string;
  readonly call: 'query' | 'queryGroups' | 'scroll' | 'facet';
  readonly request: object;
  readonly expected: readonly unknown[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../data/qdrant/queries.json', import.meta.url), 'utf8'),
) as {
  readonly payloadIndex: NonNullable<CollectionOptions['payloadIndex']>;
  readonly collections: {
    readonly [name: string]: {
      readonly config: Omit<CollectionOptions, 'name'>;
      readonly points: readonly Point[];
    };
  };
  readonly cases: readonly Case[];
};

/** Scores are float32, of vectors with up to 5 values; `queries.json` has 6 digits of them. */
const tolerance = 2e-5;

export function describeQdrantQueries(name: string, open: OpenQueried): void {
  describe(`${name}, as Qdrant`, () => {
    for (const [collectionName, { config, points }] of Object.entries(golden.collections)) {
      describe(collectionName, () => {
        let collection: QueriedCollection;
        beforeAll(async () => {
          collection = await open({ ...config, payloadIndex: golden.payloadIndex }, points);
        });
        afterAll(() => collection.close());

        const cases = golden.cases.filter((entry) => entry.collection === collectionName);
        it.each(cases.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
          await check(collection, entry);
        });
      });
    }
  });
}

async function check(collection: QueriedCollection, { call, request, expected }: Case): Promise<void> {
  switch (call) {
    case 'query': {
      const query = request as QueryRequest;
      expectHits(await collection.query(query), expected as readonly ExpectedHit[]);
      const { query: asked, prefetch, ...search } = query;
      if (prefetch === undefined && typeof asked === 'object' && 'recommend' in asked) {
        const recommend = { ...search, ...asked.recommend } as RecommendRequest;
        expectHits(await collection.recommend(recommend), expected as readonly ExpectedHit[]);
      }
      return;
    }
    case 'queryGroups': {
      const groups = await collection.queryGroups(request as GroupRequest);
      const wanted = expected as readonly { readonly id: unknown; readonly hits: readonly ExpectedHit[] }[];
      // Groups of the same best hit, which is in both, come in any order.
      const bestOf = (hits: readonly ExpectedHit[]) => ({ score: hits[0]?.score ?? 0 });
      expectHits(
        groups.map(({ id, hits }) => ({ id, ...bestOf(hits) })),
        wanted.map(({ id, hits }) => ({ id: id as PointId, ...bestOf(hits) })),
      );
      for (const { id, hits } of wanted) {
        expectHits(groups.find((group) => group.id === id)?.hits ?? [], hits);
      }
      return;
    }
    case 'scroll': {
      const records = [];
      for await (const record of collection.scroll(request as ScrollRequest)) records.push(record);
      expectHits(records, expected as readonly ExpectedHit[]);
      return;
    }
    case 'facet':
      expect(await collection.facet(request as FacetRequest)).toEqual(expected);
  }
}

/** The same hits in the same order, but equals in any; their scores but for rounding. */
function expectHits(hits: readonly ExpectedHit[], expected: readonly ExpectedHit[]): void {
  expect(hits.length).toBe(expected.length);
  expected.forEach(({ score }, i) => {
    if (score === undefined) return;
    const actual = hits[i]?.score as number;
    const message = `score of hit ${i}: ${actual}, expected ${score}`;
    expect(Math.abs(actual - score), message).toBeLessThan(tolerance * Math.max(1, Math.abs(score)));
  });
  const key = ({ value, score }: ExpectedHit) => value ?? score;
  let start = 0;
  for (let end = 1; end <= expected.length; end++) {
    const [first, last] = [expected[start], expected[end]] as [ExpectedHit, ExpectedHit | undefined];
    const [low, high] = [key(first), last && key(last)];
    if (low !== undefined && high !== undefined && Math.abs(low - high) < tolerance) continue;
    const run = expected.slice(start, end);
    // In the order of the text, as ids are numbers and strings.
    const told = (list: readonly ExpectedHit[]) =>
      list.map(({ id, payload }) => JSON.stringify({ id, payload: sorted(payload) })).sort();
    if (run.every(({ id }) => id !== undefined)) {
      expect(told(hits.slice(start, end)), `hits ${start} to ${end}`).toEqual(told(run));
    }
    start = end;
  }
}

/** Its keys by name, whatever order they are in. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
