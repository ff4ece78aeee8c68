/**
The order of points: of their ids, and of hits.

@module
*/
import type { PointId, ScoredPoint } from '../types.js';

/** Numbers before strings, numbers by value, strings by code units. */
export function comparePointIds(a: PointId, b: PointId): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Best score first, ties by id. */
export function compareHits(a: ScoredPoint, b: ScoredPoint): number {
  return b.score - a.score || comparePointIds(a.id, b.id);
}

/** The `k` best of lists that are each in the order of {@link compareHits}. */
export function mergeHits(lists: readonly (readonly ScoredPoint[])[], k: number): ScoredPoint[] {
  return lists.flat().sort(compareHits).slice(0, k);
}
