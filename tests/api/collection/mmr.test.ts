/** Maximal marginal relevance against its definition, written plainly. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maximalMarginalRelevance } from '../../../worker/collection/query/mmr.js';

function plainly(relevance: number[], diversity: number, k: number, similarity: number[][]): number[] {
  const chosen: number[] = [];
  while (chosen.length < Math.min(k, relevance.length)) {
    const worth = relevance.map((near, i) => {
      if (chosen.includes(i)) return Number.NEGATIVE_INFINITY;
      if (chosen.length === 0) return near;
      const nearest = Math.max(...chosen.map((j) => similarity[j]?.[i] as number));
      return (1 - diversity) * near - diversity * nearest;
    });
    chosen.push(worth.indexOf(Math.max(...worth)));
  }
  return chosen;
}

it('chooses as its definition does, asking for the similarities of each choice but the last once', async () => {
  const scenario = fc.integer({ min: 0, max: 9 }).chain((count) =>
    fc.record({
      relevance: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: count, maxLength: count }),
      similarity: fc.array(
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: count, maxLength: count }),
        {
          minLength: count,
          maxLength: count,
        },
      ),
      diversity: fc.constantFrom(0, 0.25, 0.5, 1),
      k: fc.integer({ min: 1, max: 10 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(scenario, async ({ relevance, similarity, diversity, k }) => {
      const asked: number[] = [];
      const chosen = await maximalMarginalRelevance(relevance, diversity, k, async (position) => {
        asked.push(position);
        return similarity[position] as number[];
      });
      expect(chosen).toEqual(plainly(relevance, diversity, k, similarity));
      expect(asked).toEqual(chosen.slice(0, -1));
    }),
    { seed: 1 },
  );
});
