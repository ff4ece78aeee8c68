/** What a collection must hold whose writer was killed: all that was acknowledged, and the change under way or not. */
import type { Collection, PointRecord } from 'vicinal/worker';
import { expect } from 'vitest';
import { changesOf } from '../api/collection/fixtures/seeded-changes.mjs';

export interface SeededChange {
  readonly number: number;
  make(collection: Pick<Collection, 'upsert' | 'delete' | 'setPayload' | 'optimize'>): Promise<unknown>;
  apply(model: Map<number, PointRecord>): void;
}

/** A point, its vector as numbers of whatever kind. */
export type FoundPoint = Omit<PointRecord, 'vector'> & { readonly vector?: unknown };

/** Follows a collection through changes of a seed and through kills. */
export class Acknowledged {
  /** The number of the change to go on with. */
  next = 0;
  /** Changes that were under way at a kill, and made in part or in whole. */
  inFlightCount = 0;
  readonly #seed: number;
  readonly #shardCount: number;
  readonly #model = new Map<number, PointRecord>();
  #isOneUnderWay = false;

  constructor(seed: number, shardCount: number) {
    this.#seed = seed;
    this.#shardCount = shardCount;
  }

  /** After a kill: what the writer said, `begin n` before each change and `end n` once it was acknowledged. */
  hear(said: readonly string[]): void {
    const began = said.filter((line) => line.startsWith('begin')).length;
    const ended = said.filter((line) => line.startsWith('end')).length;
    const changes = changesOf(this.#seed, this.next) as Generator<SeededChange>;
    for (let i = 0; i < ended; i++) (changes.next().value as SeededChange).apply(this.#model);
    this.next += ended;
    this.#isOneUnderWay = began > ended;
  }

  /** Expects what the collection holds to be what it must hold, and goes on with it. */
  check(points: Iterable<FoundPoint>): void {
    const found = new Map<number, PointRecord>();
    for (const point of points) found.set(point.id as number, point as PointRecord);
    const there = contentOf(found);
    if (!this.#isOneUnderWay) {
      expect(there).toEqual(contentOf(this.#model));
      return;
    }
    // Each worker has made its part of it, or not.
    const after = new Map(this.#model);
    const changes = changesOf(this.#seed, this.next) as Generator<SeededChange>;
    (changes.next().value as SeededChange).apply(after);
    const before = new Set(contentOf(this.#model));
    const withIt = new Set(contentOf(after));
    for (const point of there) expect(before.has(point) || withIt.has(point)).toBe(true);
    for (const point of before) if (withIt.has(point)) expect(there).toContain(point);
    if (this.#shardCount === 1) expect([[...before], [...withIt]]).toContainEqual(there);
    if (there.some((point) => !before.has(point)) || there.length < before.size) this.inFlightCount++;
    this.#model.clear();
    for (const [id, point] of found) this.#model.set(id, point);
    this.next++;
    this.#isOneUnderWay = false;
  }
}

function contentOf(model: Map<number, PointRecord>): string[] {
  return [...model.values()]
    .sort((a, b) => (a.id as number) - (b.id as number))
    .map(({ id, vector, payload }) =>
      JSON.stringify([id, Object.entries(payload ?? {}).sort(), [...(vector as Iterable<number>)]]),
    );
}
