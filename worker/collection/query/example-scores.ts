/**
Scores of a point from its similarities to examples, by Qdrant's formulas.

A similarity is larger when nearer: the cosine, the inner product, the negative L1 distance, the negative **squared** L2
distance.

@module
*/

/** A point's similarities to the two examples of a pair. */
export interface PairSimilarity {
  readonly positive: number;
  readonly negative: number;
}

/** Differences up to the precision of float32 are none. */
const epsilon = 2 ** -23;

/** -1 to 1, without exponentials. */
const fastSigmoid = (x: number): number => x / (1 + Math.abs(x));

/** 0 to 1: the order of similarities, but bounded. */
const scaledSigmoid = (x: number): number => 0.5 * (fastSigmoid(x) + 1);

/** `best_score`: by the nearest example; above 0 where it is a positive one, below 0 where it is a negative one. */
export function bestScore(positive: readonly number[], negative: readonly number[]): number {
  const nearest = Math.max(...positive);
  const nearestNegative = Math.max(...negative);
  return nearest > nearestNegative ? scaledSigmoid(nearest) : -scaledSigmoid(nearestNegative);
}

/** `sum_scores`: similarities to positive examples, less those to negative ones. */
export function sumScores(positive: readonly number[], negative: readonly number[]): number {
  return sum(positive) - sum(negative);
}

/** Discovery: for each pair 1 or -1, by which of its examples is nearer; among equals, by the target: 0 to 1. */
export function discoveryScore(target: number, context: readonly PairSimilarity[]): number {
  return sum(context.map(({ positive, negative }) => Math.sign(positive - negative))) + scaledSigmoid(target);
}

/** Context: 0 where all positive examples are nearer than the negative ones of their pairs, else below 0. */
export function contextScore(context: readonly PairSimilarity[]): number {
  return sum(
    context.map(({ positive, negative }) => fastSigmoid(Math.min(positive - negative - epsilon, 0))),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
