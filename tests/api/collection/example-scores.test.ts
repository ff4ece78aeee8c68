/** Scores from similarities to examples, and the vectors that stand for examples. Figures are Qdrant's, by hand. */
import { describe, expect, it } from 'vitest';
import { averageSparse, averageVector } from '../../../worker/collection/query/average-vector.js';
import {
  bestScore,
  contextScore,
  discoveryScore,
  sumScores,
} from '../../../worker/collection/query/example-scores.js';
import { errorOf } from '../support/awaitable.js';

const sigmoid = (x: number) => 0.5 * (x / (1 + Math.abs(x)) + 1);

describe('scores by examples', () => {
  it('has best_score above 0 by the nearest positive example, else below 0', () => {
    expect(bestScore([0.2, 0.7], [0.6])).toBe(sigmoid(0.7));
    expect(bestScore([0.2], [0.6, -3])).toBe(-sigmoid(0.6));
    expect(bestScore([0.5], [0.5])).toBe(-sigmoid(0.5));
    expect(bestScore([-9], [])).toBe(sigmoid(-9));
    expect(bestScore([], [-9])).toBe(-sigmoid(-9));
  });

  it('has sum_scores add and subtract', () => {
    expect(sumScores([1, 2], [0.5])).toBe(2.5);
    expect(sumScores([], [0.5, 1])).toBe(-1.5);
  });

  it('has discovery count pairs first', () => {
    const won = { positive: 2, negative: 1 };
    const lost = { positive: 1, negative: 2 };
    const even = { positive: 1, negative: 1 };
    expect(discoveryScore(4, [won, won, lost, even])).toBe(1 + sigmoid(4));
    expect(discoveryScore(-4, [])).toBe(sigmoid(-4));
  });

  it('has the context at 0 where every pair is won, and lower the farther it is from that', () => {
    expect(contextScore([{ positive: 2, negative: 1 }])).toBe(0);
    const near = contextScore([{ positive: 1, negative: 1.5 }]);
    expect(near).toBeCloseTo(-0.5 / 1.5, 6);
    expect(
      contextScore([
        { positive: 1, negative: 1.5 },
        { positive: 0, negative: 9 },
      ]),
    ).toBeLessThan(near);
    expect(contextScore([{ positive: 1, negative: 1 }])).toBeLessThan(0);
  });
});

describe('the average of examples', () => {
  it('moves away from negative ones', () => {
    const [a, b, c] = [Float32Array.of(1, 2), Float32Array.of(3, -2), Float32Array.of(4, 8)];
    expect(averageVector([a, b], [])).toEqual(Float32Array.of(2, 0));
    expect(averageVector([a, b], [c, a])).toEqual(Float32Array.of(4 - 2.5, 0 - 5));
  });

  it('is of vectors of one length', async () => {
    const error = await errorOf(() => averageVector([Float32Array.of(1)], [Float32Array.of(1, 2)]));
    expect(error).toMatchObject({ code: 'DIMENSION_MISMATCH', expected: 1, actual: 2 });
  });

  it('has of sparse ones every dimension of any', () => {
    const sparse = (indices: number[], values: number[]) => ({
      indices: Uint32Array.from(indices),
      values: Float32Array.from(values),
    });
    const positive = [sparse([7, 1], [1, 2]), sparse([1, 9], [4, 2])];
    expect(averageSparse(positive, [])).toEqual(sparse([1, 7, 9], [3, 0.5, 1]));
    expect(averageSparse(positive, [sparse([0, 1], [1, 1])])).toEqual(sparse([0, 1, 7, 9], [-1, 5, 1, 2]));
  });
});
