/**
Metrics and poolings by name, and their numbers inside the module (src/base/metric.h, src/embedding/pooling.h).

@module
*/
import { invalidArgument } from './errors.js';
import type { Metric } from './types.js';

const metricNames: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];

const poolingNames = ['mean', 'max', 'sum', 'weighted'] as const;

/** An operation that pools rows. */
export type Pooling = (typeof poolingNames)[number];

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function metricNumber(metric: Metric): number {
  const number = metricNames.indexOf(metric);
  if (number < 0) throw invalidArgument(`the metric to be one of ${metricNames.join(', ')}`, metric);
  return number;
}

export function metricName(number: number): Metric {
  return metricNames[number] as Metric;
}

export function poolingNumber(pooling: Pooling): number {
  return poolingNames.indexOf(pooling);
}

export function isPooling(operation: string): operation is Pooling {
  return (poolingNames as readonly string[]).includes(operation);
}
