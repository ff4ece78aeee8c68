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

/**
The `k` best of lists that are each in the order of {@link compareHits}. A point that is in several lists, since it moves
from one shard to another, counts once, where it is best.
*/
export function mergeHits(lists: readonly (readonly ScoredPoint[])[], k: number): ScoredPoint[] {
  const hits = lists.flat().sort(compareHits);
  if (lists.length < 2) return hits.slice(0, k);
  const ids = new Set<PointId>();
  return hits.filter(({ id }) => ids.size < k && ids.size < ids.add(id).size);
}
