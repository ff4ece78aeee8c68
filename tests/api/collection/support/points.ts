/**
Points to fill collections with.

@module
*/
import type { Collection, CollectionOptions, Point } from 'vicinal/worker';
import { randomVectors, rowOf } from '../../../support/vectors.js';

export const dim = 8;

/** Opens a collection, of some name where none is told. */
export type Open = (options: Omit<CollectionOptions, 'name'> & { name?: string }) => Promise<Collection>;

/** `count` points with ids 0, 1, 2, ..., a vector each, and a payload to filter by. */
export function pointsWith(count: number, seed = 1): Point[] {
  const rows = randomVectors(count, dim, seed);
  return Array.from({ length: count }, (_, id) => ({
    id,
    vector: rowOf(rows, dim, id),
    payload: { number: id, color: ['red', 'green', 'blue'][id % 3] as string, even: id % 2 === 0 },
  }));
}

/** Points one after another, and how many were given, at most, that were not acknowledged yet. */
export class WatchedSource {
  readonly #points: Iterable<Point>;
  #given = 0;
  #acknowledged = 0;
  widest = 0;

  constructor(points: Iterable<Point>) {
    this.#points = points;
  }

  acknowledge(done: number): void {
    this.#acknowledged = done;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Point, void, void> {
    for (const point of this.#points) {
      this.widest = Math.max(this.widest, ++this.#given - this.#acknowledged);
      yield point;
    }
  }
}
