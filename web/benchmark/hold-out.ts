import { mapInSlices } from '../in-slices.js';
import type { Rows } from '../search/rows.js';

/** Rows to search, and others of the same collection to search for. */
export interface HeldOut {
  readonly dim: number;
  /** Rows to search. */
  readonly count: number;
  /** `[count x dim]` */
  readonly vectors: Float32Array;
  /** `[queryCount x dim]` */
  readonly queries: Float32Array;
}

/**
Takes rows out of a collection to be queries, as real queries are not among the rows either: codes learn from rows, and
would know these ones.

@param queryCount - At most as many as there are rows; the first of each of so many groups is a query.
*/
export async function holdOut(rows: Rows, queryCount: number): Promise<HeldOut> {
  const { dim } = rows;
  const count = rows.count - queryCount;
  const vectors = new Float32Array(count * dim);
  const queries = new Float32Array(queryCount * dim);
  const every = Math.floor(rows.count / queryCount);
  let taken = 0;
  await mapInSlices([...Array(queryCount).keys()], (q) => {
    const groupCount = q === queryCount - 1 ? rows.count - q * every : every;
    const group = rows.slice(q * every, groupCount);
    queries.set(group.subarray(0, dim), q * dim);
    vectors.set(group.subarray(dim), taken);
    taken += group.length - dim;
  });
  return { dim, count, vectors, queries };
}
