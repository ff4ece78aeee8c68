/** What a collection must hold whose writer was killed: all that was acknowledged, and of the changes under way the first. */
import type { Collection, PointRecord } from 'vicinal/worker';
import { expect } from 'vitest';
import { shardOf } from '../../worker/collection/point-ids.js';
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
  /** Kills after which some of the changes under way were made. */
  inFlightCount = 0;
  readonly #seed: number;
  readonly #shardCount: number;
  readonly #model = new Map<number, PointRecord>();
  /** Changes that had begun, in their order, and were not heard to be acknowledged. */
  #underWay: readonly SeededChange[] = [];

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
    this.#underWay = Array.from({ length: began - ended }, () => changes.next().value as SeededChange);
    this.next += began;
  }

  /** Expects what the collection holds to be what it must hold, and goes on with it. */
  check(points: Iterable<FoundPoint>): void {
    const found = new Map<number, PointRecord>();
    for (const point of points) found.set(point.id as number, point as PointRecord);
    // Each worker has made its part of the first of them: of none, of all, or of some.
    const states = [new Map(this.#model)];
    for (const change of this.#underWay) {
      const after = new Map(states.at(-1));
      change.apply(after);
      states.push(after);
    }
    for (let shard = 0; shard < this.#shardCount; shard++) {
      const isOwn = (id: number) => shardOf(id, this.#shardCount) === shard;
      const there = contentOf(found, isOwn);
      expect(states.map((state) => contentOf(state, isOwn))).toContainEqual(there);
    }
    if (contentOf(found).join() !== contentOf(this.#model).join()) this.inFlightCount++;
    this.#model.clear();
    for (const [id, point] of found) this.#model.set(id, point);
    this.#underWay = [];
  }
}

function contentOf(model: ReadonlyMap<number, PointRecord>, isWanted = (_: number) => true): string[] {
  return [...model.values()]
    .filter(({ id }) => isWanted(id as number))
    .sort((a, b) => (a.id as number) - (b.id as number))
    .map(({ id, vector, payload }) =>
      JSON.stringify([id, Object.entries(payload ?? {}).sort(), [...(vector as Iterable<number>)]]),
    );
}
