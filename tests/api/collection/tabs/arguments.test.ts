/** What callers give, in the tab that runs the workers and in one that asks it: taken and refused alike. */
import { type Collection, type CollectionOptions, openCollection, type Point } from 'vicinal/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFollower } from '../../../support/tabs/open-follower.js';
import { Origin } from '../../../support/tabs/origin.js';

const options: CollectionOptions = {
  name: 'given',
  dim: 2,
  metric: 'euclidean',
  sparseVectors: { terms: {} },
};

/** As frameworks make their state: whatever is read of it is a proxy again, but for typed arrays. */
function reactive<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return new Proxy(value, { get: (target, key, own) => reactive(Reflect.get(target, key, own)) });
}

class Price {
  cents = 1250;
}

describe.each([
  ['the tab that runs the workers', (given: CollectionOptions) => openCollection(given)],
  ['a tab that asks it', (given: CollectionOptions) => openFollower(given, new Origin())],
])('in %s', (_, open) => {
  let collection: Collection;
  beforeEach(async () => {
    collection = await open(reactive(options));
    await collection.upsert([1, 2, 3].map((id) => ({ id, vector: [id, 0], payload: { n: id } })));
  });
  afterEach(() => collection.close());

  it('proxies are as what they stand for', async () => {
    const terms = { indices: [4], values: [1] };
    await collection.upsert(
      reactive([
        { id: 4, vector: { '': [4, 0], terms }, payload: { n: 4, tags: ['a'] } },
        { id: 5, vector: Float32Array.of(5, 0) },
      ]),
    );
    await collection.upsert(reactive({ ids: [6], vectors: Float32Array.of(6, 0), payloads: [{ n: 6 }] }));
    await collection.createPayloadIndex('n', reactive({ type: 'integer' as const }));
    await collection.setPayload(reactive({ n: 7 }), reactive([6]));
    await collection.updateVectors(reactive([{ id: 5, vector: [5.5, 0] }]));
    const filter = reactive({ must: [{ key: 'n', range: { gte: 4 } }] });
    const selected = reactive({ withPayload: ['n'], withVector: true });
    const records = [];
    for await (const record of collection.scroll(reactive({ filter, ...selected }))) records.push(record);
    expect(records).toEqual([
      {
        id: 4,
        payload: { n: 4 },
        vector: {
          '': Float32Array.of(4, 0),
          terms: { indices: Uint32Array.of(4), values: Float32Array.of(1) },
        },
      },
      { id: 6, payload: { n: 7 }, vector: { '': Float32Array.of(6, 0) } },
    ]);
    expect(await collection.count(reactive({ filter }))).toBe(2);
    expect((await collection.search(reactive([5, 0]), reactive({ k: 1 })))[0]?.id).toBe(5);
    expect((await collection.query(reactive({ query: [6, 0], filter, k: 1 })))[0]?.id).toBe(6);
    expect((await collection.query(reactive({ query: terms, using: 'terms' }))).map(({ id }) => id)).toEqual([
      4,
    ]);
    expect((await collection.retrieve(reactive([5]), selected))[0]?.vector).toEqual({
      '': Float32Array.of(5.5, 0),
    });
    expect(await collection.delete(reactive({ filter }))).toEqual({ count: 2 });
  });

  const given = (vector: unknown, payload: unknown = null) => [{ id: 1, vector, payload }] as Point[];
  it.each<[string, (collection: Collection) => Promise<unknown>, string]>([
    ['a promise as a vector', (c) => c.upsert(given(Promise.resolve([1, 2]))), 'got Promise'],
    ['a buffer as a vector', (c) => c.upsert(given(new ArrayBuffer(8))), 'got ArrayBuffer'],
    ['a date as a vector', (c) => c.upsert(given(new Date())), 'got Date'],
    ['an object of a class as a vector', (c) => c.upsert(given(new Price())), 'got Price'],
    ['text as a vector', (c) => c.upsert(given('1, 2')), 'got "1, 2"'],
    ['no vector', (c) => c.upsert(given(null)), 'got null'],
    [
      'a promise to update a vector',
      (c) => c.updateVectors([{ id: 1, vector: Promise.resolve([1, 2]) as never }]),
      'got Promise',
    ],
    [
      'an object of a class in a payload',
      (c) => c.upsert(given([1, 2], { price: new Price() })),
      'got Price',
    ],
    ['a date in a payload', (c) => c.upsert(given([1, 2], { at: new Date(0) })), 'got Date'],
    ['an object of a class to set', (c) => c.setPayload({ price: new Price() as never }, [1]), 'got Price'],
    ['a payload of a class', (c) => c.overwritePayload(new Price() as never, [1]), 'got Price'],
    [
      'a date in a filter',
      (c) => c.count({ filter: { must: { key: 'n', range: { gt: new Date() as never } } } }),
      'got Date',
    ],
  ])('refuses %s', async (_, call, message) => {
    const before = await collection.retrieve([1], { withVector: true });
    await expect(call(collection)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect(await collection.retrieve([1], { withVector: true })).toEqual(before);
  });

  it.each([
    ['an array', (points: Point[]) => points],
    ['a set', (points: Point[]) => new Set(points)],
  ])('a wrong point keeps the others of %s out', async (_, sourceOf) => {
    const points: Point[] = [
      { id: 1, vector: [9, 9] },
      { id: 1, vector: [8, 8] },
      { id: 7, vector: [1, 2, 3] },
    ];
    await expect(collection.upsert(sourceOf(points))).rejects.toMatchObject({
      code: 'DIMENSION_MISMATCH',
      actual: 3,
    });
    expect(await collection.retrieve([1, 7], { withVector: true })).toEqual([
      { id: 1, payload: { n: 1 }, vector: { '': Float32Array.of(1, 0) } },
    ]);
    // Of what it does not have before it, it takes what is right.
    await expect(collection.upsert(points.values())).rejects.toMatchObject({ code: 'STOPPED', actual: 2 });
    await expect(collection.upsert(points, { batchSize: 2 })).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it('what only the other tab, or a model, can tell wrong keeps an array out as well', async () => {
    const keyed = await open({
      ...{ name: 'keyed', dim: 2, shards: 2, shardKey: 'kind' },
      embed: async (texts) => texts.map((text) => (text === 'wrong' ? [1] : [1, 2])),
    });
    try {
      const point = (id: number, more: object) => ({ id, payload: { kind: 'a' }, ...more });
      const vector = [1, 2];
      await expect(keyed.upsert([point(1, { vector }), { id: 2, vector }])).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      const texts = ['right', 'wrong'].map((text, id) => point(id, { text }));
      await expect(keyed.upsert(texts)).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' });
      expect(await keyed.count()).toBe(0);
      expect(await keyed.upsert(texts.slice(0, 1))).toEqual({ count: 1 });
    } finally {
      await keyed.close();
    }
  });

  it('vectors of other arrays are refused', async () => {
    const detached = new Float32Array(2);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const inTurn = async function* (vector: unknown) {
      yield { id: 9, vector } as Point;
    };
    await expect(collection.upsert(inTurn(detached))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      actual: 'a detached Float32Array',
    });
    const view = { '': new DataView(new ArrayBuffer(8)) };
    await expect(collection.upsert(inTurn(view))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('an error of onProgress ends an upsert, and tells what was taken', async () => {
    const error = new Error('not drawn');
    const onProgress = () => {
      throw error;
    };
    const points = [8, 9].map((id) => ({ id, vector: [id, 0] }));
    await expect(collection.upsert(points, { onProgress })).rejects.toMatchObject({
      code: 'STOPPED',
      actual: 2,
      cause: error,
    });
    expect(await collection.count()).toBe(5);
  });
});
