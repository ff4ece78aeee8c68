/** What a collection does with what it should not be given, and with those who never answer. */
import { type Collection, type CollectionOptions, openCollection, VectorSearchError } from 'vicinal/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pointsWith } from './support/points.js';

const dim = 8;
const vector = Float32Array.from({ length: dim }, (_, i) => i + 1);
const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const detached = new Float32Array(dim).fill(1);
structuredClone(detached.buffer, { transfer: [detached.buffer] });

let collection: Collection;
afterEach(() => collection?.close());

async function opened(options: Partial<CollectionOptions> = {}) {
  collection = await openCollection({ name: 'robust', dim, ...options });
  return collection;
}

const listed = async (request?: Parameters<Collection['scroll']>[0]) => {
  const ids = [];
  for await (const { id } of collection.scroll(request)) ids.push(id);
  return ids;
};

type Call = (collection: Collection, wrong: never) => Promise<unknown>;

const calls: readonly (readonly [string, Call, readonly unknown[]])[] = [
  ['options of upsert', (c, wrong) => c.upsert([{ id: 1 }], wrong), [null, 5, { onProgress: 5 }]],
  ['columns', (c, wrong) => c.upsert(wrong), [{ ids: null }, { ids: 5 }, vector, detached]],
  ['payloads of columns', (c, wrong) => c.upsert({ ids: [1], payloads: wrong }), [null, 5, 'a']],
  [
    'vectors of columns',
    (c, wrong) => c.upsert({ ids: [1], vectors: wrong }),
    [null, 5, [vector], new Map([['', vector]])],
  ],
  [
    'a vector',
    (c, wrong) => c.upsert([{ id: 1, vector: wrong }]),
    [null, new Float64Array(dim), new Map([['', vector]]), new Set([1])],
  ],
  ['options of delete', (c, wrong) => c.delete([99], wrong), [null, 5]],
  ['a payload', (c, wrong) => c.setPayload(wrong, [1]), [5, [1]]],
  ['options of setPayload', (c, wrong) => c.setPayload({ a: 1 }, [1], wrong), [null, 5]],
  ['options of updateVectors', (c, wrong) => c.updateVectors([{ id: 1, vector }], wrong), [null, 5]],
  ['options of optimize', (c, wrong) => c.optimize(wrong), [null, 5]],
  ['options of retrieve', (c, wrong) => c.retrieve([1], wrong), [null, 5]],
  [
    'withPayload of retrieve',
    (c, wrong) => c.retrieve([1], { withPayload: wrong }),
    [null, 5, { include: 5 }],
  ],
  ['withVector of retrieve', (c, wrong) => c.retrieve([1], { withVector: wrong }), [null, 5, {}]],
  ['options of search', (c, wrong) => c.search(vector, wrong), [null, 5, cycle]],
  ['a query of search', (c, wrong) => c.search(wrong), [cycle, null, 5, 10n]],
  [
    'withPayload of search',
    (c, wrong) => c.search(vector, { withPayload: wrong }),
    [null, 5, { exclude: 5 }],
  ],
  ['withVector of search', (c, wrong) => c.search(vector, { withVector: wrong }), [null, 5]],
  ['a filter', (c, wrong) => c.search(vector, { filter: wrong }), [null, 5, cycle]],
  ['options of searchBatch', (c, wrong) => c.searchBatch([vector], wrong), [null, 5]],
  ['a request of query', (c, wrong) => c.query(wrong), [null, 5, 10n, cycle, () => 1, Symbol('a')]],
  ['a part of a query', (c, wrong) => c.query({ query: { nearest: wrong } }), [null, 10n, cycle]],
  ['options of query', (c, wrong) => c.query({}, wrong), [null, 5]],
  ['a request of queryGroups', (c, wrong) => c.queryGroups(wrong), [undefined, cycle, { groupBy: 10n }]],
  ['a request of scroll', (_, wrong) => listed(wrong), [null, 5, { withPayload: 5 }, { withVector: 5 }]],
  ['an order of scroll', (_, wrong) => listed({ orderBy: wrong }), [null, 5, { key: 'n', direction: 'up' }]],
  ['a request of count', (c, wrong) => c.count(wrong), [null, 5, { filter: cycle }]],
  ['a request of facet', (c, wrong) => c.facet(wrong), [undefined, null, 5, { key: cycle }]],
  ['options of info', (c, wrong) => c.info(wrong), [null, 5]],
  ['options of metrics', (c, wrong) => c.metrics(wrong), [null, 5]],
  ['labels', (c, wrong) => c.prometheus({ labels: { a: wrong } }), [null, 5, {}]],
];

describe('a collection', () => {
  it('refuses whatever is wrong with an error of its own, and goes on', async () => {
    await opened();
    await collection.upsert(pointsWith(3));
    for (const [what, call, values] of calls) {
      for (const wrong of values) {
        // A call that throws at once fails here, too.
        const outcome = await call(collection, wrong as never).catch((error: unknown) => error);
        expect(outcome, `${what}: a ${typeof wrong}`).toBeInstanceOf(VectorSearchError);
        expect(outcome, what).toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    }
    expect(await collection.count()).toBe(3);
  });

  it('refuses vectors whose memory was given away', async () => {
    await opened();
    await collection.upsert(pointsWith(3));
    for (const call of [
      () => collection.search(detached),
      () => collection.query({ query: detached }),
      () => collection.upsert([{ id: 1, vector: detached }]),
      () => collection.upsert({ ids: [1], vectors: detached }),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/got a detached Float32Array$/),
      });
  });

  it.each([
    ['vectors', { dim: undefined, vectors: null }],
    ['vectors.a', { dim: undefined, vectors: { a: null } }],
    ['sparseVectors', { sparseVectors: null }],
    ['sparseVectors.a.text', { sparseVectors: { a: { text: null } } }],
    ['payloadIndex', { payloadIndex: 5 }],
    ['model', { model: 5 }],
  ])('names %s where it is wrong', async (name, options) => {
    const error = await opened(options as never).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', expected: expect.stringContaining(name) });
  });

  it('refuses vectors of other lengths in any query, also whole multiples', async () => {
    await opened();
    await collection.upsert(pointsWith(20));
    const long = new Float32Array(2 * dim).fill(1);
    for (const wrong of [long, [1, 2, 3]]) {
      const pair = { positive: wrong, negative: 2 };
      for (const query of [
        wrong,
        { recommend: { positive: [wrong], strategy: 'best_score' as const } },
        { recommend: { positive: [1, wrong], strategy: 'sum_scores' as const } },
        { discover: { target: 1, context: pair } },
        { context: pair },
      ]) {
        await expect(collection.query({ query })).rejects.toMatchObject({
          code: 'DIMENSION_MISMATCH',
          actual: wrong.length,
        });
      }
    }
  });

  it('takes arguments as they are when it is asked, not when their turn comes', async () => {
    await opened();
    await collection.upsert(pointsWith(9));
    const filter = { must: [{ has_id: [0] }] };
    const payload = { number: 0 };
    const answers = [0, 1, 2].map((id) => {
      filter.must[0] = { has_id: [id] };
      return collection.query({ query: vector, filter });
    });
    expect((await Promise.all(answers)).map((hits) => hits.map(({ id }) => id))).toEqual([[0], [1], [2]]);
    const ids = [0];
    const changes = [10, 11, 12].map((number, id) => {
      payload.number = number;
      ids[0] = id;
      return collection.setPayload(payload, ids);
    });
    ids[0] = 8;
    await Promise.all(changes);
    const records = await collection.retrieve([0, 1, 2, 8], { withPayload: ['number'] });
    expect(records.map((record) => record.payload?.number)).toEqual([10, 11, 12, 8]);
  });

  it('does not wait for a source or a model that never answers, once it is stopped or closed', async () => {
    const never = () => new Promise<never>(() => {});
    await opened({ embed: never });
    async function* source(first: number) {
      yield { id: first, vector };
      yield { id: first + 1, vector };
      await never();
    }
    const controller = () => {
      const made = new AbortController();
      return { signal: made.signal, stop: () => setTimeout(() => made.abort(new Error('enough')), 5) };
    };
    const first = controller();
    const upsert = collection.upsert(source(0), {
      ...{ batchSize: 1, signal: first.signal },
      onProgress: ({ done }) => void (done === 2 && first.stop()),
    });
    await expect(upsert).rejects.toMatchObject({
      ...{ code: 'STOPPED', actual: 2 },
      cause: { message: 'enough' },
    });
    for (const call of [
      (signal: AbortSignal) => collection.upsert([{ id: 1, text: 'words' }], { signal }),
      (signal: AbortSignal) => collection.search('words', { signal }),
    ]) {
      const { signal, stop } = controller();
      stop();
      await expect(call(signal)).rejects.toThrow('enough');
    }
    expect(await collection.count()).toBe(2);

    const waiting = [
      collection.upsert(source(10)),
      collection.delete([1]),
      collection.optimize(),
      collection.search('words'),
    ];
    const settled = Promise.allSettled(waiting);
    await collection.count();
    await collection.close();
    for (const outcome of await settled)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DISPOSED' } });
  });

  it('answers whoever asks, whatever the listener of slow queries does', async () => {
    const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
    try {
      await opened({
        slowQueryMs: 0,
        onSlowQuery: () => {
          throw new Error('a mistake of the listener');
        },
      });
      expect(await collection.count()).toBe(0);
      expect(later.mock.calls.at(-1)?.[0]).toThrow('a mistake of the listener');
    } finally {
      later.mockRestore();
    }
  });

  it('lets many reads wait at once without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    await opened();
    await Promise.all(Array.from({ length: 100 }, () => collection.count()));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('gives the page turns while it takes many points at once', async () => {
    await opened();
    let turns = 0;
    let waits = true;
    const turn = () => {
      turns++;
      if (waits) setImmediate(turn);
    };
    function* source() {
      setImmediate(turn);
      for (const point of pointsWith(60)) {
        for (const end = performance.now() + 2; performance.now() < end; );
        yield point;
      }
      // All of it is one batch, of which nothing is sent yet.
      waits = false;
    }
    await collection.upsert(source(), { batchSize: 100 });
    expect(turns).toBeGreaterThan(5);
  });

  it('updates more vectors than one batch may have', async () => {
    await opened({ dim: 1, metric: 'dot' });
    const ids = Array.from({ length: 100_001 }, (_, id) => id);
    await collection.upsert({ ids });
    const updates = ids.map((id) => ({ id, vector: [id] }));
    expect(await collection.updateVectors(updates)).toEqual({ count: ids.length });
    expect((await collection.search([1], { k: 1 }))[0]?.id).toBe(100_000);
  }, 60_000);

  it.each([
    ['a vector', [vector], { offset: 1, k: 2 }],
    ['words', ['lost'], { offset: 1, k: 2, using: 'words' }],
  ] as const)('explains searches for %s, also where the first hits are left out', async (_, [
    query,
  ], options) => {
    await opened({ sparseVectors: { words: { text: { fields: ['title'] } } } });
    await collection.upsert(pointsWith(5).map((point) => ({ ...point, payload: { title: 'lost' } })));
    const hits = await collection.search(query, { ...options, explain: true });
    expect(hits).toHaveLength(2);
    expect(hits.explanation).toMatchObject([{ matched: 5, strategy: 'scan' }]);
  });
});

it('explains where a search with a graph compares all that a filter leaves', async () => {
  await opened({ index: 'hnsw', fullScanThreshold: 10, payloadIndex: { n: 'integer' } });
  const points = Array.from({ length: 480 }, (_, n) => ({
    id: n,
    vector: vector.map((value, i) => value + (i === 0 ? n : 0)),
    payload: { n },
  }));
  await collection.upsert(points);
  const strategyOf = async (matched: number) => {
    const filter = { must: [{ key: 'n', range: { lt: matched } }] };
    const hits = await collection.search(vector, { k: 5, filter, explain: true });
    expect(hits).toHaveLength(5);
    return hits.explanation?.[0]?.strategy;
  };
  // Five times the threshold, where that is no more than an eighth.
  expect([await strategyOf(10), await strategyOf(50), await strategyOf(51)]).toEqual([
    'scan',
    'scan',
    'walk',
  ]);
  await collection.delete({ filter: { must: [{ key: 'n', range: { gte: 320 } }] } });
  expect([await strategyOf(40), await strategyOf(41)]).toEqual(['scan', 'walk']);
});

describe.each([1, 3])('equals in %i workers', (shards) => {
  it('come in the order of their ids', async () => {
    await opened({ shards, payloadIndex: { n: 'integer' } });
    const ids = [9, 'b', 3, 'a', 7, 1, 12, 5];
    await collection.upsert(ids.map((id) => ({ id, vector, payload: { n: 1 } })));
    const sorted = [1, 3, 5, 7, 9, 12, 'a', 'b'];
    const found = async (hits: Promise<readonly { readonly id: number | string }[]>) =>
      (await hits).map(({ id }) => id);
    expect(await found(collection.search(vector))).toEqual(sorted);
    const best = { recommend: { positive: [vector], strategy: 'best_score' as const } };
    expect(await found(collection.query({ query: best, k: 3 }))).toEqual([1, 3, 5]);
    for (const direction of ['asc', 'desc'] as const) {
      const orderBy = { key: 'n', direction };
      expect(await found(collection.query({ query: { orderBy }, k: 3 }))).toEqual([1, 3, 5]);
      expect(await listed({ orderBy, limit: 3 })).toEqual([1, 3, 5]);
    }
  });
});

it.each([1, 3])('orders points by each of several values, in %i workers', async (shards) => {
  await opened({ shards, payloadIndex: { n: 'integer' } });
  await collection.upsert([1, 2, 3, 4].map((id) => ({ id, vector, payload: { n: [id, id + 10] } })));
  const found = async (request: Parameters<Collection['query']>[0]) =>
    (await collection.query(request)).map(({ id, score }) => [id, score]);
  const all = [1, 2, 3, 4, 1, 2, 3, 4].map((id) => [id, 1]);
  expect(await found({ query: { orderBy: 'n' } })).toEqual(all);
  expect(await found({ query: { orderBy: 'n' }, k: 3, offset: 3 })).toEqual(all.slice(3, 6));
  const prefetch = { query: { orderBy: 'n' }, k: 8 };
  expect((await found({ prefetch, query: { fusion: 'rrf' }, k: 1 }))[0]).toEqual([1, 1 / 2 + 1 / 6]);
});

it('takes from a model what the vector that is searched takes', async () => {
  await opened({
    dim: undefined as never,
    vectors: { a: { dim: 2 }, b: { dim: 3 } },
    embed: async (texts) => texts.map(() => Float32Array.of(1, 2, 3)),
  });
  await collection.upsert([{ id: 1, vector: { a: [1, 2], b: [1, 2, 3] } }]);
  expect((await collection.search('words', { using: 'b' }))[0]?.id).toBe(1);
  expect((await collection.query({ query: { text: 'words' }, using: 'b' }))[0]?.id).toBe(1);
  await expect(collection.search('words', { using: 'a' })).rejects.toMatchObject({
    code: 'DIMENSION_MISMATCH',
  });
});

describe('a shard key', () => {
  it('explains what no shard can have', async () => {
    await opened({ shards: 3, shardKey: 'tag' });
    // Shard keys are no booleans.
    const filter = { must: [{ key: 'tag', match: { value: true } }] };
    const hits = await collection.search(vector, { filter, explain: true });
    expect(hits).toHaveLength(0);
    expect(hits.explanation).toEqual([]);
  });

  it('lets reads wait while points move, for what they were given when they were asked', async () => {
    await opened({ shards: 2, shardKey: 'tag' });
    const points = Array.from({ length: 40 }, (_, id) => ({ id, vector, payload: { tag: `${id}` } }));
    await collection.upsert(points);
    let moves = true;
    const moving = (async () => {
      for (let round = 0; round < 20; round++)
        await collection.upsert(
          points.map((point) => ({ ...point, payload: { tag: `${point.id}.${round}` } })),
        );
      moves = false;
    })();
    const waiting: Promise<unknown>[] = [];
    while (moves) {
      const query = Float32Array.from(vector);
      const ids = [1];
      const request = { query, k: 3 };
      waiting.push(
        collection.search(query, { k: 3 }),
        collection.query(request),
        collection.searchBatch([query], { k: 3 }).then(([hits]) => hits),
        collection.retrieve(ids).then((found) => [...found, 'filler', 'filler']),
      );
      // Nothing can be found by this, and no point has that id.
      query.fill(0);
      request.k = -1;
      ids[0] = 1000;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await moving;
    for (const answer of await Promise.all(waiting)) expect(answer).toHaveLength(3);
  });

  it('is one value: a filter for the second of several would look elsewhere', async () => {
    await opened({ shards: 3, shardKey: 'tags' });
    const point = (tags: unknown) => collection.upsert([{ id: 1, vector, payload: { tags } as never }]);
    await expect(point(['a', 'b', 'c', 'd'])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await point(['a']);
    expect(await collection.count({ filter: { must: [{ key: 'tags', match: { value: 'a' } }] } })).toBe(1);
  });

  it('is kept, however its path is written', async () => {
    await opened({ shards: 2, shardKey: '"the color"' });
    await collection.upsert([{ id: 1, vector, payload: { 'the color': 'red' } }]);
    for (const change of [
      () => collection.setPayload({ 'the color': 'blue' }, [1]),
      () => collection.setPayload({ shade: 1 }, [1], { key: '"the color"' }),
      () => collection.deletePayload(['"the color"'], [1]),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    // A key of the same name elsewhere is another.
    await collection.setPayload({ 'the color': 'blue' }, [1], { key: 'other' });
    const [record] = await collection.retrieve([1]);
    expect(record?.payload).toEqual({ 'the color': 'red', other: { 'the color': 'blue' } });
  });
});
