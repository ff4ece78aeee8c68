/** Fusion, merging and the order of points: examples, and what holds for all lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  distributionBasedScoreFusion,
  reciprocalRankFusion,
} from '../../../worker/collection/query/fusion.js';
import { compareHits, comparePointIds, mergeHits } from '../../../worker/collection/query/order.js';
import type { ScoredPoint } from '../../../worker/collection/types.js';

const hit = (id: number | string, score: number): ScoredPoint => ({ id, score, distance: -score });
const list = (...ids: (number | string)[]) => ids.map((id, rank) => hit(id, 10 - rank));

const pointIds = fc.oneof(fc.nat(30), fc.string({ minLength: 1, maxLength: 2 }));
const hitLists = fc.array(
  fc
    .uniqueArray(
      fc.record({ id: pointIds, score: fc.integer({ min: -8, max: 8 }).map((score) => score / 4) }),
      { selector: ({ id }) => id, maxLength: 12 },
    )
    .map((hits) => hits.map(({ id, score }) => hit(id, score)).sort(compareHits)),
  { maxLength: 4 },
);

describe('the order of points', () => {
  it('has numbers before strings, numbers by value, strings by code units', () => {
    const ids = ['b', 10, 'B', 9, 'é', '10', 0, 'a\u{1F600}', 'a\uFFFF'];
    const expected = [0, 9, 10, '10', 'B', 'a\u{1F600}', 'a\uFFFF', 'b', 'é'];
    expect([...ids].sort(comparePointIds)).toEqual(expected);
  });

  it('is the same for lists merged and for all hits sorted, each point once', () => {
    fc.assert(
      fc.property(hitLists, fc.nat(20), (lists, k) => {
        const sorted = [...lists.flat()].sort((a, b) =>
          a.score === b.score ? comparePointIds(a.id, b.id) : b.score - a.score,
        );
        // A point that moves between shards may be in two of the lists.
        const once = sorted.filter(({ id }, place) => sorted.findIndex((other) => other.id === id) === place);
        expect(mergeHits(lists, k)).toEqual(once.slice(0, k));
      }),
      { seed: 1 },
    );
  });
});

describe('lists merged', () => {
  it('count a point as often as the list has it where it is best', () => {
    const twice = [hit(1, 5), hit(2, 4), hit(1, 3)];
    expect(mergeHits([twice, [hit(3, 4)]], 9)).toEqual([hit(1, 5), hit(2, 4), hit(3, 4), hit(1, 3)]);
    expect(mergeHits([twice, [hit(1, 4), hit(1, 2)]], 3)).toEqual(twice);
    expect(mergeHits([twice], 2)).toEqual([hit(1, 5), hit(2, 4)]);
  });
});

describe('reciprocal rank fusion', () => {
  it('adds 1 / (2 + rank)', () => {
    const fused = reciprocalRankFusion([list('a', 'b'), list('b', 'c')]);
    expect(fused).toEqual([hit('b', 1 / 3 + 1 / 2), hit('a', 1 / 2), hit('c', 1 / 3)]);
  });

  it('has lists of weight 0 count nothing, and larger weights more', () => {
    const weighted = reciprocalRankFusion([list('a'), list('b'), list('c')], 2, [0, 1, 2]);
    expect(weighted).toEqual([hit('c', 1 / 1.5), hit('b', 1 / 2), hit('a', 0)]);
  });

  it('has every point once, best first, the same for any order of the lists', () => {
    fc.assert(
      fc.property(hitLists, fc.integer({ min: 1, max: 60 }), (lists, k) => {
        const fused = reciprocalRankFusion(lists, k);
        expect(new Set(fused.map(({ id }) => id))).toEqual(new Set(lists.flat().map(({ id }) => id)));
        expect(fused).toEqual([...fused].sort(compareHits));
        const turned = reciprocalRankFusion([...lists].reverse(), k);
        const scores = new Map(turned.map(({ id, score }) => [id, score]));
        for (const { id, score } of fused) expect(scores.get(id)).toBeCloseTo(score, 12);
        for (const { score } of fused) expect(score).toBeLessThanOrEqual(lists.length / k);
      }),
      { seed: 2 },
    );
  });

  it('is that of lists without weights where all weights are 1', () => {
    fc.assert(
      fc.property(hitLists, (lists) => {
        const ones = lists.map(() => 1);
        expect(reciprocalRankFusion(lists, 2, ones)).toEqual(reciprocalRankFusion(lists));
      }),
      { seed: 3 },
    );
  });
});

describe('distribution-based score fusion', () => {
  it('has a mean of 0.5, and 1 at 3 standard deviations', () => {
    // Mean 2, deviation 1.
    const fused = distributionBasedScoreFusion([[hit('a', 3), hit('b', 2), hit('c', 1)]]);
    expect(fused.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    [0.5 + 1 / 6, 0.5, 0.5 - 1 / 6].forEach((score, i) => {
      expect(fused[i]?.score).toBeCloseTo(score, 12);
    });
  });

  it('has 0.5 for lists of one hit, or of one score', () => {
    const lists = [[hit('a', 900)], [hit('a', -3), hit('b', -3)], []];
    expect(distributionBasedScoreFusion(lists)).toEqual([hit('a', 1), hit('b', 0.5)]);
    const even = [hit('a', 0.1), hit('b', 0.1), hit('c', 0.1)];
    expect(distributionBasedScoreFusion([even])).toEqual([hit('a', 0.5), hit('b', 0.5), hit('c', 0.5)]);
  });

  it('is nothing to the scale of scores', () => {
    fc.assert(
      fc.property(
        hitLists,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        (lists, factor, added) => {
          const other = lists.map((hits) => hits.map(({ id, score }) => hit(id, score * factor + added)));
          const scores = new Map(distributionBasedScoreFusion(other).map(({ id, score }) => [id, score]));
          for (const { id, score } of distributionBasedScoreFusion(lists)) {
            expect(scores.get(id)).toBeCloseTo(score, 9);
          }
        },
      ),
      { seed: 4 },
    );
  });
});
