/**
What a search returns.

@module
*/
import { invalidArgument } from './errors.js';
import type { SearchHit } from './types.js';

/** Hits of one query, best first, ties by smaller id. The arrays are copies that the caller owns. */
export class SearchResults implements Iterable<SearchHit> {
  /** `[count]` ids, as `add` returned them. */
  readonly ids: Uint32Array;
  /** `[count]` larger is better. */
  readonly scores: Float32Array;
  /** `[count]` smaller is better. */
  readonly distances: Float32Array;
  readonly #queryTime: number;

  constructor(ids: Uint32Array, scores: Float32Array, distances: Float32Array, queryTime: number) {
    this.ids = ids;
    this.scores = scores;
    this.distances = distances;
    this.#queryTime = queryTime;
  }

  /** Number of hits: `k`, or fewer where fewer vectors match. */
  count(): number {
    return this.ids.length;
  }

  /**
  One hit.

  @param index - 0 (the best) to `count() - 1`.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT`.
  */
  get(index: number): SearchHit {
    const id = this.ids[index];
    const score = this.scores[index];
    const distance = this.distances[index];
    if (!Number.isInteger(index) || id === undefined || score === undefined || distance === undefined) {
      throw invalidArgument(`a hit index below ${this.count()}`, index);
    }
    return { id, score, distance };
  }

  /** Time of the search, in milliseconds; of a batch, its time divided by the number of queries. */
  queryTime(): number {
    return this.#queryTime;
  }

  /** The hits, best first. */
  *[Symbol.iterator](): IterableIterator<SearchHit> {
    for (let index = 0; index < this.count(); index++) yield this.get(index);
  }

  /** The hits as plain objects. */
  toJSON(): SearchHit[] {
    return [...this];
  }
}
