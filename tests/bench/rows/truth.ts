/**
The right answers, computed in double precision, which every searcher must give.

@module
*/
import type { Metric } from 'vicinal';
import { type DataSet, readDataSet } from './data-sets.js';

// Of the largest distance: floats sum up to some hundred terms, each a little off.
const TOLERANCE = 1e-5;

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

export class Truth {
  readonly #set: DataSet;
  readonly #rows: Float32Array;
  readonly #queries: Float32Array;
  /** Of the last query asked for, since all searchers are asked for the same one in turn. */
  readonly #known = new Map<string, { toRow: Float64Array; sorted: Float64Array }>();

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
    const { toRow, sorted } = this.#distances(metric, query % this.#set.queryCount);
    const limit = sorted[k - 1]! + TOLERANCE * Math.max(1, Math.abs(sorted[sorted.length - 1]!));
    const wrong = ids.filter((id) => !(toRow[id]! <= limit));
    if (ids.length !== k || new Set(ids).size !== k || wrong.length > 0) {
      throw new Error(
        `${who} (${metric}, k = ${k}) found other rows than the nearest to query ${query}: ` +
          `${ids.length} rows, of which ${wrong.length} are too far`,
      );
    }
  }

  /** Share of the `k` nearest rows that are among `ids`. */
  recall(metric: Metric, query: number, k: number, ids: readonly number[]): number {
    const { toRow, sorted } = this.#distances(metric, query % this.#set.queryCount);
    return ids.filter((id) => toRow[id]! <= sorted[k - 1]!).length / k;
  }

  #distances(metric: Metric, query: number) {
    const key = `${metric} ${query}`;
    const known = this.#known.get(key);
    if (known) return known;
    const { dim, rowCount } = this.#set;
    const wanted = this.#queries.subarray(query * dim, (query + 1) * dim);
    const toRow = new Float64Array(rowCount);
    for (let row = 0; row < rowCount; row++) toRow[row] = distances[metric](wanted, this.#rows, row * dim);
    const computed = { toRow, sorted: toRow.slice().sort() };
    this.#known.set(key, computed);
    return computed;
  }
}
