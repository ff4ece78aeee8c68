/** How queries are put together: what is asked of the shards, how often, and what comes of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { runQuery } from '../../../worker/collection/query/run-query.js';
import type { QueryRequest } from '../../../worker/collection/query/types.js';
import type { Point, ScoredPoint } from '../../../worker/collection/types.js';
import { randomVectors, rowOf } from '../../support/vectors.js';
import { errorOf } from '../support/awaitable.js';
import { NaiveSearcher } from './support/naive-searcher.js';

const dim = 4;
const rows = randomVectors(40, dim, 3);
const points: Point[] = Array.from({ length: 40 }, (_, id) => ({
  id,
  vector: rowOf(rows, dim, id),
  payload: { even: id % 2 === 0, id },
}));

let searcher: NaiveSearcher;
const run = (request: QueryRequest, signal?: AbortSignal) => runQuery(request, searcher, signal);
const ids = (hits: readonly ScoredPoint[]) => hits.map(({ id }) => id);
const even = { must: [{ key: 'even', match: { value: true } }] } as object as NonNullable<
  QueryRequest['filter']
>;

beforeEach(() => {
  searcher = new NaiveSearcher({ dim }, { embed: (text) => rowOf(rows, dim, text.length) });
  searcher.upsert(points);
});

describe('a query', () => {
  it('is one search where it has no prefetch', async () => {
    const hits = await run({ query: [1, 0, 0, 0], k: 3, offset: 2, withPayload: ['id'], withVector: true });
    expect(searcher.asked).toMatchObject([{ k: 5, withPayload: ['id'], withVector: true }]);
    expect(searcher.asked[0]).not.toHaveProperty('among');
    expect(hits.map(({ payload }) => payload)).toEqual(hits.map(({ id }) => ({ id })));
    expect(hits[0]?.vector).toBeInstanceOf(Float32Array);
    expect(ids(hits)).toEqual(ids(await run({ query: [1, 0, 0, 0], k: 5 })).slice(2));
  });

  it('passes on what concerns the search, and nothing else', async () => {
    const params = { efSearch: 7, exact: true };
    await run({ query: 3, k: 2, params, scoreThreshold: 0.1, filter: even });
    const { target: _, ...asked } = searcher.asked[0] ?? { target: undefined };
    const plain = { using: '', k: 2, withPayload: false, withVector: false };
    expect(asked).toEqual({ ...plain, params, scoreThreshold: 0.1, filter: even, without: [3] });
  });

  it('fetches payloads of fused hits once, at the end', async () => {
    const retrieved: unknown[] = [];
    const { retrieve } = searcher;
    searcher.retrieve = (list, selected) => {
      retrieved.push([list, selected]);
      return retrieve.call(searcher, list, selected);
    };
    const prefetch = [
      { query: 1, k: 8 },
      { query: 2, k: 8 },
    ];
    const hits = await run({ prefetch, query: { fusion: 'rrf' }, k: 5, offset: 1, withPayload: true });
    expect(searcher.asked.every(({ withPayload, k }) => withPayload === false && k === 8)).toBe(true);
    expect(retrieved.length).toBe(1);
    expect(hits.map(({ payload }) => payload)).toEqual(
      hits.map(({ id }) => ({ even: Number(id) % 2 === 0, id })),
    );
    await run({ prefetch, query: { fusion: 'rrf' }, k: 5 });
    expect(retrieved.length).toBe(1);
  });

  it('searches again among what was prefetched alone, whose filters are met already', async () => {
    const prefetch = { prefetch: [{ query: 1, k: 9 }], query: 2, k: 4 };
    await run({ prefetch, query: [1, 0, 0, 0], filter: even });
    const [first, second, third] = searcher.asked;
    expect(first).toMatchObject({ filter: even, without: [2, 1] });
    expect(second?.among?.length).toBe(9);
    expect(third?.among?.length).toBe(4);
    expect(second).not.toHaveProperty('filter');
  });

  it('asks for both filters where there are two', async () => {
    const own = { must: [{ key: 'id', range: { gt: 9 } }] } as object as typeof even;
    const hits = await run({ prefetch: { filter: own, k: 40 }, query: 1, filter: even, k: 40 });
    expect(searcher.asked[0]?.filter).toEqual({ must: [even, own] });
    const expected = points.map(({ id }) => Number(id)).filter((id) => id > 9 && id % 2 === 0);
    expect(ids(hits).sort((a, b) => Number(a) - Number(b))).toEqual(expected);
  });

  it('leaves out examples, wherever in it they are', async () => {
    const prefetch = [
      { query: 5, k: 40 },
      { query: { context: { positive: 6, negative: 7 } }, k: 40 },
    ];
    const hits = await run({ prefetch, query: { recommend: { positive: [8], negative: [9] } }, k: 40 });
    expect(ids(hits).length).toBe(35);
    expect(ids(hits).some((id) => [5, 6, 7, 8, 9].includes(id as number))).toBe(false);
  });

  it('does not search what an empty prefetch leaves', async () => {
    const none = { must: [{ key: 'id', match: { value: -1 } }] } as object as typeof even;
    expect(await run({ prefetch: { query: 1, filter: none }, query: 2 })).toEqual([]);
    expect(searcher.asked.length).toBe(1);
  });

  it('has words by meaning, where the collection has `embed`', async () => {
    const hits = await run({ query: { text: 'seven l' }, k: 1 });
    expect(ids(hits)).toEqual([7]);
  });

  it('has words for a text index, which takes no examples', async () => {
    searcher.kindOf = () => 'text' as never;
    searcher.vectors = () => Promise.reject(new Error('it has none'));
    const asked: unknown[] = [];
    searcher.leaf = async ({ target, using }) => {
      asked.push({ target, using });
      return [];
    };
    await run({ query: { text: 'seven l' }, using: 'plot' });
    expect(asked).toEqual([{ target: { kind: 'text', text: 'seven l' }, using: 'plot' }]);
    for (const query of [7, [1, 0, 0, 0], { recommend: { positive: [7] } }]) {
      const error = await errorOf(() => run({ query, using: 'plot' }));
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect((error as Error).message).toContain('{ text } for "plot", which is a text index');
    }
  });

  it('draws another sample each time, and leaves none of it out', async () => {
    const draws = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const hits = await run({ query: { sample: 'random' }, k: 38, offset: 30 });
      expect(new Set(ids(hits)).size).toBe(38);
      draws.add(ids(hits).join());
    }
    // Five draws of 38 in any order are all the same once in 38!^4.
    expect(draws.size).toBeGreaterThan(1);
  });

  it('keeps a vector as it was when it was given', async () => {
    const vector = Float32Array.of(1, 0, 0, 0);
    const expected = ids(await run({ query: vector, k: 5 }));
    const later = run({ query: vector, k: 5, prefetch: { k: 40 } });
    vector.fill(-1);
    expect(ids(await later)).toEqual(expected);
  });

  it('stops between searches with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { leaf } = searcher;
    searcher.leaf = async (...asked) => {
      const hits = await leaf.apply(searcher, asked);
      controller.abort(reason);
      return hits;
    };
    const error = await errorOf(() => run({ prefetch: { query: 1 }, query: 2 }, controller.signal));
    expect(error).toBe(reason);
    expect(searcher.asked.length).toBe(1);
  });

  it('chooses by MMR among candidates with exact similarities, which it asks for once', async () => {
    await run({ query: { nearest: 1, mmr: { candidatesLimit: 6 } }, k: 3, params: { efSearch: 9 } });
    expect(searcher.asked.map(({ k }) => k)).toEqual([6, 6]);
    const [candidates, similarities] = searcher.asked;
    expect(candidates?.params).toEqual({ efSearch: 9 });
    expect(similarities).toMatchObject({ params: { exact: true }, target: { strategy: 'sum_scores' } });
    expect(similarities?.among?.length).toBe(6);
  });
});
