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

  /**
  The best `k` of these hits and others, which have larger ids where they are as near.

  @internal
  */
  merged(others: SearchResults, k: number): SearchResults {
    const count = Math.min(k, this.count() + others.count());
    const merged = new SearchResults(
      new Uint32Array(count),
      new Float32Array(count),
      new Float32Array(count),
      this.#queryTime + others.#queryTime,
    );
    let mine = 0;
    for (let at = 0; at < count; at++) {
      const theirs = at - mine;
      const isMine =
        theirs === others.count() ||
        (this.distances[mine] ?? Number.NaN) <= (others.distances[theirs] as number);
      const from = isMine ? this : others;
      const index = isMine ? mine++ : theirs;
      merged.ids[at] = from.ids[index] as number;
      merged.scores[at] = from.scores[index] as number;
      merged.distances[at] = from.distances[index] as number;
    }
    return merged;
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
