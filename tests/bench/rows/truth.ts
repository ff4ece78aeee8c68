/**
The right answers, computed in double precision, which every searcher must give as far as floats can tell.

@module
*/
import type { Metric } from 'vicinal';
import { type DataSet, readDataSet } from './data-sets.js';

// Of the largest distance: floats sum up to some hundred terms, each a little off.
const TOLERANCE = 1e-5;
const MOST_WANTED = 1000;

/** Of a query from the row that starts at `start`; `norm` is the length of that row. */
type Distance = (query: Float32Array, rows: Float32Array, start: number, norm: number) => number;

const distances: Record<Metric, Distance> = {
  cosine: (query, rows, start, norm) => -dot(query, rows, start) / norm,
  dot: (query, rows, start) => -dot(query, rows, start),
  // Squared, less the square of the query's length, which is the same for all rows.
  euclidean: (query, rows, start, norm) => norm ** 2 - 2 * dot(query, rows, start),
  manhattan(query, rows, start) {
    let total = 0;
    for (let i = 0; i < query.length; i++) total += Math.abs(query[i]! - rows[start + i]!);
    return total;
  },
};

function dot(query: Float32Array, rows: Float32Array, start: number): number {
  // Four sums that do not wait for one another: of large sets every row is compared with every query.
  let [a, b, c, d, i] = [0, 0, 0, 0, 0];
  for (; i + 4 <= query.length; i += 4) {
    a += query[i]! * rows[start + i]!;
    b += query[i + 1]! * rows[start + i + 1]!;
    c += query[i + 2]! * rows[start + i + 2]!;
    d += query[i + 3]! * rows[start + i + 3]!;
  }
  for (; i < query.length; i++) a += query[i]! * rows[start + i]!;
  return a + b + c + d;
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
  /** Lengths of the rows. */
  readonly #norms: Float64Array;
  /** Of the queries asked for so far, since all searchers are asked for the same ones in turn. */
  readonly #known = new Map<string, Known>();

  /** Whether a row is among those that may be found. */
  readonly isIn: (row: number) => boolean;

  private constructor(
    set: DataSet,
    rows: Float32Array,
    queries: Float32Array,
    isIn: (row: number) => boolean,
  ) {
    this.isIn = isIn;
    this.#set = set;
    this.#rows = rows;
    this.#queries = queries;
    const { dim, rowCount } = set;
    this.#norms = Float64Array.from({ length: rowCount }, (_, row) => {
      const values = rows.subarray(row * dim, (row + 1) * dim);
      return Math.sqrt(dot(values, values, 0));
    });
  }

  /** @param isIn - Whether a row is among those that may be found. Default: all are. */
  static async of(set: DataSet, isIn: (row: number) => boolean = () => true): Promise<Truth> {
    const { rows, queries } = await readDataSet(set);
    return new Truth(set, rows, queries, isIn);
  }

  /**
  Takes the nearest rows from an exact search in place of comparing every query with every row, which many queries
  against many rows would take minutes for.

  @param found - The nearest rows to each query of the set, as many as will be asked about.
  */
  static async ofFound(set: DataSet, found: readonly (readonly number[])[]): Promise<Truth> {
    const truth = await Truth.of(set);
    found.forEach((ids, query) => {
      const nearest = Float64Array.from(ids, truth.#distanceOf(set.metric, query)).sort();
      truth.#known.set(`${set.metric} ${query}`, { nearest, farthest: nearest.at(-1)! });
    });
    return truth;
  }

  /**
  Checks that these are the `k` nearest rows to a query, ties and what floats cannot tell apart aside.

  @throws {Error} naming `who`, where they are not.
  */
  check(who: string, metric: Metric, query: number, k: number, ids: readonly number[]): void {
    const { nearest, farthest } = this.#distances(metric, query);
    const limit = nearest[k - 1]! + TOLERANCE * Math.max(1, Math.abs(farthest));
    const distance = this.#distanceOf(metric, query);
    const wrong = ids.filter((id) => !(distance(id) <= limit));
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

  /** Share of the `k` nearest rows that are among `ids`; rows that may not be found do not count. */
  recall(metric: Metric, query: number, k: number, ids: readonly number[]): number {
    const { nearest } = this.#distances(metric, query);
    const distance = this.#distanceOf(metric, query);
    return ids.filter((id) => distance(id) <= nearest[k - 1]!).length / k;
  }

  #distances(metric: Metric, query: number): Known {
    const { rowCount, queryCount } = this.#set;
    const key = `${metric} ${query % queryCount}`;
    const known = this.#known.get(key);
    if (known) return known;
    const distance = this.#distanceOf(metric, query);
    const sorted = Float64Array.from({ length: rowCount }, (_, row) => distance(row)).sort();
    // Those that may not be found are last.
    const farthest = sorted[sorted.indexOf(Number.POSITIVE_INFINITY) - 1] ?? sorted[rowCount - 1]!;
    const computed = { nearest: sorted.slice(0, MOST_WANTED), farthest };
    this.#known.set(key, computed);
    return computed;
  }

  /** Tells how far a row is from a query. */
  #distanceOf(metric: Metric, query: number): (row: number) => number {
    const { dim, queryCount } = this.#set;
    const at = (query % queryCount) * dim;
    const values = this.#queries.subarray(at, at + dim);
    return (row) =>
      this.isIn(row)
        ? distances[metric](values, this.#rows, row * dim, this.#norms[row]!)
        : Number.POSITIVE_INFINITY;
  }
}
