/**
A page that works by itself until its browser is killed: tells what its collection holds, then changes it as a seed says.
Every change is told of by a POST that has been answered before it is made, and by another once it is acknowledged.
*/
import { type CollectionOptions, openCollection } from 'vicinal/worker';
import { burstsOf } from '../../api/collection/fixtures/seeded-changes.mjs';
import type { SeededChange } from '../../support/acknowledged.js';

/** What the answer to a listing says: what to go on with. */
export interface GoOn {
  readonly seed: number;
  readonly first: number;
}

/** What a page tells at its start. */
export interface Listing {
  readonly points: { readonly id: number; readonly vector: readonly number[]; readonly payload: object }[];
  readonly storage: { readonly type: string; readonly lost: boolean };
}

async function tell(what: string, body = ''): Promise<Response> {
  return fetch(`/${what}`, { method: 'POST', body });
}

async function work(options: CollectionOptions): Promise<void> {
  await tell('loaded');
  const collection = await openCollection(options);
  const points: object[] = [];
  for await (const { vector, ...point } of collection.scroll({ withVector: true }))
    points.push({ ...point, vector: [...(vector as Float32Array)] });
  const { storage } = await collection.info();
  const answer = await tell('listing', JSON.stringify({ points, storage }));
  const { seed, first }: GoOn = await answer.json();
  for (const burst of burstsOf(seed, first) as Generator<SeededChange[]>) {
    for (const { number } of burst) await tell(`begin ${number}`);
    const made = burst.map(async (change) => {
      await change.make(collection);
      await tell(`end ${change.number}`);
    });
    await Promise.all(made);
  }
}

const options = JSON.parse(decodeURIComponent(location.search.slice(1)));
/** What went wrong, and what that came of. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, cause } = error as { code?: string; cause?: unknown };
  const own = [error.name, code, error.message, error.stack].join(' ');
  return cause === undefined ? own : `${own}\nbecause of ${textOf(cause)}`;
}

work(options).catch((error) => tell('failure', textOf(error)));
