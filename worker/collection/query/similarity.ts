/**
How like two vectors are: what the scores of examples are made of.

@module
*/
import type { Metric } from '../../../bindings/api/types.js';

/** The score, larger for the more alike; under `euclidean` less the squared distance. Under `cosine` of unit vectors. */
export function similarity(metric: Metric, a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (metric === 'euclidean') sum -= (x - y) ** 2;
    else if (metric === 'manhattan') sum -= Math.abs(x - y);
    else sum += x * y;
  }
  return sum;
}
