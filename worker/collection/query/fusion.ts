/**
Several lists of hits as one, by what a hit is worth in each of them.

Sources: Cormack, Clarke, Buettcher. Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods.
SIGIR 2009. Mazzeschi. Distribution-Based Score Fusion. 2023. Both with the constants of Qdrant.

@module
*/
import type { PointId, ScoredPoint } from '../types.js';
import { mergeHits } from './order.js';

type Hits = readonly ScoredPoint[];

/** Qdrant's default of `k` in 1 / (k + rank), ranks from 0. */
export const rrfConstant = 2;

/**
Reciprocal rank fusion: the sum over lists of `1 / (k - 1 + (rank + 1) / weight)`, ranks from 0.

@param weights - One a list, 0 or more: a list of weight 3 counts as if its hits stood three times as near to the top.
Default: 1.
@returns Hits without payload and vectors, best first, ties by id.
*/
export function reciprocalRankFusion(
  lists: readonly Hits[],
  k = rrfConstant,
  weights?: readonly number[],
): ScoredPoint[] {
  return fuse(lists, (_, rank, list) => {
    const weight = weights?.[list] ?? 1;
    return weight === 0 ? 0 : 1 / ((rank + 1) / weight + k - 1);
  });
}

/**
Distribution-based score fusion: the sum of scores of which each list's mean is 0.5, and 3 standard deviations from it
are 0 and 1. In a list of one score alone they are 0.5.

@returns Hits without payload and vectors, best first, ties by id.
*/
export function distributionBasedScoreFusion(lists: readonly Hits[]): ScoredPoint[] {
  const scales = lists.map((hits) => {
    const mean = hits.reduce((sum, { score }) => sum + score, 0) / hits.length;
    const squares = hits.reduce((sum, { score }) => sum + (score - mean) ** 2, 0);
    // Of equal scores the sum of squares may be just above 0.
    const isEven = hits.every(({ score }) => score === hits[0]?.score);
    const deviation = isEven ? 0 : Math.sqrt(squares / (hits.length - 1));
    return { low: mean - 3 * deviation, range: 6 * deviation };
  });
  return fuse(lists, (score, _, list) => {
    const { low, range } = scales[list] as { low: number; range: number };
    return range === 0 ? 0.5 : (score - low) / range;
  });
}

function fuse(
  lists: readonly Hits[],
  worth: (score: number, rank: number, list: number) => number,
): ScoredPoint[] {
  const scores = new Map<PointId, number>();
  lists.forEach((hits, list) => {
    hits.forEach(({ id, score }, rank) => {
      scores.set(id, (scores.get(id) ?? 0) + worth(score, rank, list));
    });
  });
  return mergeHits([Array.from(scores, ([id, score]) => ({ id, score, distance: -score }))], scores.size);
}
