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
from one shard to another, counts where it is best; one that is in a list several times, as several values of a field
order it, counts as often.
*/
export function mergeHits(lists: readonly (readonly ScoredPoint[])[], k: number): ScoredPoint[] {
  const hits = lists.flat().sort(compareHits);
  if (lists.length < 2) return hits.slice(0, k);
  // Of each hit, the list it comes from; of each point, the list where it is best.
  const listOf = new Map(lists.flatMap((list, index) => list.map((hit) => [hit, index])));
  const listOfId = new Map<PointId, number | undefined>();
  return hits
    .filter((hit) => {
      const list = listOf.get(hit);
      if (!listOfId.has(hit.id)) listOfId.set(hit.id, list);
      return listOfId.get(hit.id) === list;
    })
    .slice(0, k);
}
