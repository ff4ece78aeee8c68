/** What is indexed of a payload is left alone where it does not change, and takes no more and more room where it does. */
import { type Collection, openCollection } from 'vicinal/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomNumbers } from '../../support/vectors.js';

const count = 2000;
const random = randomNumbers(5);

let collection: Collection;
beforeAll(async () => {
  collection = await openCollection({
    name: 'texts',
    dim: 2,
    payloadIndex: { text: 'text', views: 'integer' },
    sparseVectors: { words: { text: { fields: ['text'] } } },
  });
});
afterAll(() => collection.close());

/** Some twenty words, one of which no other point has. */
function textOf(id: number, round: number): string {
  const words = Array.from({ length: 20 }, () => `word${Math.floor((random() + 0.5) * 500)}`);
  return `only${id}round${round} ${words.join(' ')}`;
}

function upsertTexts(round: number): Promise<unknown> {
  return collection.upsert(
    Array.from({ length: count }, (_, id) => ({ id, vector: [1, id], payload: { text: textOf(id, round) } })),
  );
}

const bytes = async () => (await collection.info()).memoryBytes;
const idsWith = async (word: string) => {
  const filter = { must: [{ key: 'text', match: { text: word } }] };
  return [
    (await collection.search([1, 1], { filter })).map(({ id }) => id),
    (await collection.query({ query: { text: word }, using: 'words' })).map(({ id }) => id),
  ];
};

it('another field that changes again and again costs the texts nothing', async () => {
  await upsertTexts(0);
  await collection.setPayload({ views: 0 }, { filter: {} });
  const before = await bytes();
  for (let views = 1; views <= 5; views++) await collection.setPayload({ views }, { filter: {} });
  expect((await bytes()) / before).toBeLessThan(1.01);
  expect(await idsWith('only7round0')).toEqual([[7], [7]]);
  expect(await collection.count({ filter: { must: [{ key: 'views', range: { gte: 5 } }] } })).toBe(count);
});

it('texts that change again and again leave no more room behind than they take', async () => {
  const before = await bytes();
  for (let round = 1; round <= 24; round++) await upsertTexts(round);
  expect((await bytes()) / before).toBeLessThan(3);
  expect(await idsWith('only7round23')).toEqual([[], []]);
  expect(await idsWith('only7round24')).toEqual([[7], [7]]);
});

it('a text that is taken away and comes back is found again', async () => {
  await collection.deletePayload(['text'], [7]);
  expect(await idsWith('only7round24')).toEqual([[], []]);
  await collection.setPayload({ text: 'seven again' }, [7]);
  expect(await idsWith('seven')).toEqual([[7], [7]]);
  await collection.delete([7]);
  expect(await idsWith('seven')).toEqual([[], []]);
});
