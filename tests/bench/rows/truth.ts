/**
The right answers, computed in double precision, which every searcher must give as far as floats can tell.

@module
*/
import type { Metric } from 'vicinal';
import { type DataSet, readDataSet } from './data-sets.js';

// Of the largest distance: floats sum up to some hundred terms, each a little off.
const TOLERANCE = 1e-5;
const MOST_WANTED = 1000;

type Distance = (query: Float32Array, rows: Float32Array, start: number) => number;

const distances: Record<Metric, Distance> = {
  cosine: (query, rows, start) => -dot(query, rows, start) / norm(rows, start, query.length),
  dot: (query, rows, start) => -dot(query, rows, start),
  euclidean: (query, rows, start) => sum(query.length, (i) => (query[i]! - rows[start + i]!) ** 2),
  manhattan: (query, rows, start) => sum(query.length, (i) => Math.abs(query[i]! - rows[start + i]!)),
};

function dot(query: Float32Array, rows: Float32Array, start: number): number {
  return sum(query.length, (i) => query[i]! * rows[start + i]!);
}

function norm(rows: Float32Array, start: number, dim: number): number {
  return Math.sqrt(sum(dim, (i) => rows[start + i]! ** 2));
}

function sum(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/** Distances from a query, ascending. */
interface Known {
  readonly nearest: Float64Array;
  readonly farthest: number;
}

export class Truth {
  readonly #set: DataSet;
  readonly #rows: Float32Array;
  readonly #queries: Float32Array;
  /** Of the queries asked for so far, since all searchers are asked for the same ones in turn. */
  readonly #known = new Map<string, Known>();

  private constructor(set: DataSet, rows: Float32Array, queries: Float32Array) {
    this.#set = set;
    this.#rows = rows;
    this.#queries = queries;
  }

  static async of(set: DataSet): Promise<Truth> {
    const { rows, queries } = await readDataSet(set);
    return new Truth(set, rows, queries);
  }

  /**
  Checks that these are the `k` nearest rows to a query, ties and what floats cannot tell apart aside.

  @throws {Error} naming `who`, where they are not.
  */
  check(who: string, metric: Metric, query: number, k: number, ids: readonly number[]): void {
    const { nearest, farthest } = this.#distances(metric, query);
    const limit = nearest[k - 1]! + TOLERANCE * Math.max(1, Math.abs(farthest));
    const wrong = ids.filter((id) => !(this.#distance(metric, query, id) <= limit));
    if (ids.length !== k || new Set(ids).size !== k || wrong.length > 0) {
      throw new Error(
        `${who} (${metric}, k = ${k}) found other rows than the nearest to query ${query}: ` +
          `${ids.length} rows, of which ${wrong.length} are too far`,
      );
    }
  }

  /** Checks an answer to each query of the set. */
  checkAll(who: string, metric: Metric, k: number, ids: readonly (readonly number[])[]): void {
    for (let query = 0; query < this.#set.queryCount; query++) {
      this.check(who, metric, query, k, ids[query] ?? []);
    }
  }

  /** Share of the `k` nearest rows that are among `ids`. */
  recall(metric: Metric, query: number, k: number, ids: readonly number[]): number {
    const { nearest } = this.#distances(metric, query);
    return ids.filter((id) => this.#distance(metric, query, id) <= nearest[k - 1]!).length / k;
  }

  #distances(metric: Metric, query: number): Known {
    const { rowCount, queryCount } = this.#set;
    const key = `${metric} ${query % queryCount}`;
    const known = this.#known.get(key);
    if (known) return known;
    const sorted = Float64Array.from({ length: rowCount }, (_, row) =>
      this.#distance(metric, query, row),
    ).sort();
    const computed = { nearest: sorted.slice(0, MOST_WANTED), farthest: sorted[rowCount - 1]! };
    this.#known.set(key, computed);
    return computed;
  }

  #distance(metric: Metric, query: number, row: number): number {
    const { dim, queryCount } = this.#set;
    const at = (query % queryCount) * dim;
    return distances[metric](this.#queries.subarray(at, at + dim), this.#rows, row * dim);
  }
}
