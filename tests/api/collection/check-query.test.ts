/** What queries take and what they do not: every message names the place. */
import { describe, expect, it } from 'vitest';
import type { GroupRequest, QueryRequest, RecommendRequest } from '../../../worker/collection/query/types.js';
import { errorOf } from '../support/awaitable.js';
import { NaiveCollection } from './support/naive-collection.js';

const collection = new NaiveCollection(
  { vectors: { image: { dim: 2, metric: 'dot' } }, sparseVectors: { words: {} } },
  [
    { id: 1, vector: { image: [1, 0] }, payload: { tag: 'a', year: 1990 } },
    { id: 'b', vector: { image: [0, 1], words: { indices: [3], values: [1] } } },
  ],
);
const using = 'image';

const fail = (request: object) => errorOf(() => collection.query(request as QueryRequest));

describe('a query that is refused', () => {
  it.each<[string, object]>([
    ['k to be an integer of at least 1', { k: 0 }],
    ['k to be an integer', { k: 1.5 }],
    ['offset to be an integer of at least 0', { offset: -1 }],
    ['the request to have the name k, got "limit"', { limit: 3 }],
    ['using to be the name of a vector', { using: 3 }],
    ['filter to be an object', { filter: 'all' }],
    ['scoreThreshold to be a number', { query: [1, 0], using, scoreThreshold: '1' }],
    ['scoreThreshold to be a number', { query: [1, 0], using, scoreThreshold: Number.NaN }],
    ['scoreThreshold with a query that has scores', { scoreThreshold: 1 }],
    ['scoreThreshold with a query that has scores', { query: { orderBy: 'year' }, scoreThreshold: 1 }],
    ['withPayload to be', { withPayload: { include: ['a'], exclude: ['b'] } }],
    ['withPayload to be', { withPayload: [1] }],
    ['withPayload to be', { withPayload: { only: ['a'] } }],
    ['withVector to be', { withVector: 'image' }],
    ['params to have the name efSearch, got "hnswEf"', { params: { hnswEf: 3 } }],
    ['params.efSearch to be an integer', { params: { efSearch: 0 } }],
    ['params.exact to be true or false', { params: { exact: 1 } }],
    ['params.oversampling to be a number of at least 1', { params: { oversampling: 0.5 } }],
    ['query to be an id or a vector', { query: true, using }],
    ['query to be an id or a vector', { query: null, using }],
    ['the id query to be an integer of at least 0', { query: -1, using }],
    ['query to be a string that is not empty', { query: '', using }],
    ['value 1 of query to be a number', { query: [1, '2'], using }],
    ['query to be an id or a vector', { query: Float64Array.of(1), using }],
    ['query to have one of', { query: {}, using }],
    ['query to have one of', { query: { nearest: [1, 0], text: 'a' }, using }],
    ['query to have one of', { query: { sample: 'random', mmr: {} }, using }],
    ['query to have one of', { query: { mmr: {} }, using }],
    ['query to have no names but', { query: { recomend: {} }, using }],
    ['query.indices to be distinct', { query: { indices: [2, 2], values: [1, 1] }, using: 'words' }],
    ['query.indices[0] to be an integer from 0', { query: { indices: [-2], values: [1] }, using: 'words' }],
    ['query to have no names but indices', { query: { indices: [2], value: [1] }, using: 'words' }],
    ['query.text to be a string', { query: { text: 3 }, using }],
    [
      'query.mmr.diversity to be a number from 0 to 1',
      { query: { nearest: 1, mmr: { diversity: 2 } }, using },
    ],
    ['query.mmr.candidatesLimit', { query: { nearest: 1, mmr: { candidatesLimit: 0 } }, using }],
    ['query.recommend.positive to have an example', { query: { recommend: {} }, using }],
    ['query.recommend.positive to have an example', { query: { recommend: { negative: [1] } }, using }],
    [
      'query.recommend.positive to have an example',
      { query: { recommend: { strategy: 'best_score' } }, using },
    ],
    ['query.recommend.strategy to be one of', { query: { recommend: { strategy: 'best' } }, using }],
    [
      'query.recommend.negative to be an array',
      { query: { recommend: { positive: [1], negative: 1 } }, using },
    ],
    ['query.recommend.positive[1] to be', { query: { recommend: { positive: [1, {}] } }, using }],
    ['query.discover.context to be', { query: { discover: { target: 1 } }, using }],
    ['query.discover.target to be', { query: { discover: { context: [] } }, using }],
    ['query.context to be', { query: { context: [] }, using }],
    ['query.context[0].negative to be', { query: { context: [{ positive: 1 }] }, using }],
    ['query.context.negative to be', { query: { context: { positive: 1 } }, using }],
    ['query.orderBy.direction', { query: { orderBy: { key: 'year', direction: 'up' } } }],
    ['query.orderBy.key to be a string', { query: { orderBy: {} } }],
    ['query.orderBy.startFrom to be a number', { query: { orderBy: { key: 'a', startFrom: true } } }],
    ["query.fusion to be 'rrf' or 'dbsf'", { query: { fusion: 'rff' }, prefetch: { query: 1, using } }],
    ['a prefetch whose hits query.fusion', { query: { fusion: 'rrf' } }],
    ['a prefetch whose hits query.rrf', { query: { rrf: {} }, prefetch: [] }],
    [
      'query.rrf.k to be an integer of at least 1',
      { query: { rrf: { k: 0 } }, prefetch: { query: 1, using } },
    ],
    [
      'query.rrf.weights to be 1 numbers',
      { query: { rrf: { weights: [1, 2] } }, prefetch: [{ query: 1, using }] },
    ],
    ['query.rrf.weights to be a number of at least 0', { query: { rrf: { weights: [-1] } }, prefetch: {} }],
    ['fusion without `using`', { query: { fusion: 'rrf' }, using, prefetch: { query: 1, using } }],
    ["query.sample to be 'random'", { query: { sample: 'all' } }],
    ['query to make one list', { prefetch: [{ query: 1, using }] }],
    ['prefetch[1].k to be', { query: 1, using, prefetch: [{ query: 1, using }, { k: 'a' }] }],
    ['prefetch[0] to have no names but', { query: 1, using, prefetch: [{ offset: 1 }] }],
    [
      'prefetch.prefetch[0].query.text',
      { query: 1, using, prefetch: { query: 1, prefetch: [{ query: { text: '' } }] } },
    ],
    ['prefetch to be an object', { query: 1, using, prefetch: 'a' }],
    ['query to be a dense vector', { query: { indices: [1], values: [1] }, using }],
    ['query to be a sparse vector', { query: [1, 0], using: 'words' }],
    [
      'prefetch[0].using to be a text index or',
      { query: 1, using, prefetch: [{ query: { text: 'a' }, using: 'words' }] },
    ],
    ['using to be one of image,words', { query: [1, 0], using: 'imgae' }],
    ['using to be one of image,words', { query: 1 }],
    ['opened with `embed`', { query: { text: 'words' }, using }],
  ])('%s', async (message, request) => {
    const error = await fail(request);
    expect(error).toMatchObject({ name: 'VectorSearchError', code: 'INVALID_ARGUMENT' });
    expect((error as Error).message).toContain(message);
  });

  it.each<[string, object]>([
    ['query.formula', { query: { formula: {} }, prefetch: { query: 1, using } }],
    ['query.relevance_feedback', { query: { relevance_feedback: {} } }],
    ['lookup_from', { query: 1, lookup_from: { collection: 'b' } }],
    ['prefetch[0].lookupFrom', { query: 1, prefetch: [{ lookupFrom: {} }] }],
    [
      'query.recommend.positive[0] as a sparse vector',
      { query: { recommend: { positive: ['b'], strategy: 'best_score' } }, using: 'words' },
    ],
    [
      'query.context.positive as a sparse vector',
      { query: { context: { positive: 'b', negative: 'b' } }, using: 'words' },
    ],
  ])('as not supported: %s', async (message, request) => {
    const error = await fail(request);
    expect(error).toMatchObject({ code: 'NOT_SUPPORTED', actual: message });
  });

  it.each<[string, object, number | string]>([
    ['there is no such point', { query: 7, using }, 7],
    ['the point has no such vector', { query: 1, using: 'words' }, 1],
    ['an example of many is none', { query: { recommend: { positive: ['b', 'c'] } }, using }, 'c'],
    [
      'in a prefetch',
      { query: [1, 0], using, prefetch: { query: { context: { positive: 1, negative: 9 } }, using } },
      9,
    ],
  ])('with the id, where %s', async (_, request, id) => {
    const error = await fail(request);
    expect(error).toMatchObject({ code: 'NOT_FOUND', actual: id });
  });

  it.each<[string, object]>([
    ['the request to have no names but', { groupBy: 'tag', k: 3 }],
    ['the request to have no names but', { groupBy: 'tag', offset: 3 }],
    ['groupBy to be a string', {}],
    ['groupSize to be an integer of at least 1', { groupBy: 'tag', groupSize: 0 }],
    ['limit to be an integer of at least 1', { groupBy: 'tag', limit: 0 }],
    ['query.text', { groupBy: 'tag', query: { text: '' } }],
  ])('in groups: %s', async (message, request) => {
    const error = await errorOf(() => collection.queryGroups(request as GroupRequest));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((error as Error).message).toContain(message);
  });

  it.each<[string, object]>([
    ['Expected positive to have an example', { using }],
    ['Expected positive[0] to be an id or a vector', { positive: [{}], using }],
    ['Expected strategy to be one of', { positive: [1], strategy: 'best', using }],
    ['the request to have no names but', { positive: [1], query: 1, using }],
  ])('in recommend: %s', async (message, request) => {
    const error = await errorOf(() => collection.recommend(request as RecommendRequest));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((error as Error).message).toContain(message);
  });

  it.each([65, 100_000])('nests %i deep', async (depth) => {
    let request: QueryRequest = { query: [1, 0], using };
    for (let i = 0; i < depth; i++) request = { prefetch: request, query: [1, 0], using };
    expect(await fail(request)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      expected: 'prefetch to nest at most 64 deep',
    });
  });

  it('is refused before anything is searched', async () => {
    const { asked } = collection.searcher;
    const before = asked.length;
    await fail({
      query: 1,
      using,
      prefetch: [
        { query: [1, 0], using },
        { query: 7, using },
      ],
    });
    expect(asked.length).toBe(before);
  });
});
