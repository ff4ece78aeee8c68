/** Points as JSON: what Qdrant takes, and what a collection takes back. */
import { type Collection, openCollection, type PointRecord, pointStruct } from 'vicinal/worker';
import { afterEach, describe, expect, it } from 'vitest';

const opened: Collection[] = [];
afterEach(() => Promise.all(opened.splice(0).map((collection) => collection.close())));

async function open(name: string, options: object): Promise<Collection> {
  const collection = await openCollection({ name, ...options });
  opened.push(collection);
  return collection;
}

async function recordsOf(collection: Collection): Promise<PointRecord[]> {
  const records: PointRecord[] = [];
  for await (const record of collection.scroll({ withVector: true })) records.push(record);
  return records;
}

describe('a point in plain JSON', () => {
  it('is that of Qdrant', () => {
    const payload = { title: 'a', tags: ['b'] };
    expect(pointStruct({ id: 1, vector: Float32Array.of(1, 0.5), payload })).toEqual({
      id: 1,
      vector: [1, 0.5],
      payload,
    });
    const terms = { indices: Uint32Array.of(1, 7), values: Float32Array.of(2, 3) };
    const vector = { '': Float32Array.of(1), terms };
    expect(JSON.stringify(pointStruct({ id: 'b', vector, payload: null }))).toBe(
      '{"id":"b","vector":{"":[1],"terms":{"indices":[1,7],"values":[2,3]}},"payload":null}',
    );
  });

  it.each([
    ['a vector without a name', { dim: 2 }, [[1, 2], [0.1, -3], {}]],
    [
      'vectors with names',
      { vectors: { a: { dim: 2 }, b: { dim: 1 } } },
      [{ a: [1, 2], b: [3] }, { b: [4] }, {}],
    ],
    [
      'sparse ones',
      { dim: 1, sparseVectors: { terms: {} } },
      [{ '': [1], terms: { indices: [3, 9], values: [1, 0.25] } }, [2], {}],
    ],
  ])('is taken back, of a collection with %s', async (_, options, vectors) => {
    const collection = await open('first', options);
    await collection.upsert(
      vectors.map((vector, id) => ({ id, vector: vector as number[], ...(id > 0 && { payload: { id } }) })),
    );
    const records = await recordsOf(collection);
    expect(records).toHaveLength(vectors.length);
    const json = JSON.parse(JSON.stringify(records.map((record) => pointStruct(record))));
    const second = await open('second', options);
    await second.upsert(json);
    expect(await recordsOf(second)).toEqual(records);
  });

  it('is not made of a record without its vectors or its payload', () => {
    expect(() => pointStruct({ id: 1, payload: null })).toThrow(
      'Expected a record with its vector (withVector: true), got none in that of 1',
    );
    expect(() => pointStruct({ id: 'a', vector: Float32Array.of(1) })).toThrow(
      'Expected a record with its payload (withPayload: true), got none in that of "a"',
    );
  });
});

it('begins where Qdrant’s pages end: with null, from the first', async () => {
  const collection = await open('paged', { dim: 1 });
  await collection.upsert([3, 1, 2].map((id) => ({ id, vector: [1] })));
  const ids: unknown[] = [];
  for await (const { id } of collection.scroll({ offset: null })) ids.push(id);
  expect(ids).toEqual([1, 2, 3]);
});
