/** What a caller gets wrong is refused, and changes nothing: it would be ignored else. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Collection, type CollectionOptions, restoreCollection } from 'vicinal/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { openedCollections } from './support/opened-collections.js';

const { open, closeLater } = openedCollections();
const folder = temporaryFolders();

const options: CollectionOptions = {
  name: 'wrong',
  dim: 2,
  metric: 'euclidean',
  sparseVectors: { terms: {}, words: { text: { fields: ['title'] } } },
};
const points = [0, 1, 2].map((n) => ({ id: n, vector: [n, 0], payload: { n, title: `title ${n}` } }));

/** A call as plain JavaScript makes it. */
type Call = (
  collection: Record<Exclude<keyof Collection, 'scroll'>, (...args: unknown[]) => unknown> & {
    scroll(...args: unknown[]): AsyncGenerator;
  },
) => unknown;

describe('a collection', () => {
  let collection: Collection;
  beforeEach(async () => {
    collection = await open(options);
    await collection.upsert(points);
  });
  const all = () => collection.retrieve([0, 1, 2], { withVector: true });

  const selected = [0];
  const misnamed: readonly [string, Call][] = [
    ['query', (c) => c.query({ query: [0, 0] }, { k: 1 })],
    ['recommend', (c) => c.recommend({ positive: [0] }, { k: 1 })],
    ['queryGroups', (c) => c.queryGroups({ query: [0, 0], groupBy: 'n' }, { k: 1 })],
    ['retrieve', (c) => c.retrieve([1], { k: 1 })],
    ['search', (c) => c.search([0, 0], { filters: {} })],
    ['searchBatch', (c) => c.searchBatch([[0, 0]], { filters: {} })],
    ['upsert', (c) => c.upsert([], { batch: 1 })],
    ['delete', (c) => c.delete(selected, { wait: true })],
    ['setPayload', (c) => c.setPayload({ a: 1 }, selected, { kye: 'n' })],
    ['overwritePayload', (c) => c.overwritePayload({ a: 1 }, selected, { key: 'n' })],
    ['deletePayload', (c) => c.deletePayload(['n'], selected, { key: 'n' })],
    ['clearPayload', (c) => c.clearPayload(selected, { key: 'n' })],
    ['updateVectors', (c) => c.updateVectors([{ id: 0, vector: [1, 1] }], { using: 'x' })],
    ['deleteVectors', (c) => c.deleteVectors(['terms'], selected, { using: 'x' })],
    ['createPayloadIndex', (c) => c.createPayloadIndex('n', 'integer', { schema: 'x' })],
    ['deletePayloadIndex', (c) => c.deletePayloadIndex('n', { schema: 'x' })],
    ['count', (c) => c.count({ filters: {} })],
    ['facet', (c) => c.facet({ key: 'n', k: 1 })],
    ['info', (c) => c.info({ k: 1 })],
    ['optimize', (c) => c.optimize({ k: 1 })],
    ['metrics', (c) => c.metrics({ label: {} })],
    ['prometheus', (c) => c.prometheus({ label: {} })],
    ['verify', (c) => c.verify({ k: 1 })],
  ];
  it.each<[string, string, Call]>([
    ...misnamed.map(([name, call]): [string, string, Call] => [
      `an option of ${name} that there is not`,
      'Expected options to have no names but ',
      call,
    ]),
    [
      'params',
      'Expected params to have no names but efSearch, ',
      (c) => c.search([0, 0], { params: { filter: [1] } }),
    ],
    ...['search', 'retrieve', 'scroll', 'query'].map((name): [string, string, Call] => [
      `the name of a vector that there is not, to return by ${name}`,
      'Expected the name of a vector of this collection (none, "terms", "words"), got "term"',
      (c) => {
        const selected = { withVector: ['term'] };
        if (name === 'search') return c.search([0, 0], selected);
        if (name === 'retrieve') return c.retrieve([1], selected);
        return name === 'query' ? c.query({ query: [0, 0], ...selected }) : c.scroll(selected).next();
      },
    ]),
    [
      'Qdrant’s limit',
      'Expected options to have the name k, got "limit"',
      (c) => c.search([0, 0], { limit: 1 }),
    ],
    [
      'Qdrant’s spelling',
      'Expected the request to have the name scoreThreshold, got "score_threshold"',
      (c) => c.query({ query: [0, 0], score_threshold: 1 }),
    ],
    [
      'Qdrant’s spelling of a kind of query',
      'Expected query to have the name orderBy, got "order_by"',
      (c) => c.query({ query: { order_by: 'n' } }),
    ],
    [
      'an example without the vector',
      'No point with the vector "terms" has id 0',
      (c) => c.query({ query: 0, using: 'terms' }),
    ],
    ['a point that is not there', 'No point has id 7', (c) => c.updateVectors([{ id: 7, vector: [1, 1] }])],
    ['no params', 'Expected params to be an object, got null', (c) => c.search([0, 0], { params: null })],
    [
      'columns',
      'Expected columns to have no names but ids, vectors, payloads, got "vector"',
      (c) => c.upsert({ ids: [2], vector: new Float32Array(2) }),
    ],
    ['what cannot be iterated', 'Expected points to be ', (c) => c.upsert({ [Symbol.asyncIterator]: 5 })],
    ['no payload to set', 'Expected the payload to be ', (c) => c.setPayload(undefined, selected)],
    ['no payload in place of one', 'Expected the payload to be ', (c) => c.overwritePayload(null, selected)],
    [
      'a point to update',
      'Expected id and vector in point 0, got "vectr"',
      (c) => c.updateVectors([{ id: 0, vectr: [1, 1] }]),
    ],
    [
      'no vector to update',
      'Expected a vector of point 0, got undefined',
      (c) => c.updateVectors([{ id: 0 }]),
    ],
    [
      'a vector of another kind',
      'Expected the name of a dense vector of this collection (none), got "terms"',
      (c) => c.search([1, 2], { using: 'terms' }),
    ],
    [
      'a vector in place of a text',
      'Expected vectors that points bring, got "words", which is made from their texts',
      (c) => c.upsert([{ id: 5, vector: { words: { indices: [1], values: [1] } } }]),
    ],
    [
      'a vector for a text index',
      'Expected { text } for "words", which is a text index, got a vector or an id as query',
      (c) => c.query({ query: [1, 2], using: 'words' }),
    ],
    ['an id of another type', 'No point with a vector has id "2"', (c) => c.query({ query: '2' })],
    [
      'more than can be counted',
      'from 1 to 9007199254740991, got 9007199254740992',
      (c) => c.search([0, 0], { k: 2 ** 53 }),
    ],
    [
      'more groups than can be counted',
      'Expected limit times groupSize to be ',
      (c) => c.queryGroups({ query: [0, 0], groupBy: 'n', limit: 1e9, groupSize: 1e9 }),
    ],
    [
      'an array of other numbers',
      'the vector of point 5 to be a Float32Array or an array of numbers, or a plain object of these by name, got Float64Array',
      (c) => c.upsert([{ id: 5, vector: new Float64Array(2) }]),
    ],
    [
      'a text without a model',
      "`embed`, for texts (it is searched by words with `using: 'words'`), got one without",
      (c) => c.query({ query: { text: 'title' } }),
    ],
    [
      'an object of a class',
      'to be a plain object, got Movie',
      (c) => c.setPayload(new (class Movie {})(), selected),
    ],
  ])('refuses %s', async (_, message, call) => {
    const before = await all();
    const promise = (async () => call(collection as unknown as Parameters<Call>[0]))();
    await expect(promise).rejects.toMatchObject({
      name: 'VectorSearchError',
      message: expect.stringContaining(message),
    });
    expect(await all()).toEqual(before);
  });

  it('says that it has no vectors', async () => {
    const without = await open({ name: 'without' });
    await expect(without.upsert([{ id: 1, vector: [1, 2] }])).rejects.toThrow(
      'Expected a collection with a vector: open it with `dim` or `vectors`, got none',
    );
    await expect(without.search([1, 2])).rejects.toThrow('Expected a collection with a dense vector: ');
  });
});

it.each<[string, object]>([
  ["storage 'file' or 'auto' beside a path, got \"memory\"", { path: 'somewhere' }],
  ['path to be that of a folder', { storage: 'file', path: 'file:///somewhere' }],
  ['the schema to be one of keyword, ', { payloadIndex: { n: 'number' } }],
  ['payloadIndex', { payloadIndex: { 'n..': 'integer' } }],
])('is not opened: %s', async (message, wrong) => {
  await expect(open({ ...options, ...wrong } as CollectionOptions)).rejects.toThrow(message);
});

describe('a snapshot', () => {
  const stored = (path: string): CollectionOptions => ({ ...options, storage: 'file', path });
  const snapshot = async () => {
    const collection = await open(stored(folder()));
    await collection.upsert(points);
    return new Response(collection.snapshot()).blob();
  };

  it.each<[string, object]>([
    ['metric to be "euclidean"', { metric: 'dot' }],
    ['dim to be 2', { dim: 3 }],
    ['index to be "flat"', { index: 'hnsw' }],
    ['model to be none', { model: 'another' }],
    ['shards to be 1', { shards: 2 }],
    [
      'the options of vectors to be {"dim":2}, as collection wrong was created, got {}',
      { dim: undefined, metric: undefined },
    ],
    ['sparseVectors to be {"terms":{},"words":{"text":{"fields":["title"]}}}', { sparseVectors: {} }],
    ['the schema to be one of keyword, ', { payloadIndex: { n: 'number' } }],
  ])('that is of another collection leaves nothing: %s', async (message, wrong) => {
    const tar = await snapshot();
    const path = folder();
    await expect(restoreCollection({ ...stored(path), ...wrong } as CollectionOptions, tar)).rejects.toThrow(
      message,
    );
    expect(existsSync(join(path, 'shard-0', 'data'))).toBe(false);
    const restored = await restoreCollection(stored(path), tar);
    closeLater(restored);
    expect(await restored.count()).toBe(3);
  });

  it('is a stream, bytes as they come, a blob, or bytes', async () => {
    const tar = await snapshot();
    const bytes = new Uint8Array(await tar.arrayBuffer());
    const path = folder();
    for (const wrong of [new Uint16Array(4), new Response(tar), null, undefined, 'tar', 5])
      await expect(restoreCollection(stored(path), wrong as unknown as Blob)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('the snapshot to be a ReadableStream'),
      });
    const texts = (async function* () {
      yield 'text' as unknown as Uint8Array;
    })();
    await expect(restoreCollection(stored(path), texts)).rejects.toThrow(
      'pieces of the snapshot to be Uint8Arrays',
    );
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    })();
    const restored = await restoreCollection(stored(path), pieces);
    closeLater(restored);
    expect(await restored.count()).toBe(3);
  });
});
