/**
How a hit's nearness is written and drawn, by the metric.

@module
*/
import type { Metric, SearchHit } from 'vicinal/worker';

interface Scale {
  /** What the number is. */
  readonly name: string;
  readonly value: (hit: SearchHit) => number;
  /** Length of a hit's bar, 0 to 1, beside the best hit. */
  readonly part: (hit: SearchHit, best: SearchHit) => number;
}

const similarity = (name: string): Scale => ({
  name,
  value: ({ score }) => score,
  part: ({ score }, best) => (best.score > 0 ? Math.max(0, score / best.score) : 0),
});

const distance = (name: string): Scale => ({
  name,
  value: (hit) => hit.distance,
  part: (hit, best) => (hit.distance > 0 ? best.distance / hit.distance : 1),
});

export const scales: Readonly<Record<Metric, Scale>> = {
  cosine: similarity('cosine similarity'),
  euclidean: distance('euclidean distance'),
  manhattan: distance('manhattan distance'),
  dot: similarity('inner product'),
};

/** Four significant digits tell neighbors apart. */
export function scoreText(metric: Metric, hit: SearchHit): string {
  const value = scales[metric].value(hit);
  const digits = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return value.toFixed(digits);
}
