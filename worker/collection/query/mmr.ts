/**
Maximal marginal relevance: hits that are near to the query, and not near to one another.

Based on: Carbonell, Goldstein. The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing
Summaries. SIGIR 1998.

@module
*/

/**
Which candidates are chosen, in the order of the choice; among equals the first.

@param relevance - `[count]` similarities to the query.
@param diversity - 0: relevance alone; 1: diversity alone, after the first.
@param k - Most candidates.
@param similarities - `[count]` similarities of all candidates to the one at this position. Asked for at most `k - 1`
times, in turn.
*/
export async function maximalMarginalRelevance(
  relevance: readonly number[],
  diversity: number,
  k: number,
  similarities: (position: number) => Promise<readonly number[]>,
): Promise<number[]> {
  const chosen: number[] = [];
  const left = new Set(relevance.keys());
  // Of each candidate: its similarity to the nearest that is chosen.
  const nearest = relevance.map(() => Number.NEGATIVE_INFINITY);
  while (chosen.length < k && left.size > 0) {
    let best = -1;
    let bestWorth = Number.NEGATIVE_INFINITY;
    for (const position of left) {
      const near = relevance[position] as number;
      const worth =
        chosen.length === 0 ? near : (1 - diversity) * near - diversity * (nearest[position] as number);
      if (best < 0 || worth > bestWorth) {
        best = position;
        bestWorth = worth;
      }
    }
    chosen.push(best);
    left.delete(best);
    if (chosen.length === k || left.size === 0) break;
    const similar = await similarities(best);
    for (const position of left) {
      nearest[position] = Math.max(nearest[position] as number, similar[position] as number);
    }
  }
  return chosen;
}
