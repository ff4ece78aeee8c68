/**
How often a collection was asked what, how long it took, and how large it is: as an object, and as text for Prometheus.

@module
*/
import { invalidArgument } from '../../bindings/api/errors.js';

/** Calls up to a latency. */
export interface LatencyBucket {
  /** Seconds at most. */
  readonly le: number;
  /** Calls that took so long or less. */
  readonly count: number;
}

/** How long calls of one kind took. */
export interface LatencyHistogram {
  /** Calls. */
  readonly count: number;
  /** Seconds of all calls together. */
  readonly sum: number;
  /** Calls that took `le` seconds or less, ascending; the last `le` is `Infinity`. */
  readonly buckets: readonly LatencyBucket[];
  /** Seconds within which half of the calls ended: an estimate from the buckets. */
  readonly p50: number;
  /** As `p50`, of 95 %. */
  readonly p95: number;
  /** As `p50`, of 99 %. */
  readonly p99: number;
}

/** What only grows. */
export interface MetricsCounters {
  /** Calls that failed. */
  readonly errors: number;
  /** Calls that took longer than `slowQueryMs`. */
  readonly slowQueries: number;
  /** Queries that were answered from the cache. */
  readonly cacheHits: number;
  /** Queries that were not. */
  readonly cacheMisses: number;
}

/** What is so now. */
export interface MetricsGauges {
  /** Points. */
  readonly points: number;
  /** Vectors, of all names. */
  readonly vectors: number;
  /** Workers that run. */
  readonly workers: number;
  /** Bytes of the workers' modules. */
  readonly memoryBytes: number;
  /** Bytes of hits that are kept for the same question. */
  readonly cacheBytes: number;
}

/** Figures of a collection since it was opened. */
export interface MetricsSnapshot {
  /** By the name of the call: `search`, `upsert`, ... Those that were called. */
  readonly operations: { readonly [operation: string]: LatencyHistogram };
  /** What only grows. */
  readonly counters: MetricsCounters;
  /** What is so now. */
  readonly gauges: MetricsGauges;
}

/** Upper ends of buckets in seconds: 0.1 ms, and twice as much from one to the next, to 52 s. */
const bounds: readonly number[] = Array.from({ length: 20 }, (_, i) => 2 ** i / 10_000);

const counterHelp: Readonly<Record<keyof MetricsCounters, readonly [name: string, help: string]>> = {
  errors: ['errors_total', 'Calls that failed.'],
  slowQueries: ['slow_queries_total', 'Calls that took longer than slowQueryMs.'],
  cacheHits: ['query_cache_hits_total', 'Queries that were answered from the cache.'],
  cacheMisses: ['query_cache_misses_total', 'Queries that were not answered from the cache.'],
};

const gaugeHelp: Readonly<Record<keyof MetricsGauges, readonly [name: string, help: string]>> = {
  points: ['points', 'Points.'],
  vectors: ['vectors', 'Vectors, of all names.'],
  workers: ['workers', 'Workers that run.'],
  memoryBytes: ['memory_bytes', "Bytes of the workers' modules."],
  cacheBytes: ['query_cache_bytes', 'Bytes of hits that are kept for the same question.'],
};

interface Latencies {
  /** Calls of each bucket alone; one more than there are bounds. */
  readonly counts: number[];
  sum: number;
  max: number;
}

/** Figures as they are gathered. */
export class Metrics {
  private readonly latencies = new Map<string, Latencies>();
  private readonly counters = zeros(counterHelp);
  private readonly gauges = zeros(gaugeHelp);

  /** A call of `operation` ended after so many seconds. */
  observe(operation: string, seconds: number): void {
    let latencies = this.latencies.get(operation);
    if (latencies === undefined) {
      latencies = { counts: [...bounds, Infinity].map(() => 0), sum: 0, max: 0 };
      this.latencies.set(operation, latencies);
    }
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? bounds.length : bucket;
    latencies.counts[index] = (latencies.counts[index] ?? 0) + 1;
    latencies.sum += seconds;
    latencies.max = Math.max(latencies.max, seconds);
  }

  /** Add to what only grows. */
  count(name: keyof MetricsCounters, by = 1): void {
    this.counters[name] += by;
  }

  /** Set what is so now. */
  gauge(values: Partial<MetricsGauges>): void {
    Object.assign(this.gauges, values);
  }

  /** The figures so far. */
  snapshot(): MetricsSnapshot {
    const operations = Object.fromEntries(
      Array.from(this.latencies, ([name, latencies]) => [name, histogramOf(latencies)]),
    );
    return { operations, counters: { ...this.counters }, gauges: { ...this.gauges } };
  }

  /**
  The figures so far, in Prometheus' text format 0.0.4.

  @param labels - That every line bears: `{ collection: 'movies' }`. Names of letters, digits and `_`, other than
  `operation` and `le`; any values.
  */
  toPrometheus(labels: Readonly<Record<string, string>> = {}): string {
    for (const [label, value] of Object.entries(labels)) {
      if (typeof value !== 'string') throw invalidArgument(`label ${label} to be a string`, value);
      if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label === 'operation' || label === 'le')
        throw invalidArgument('labels of letters, digits and _, other than operation and le', label);
    }
    const lines: string[] = [];
    const family = (name: string, type: string, help: string) =>
      lines.push(`# HELP vicinal_${name} ${help}`, `# TYPE vicinal_${name} ${type}`);
    const sample = (name: string, value: number, own: Readonly<Record<string, string>> = {}) =>
      lines.push(`vicinal_${name}${labelText({ ...labels, ...own })} ${value}`);

    const { operations, counters, gauges } = this.snapshot();
    if (this.latencies.size > 0) family('operation_seconds', 'histogram', 'Seconds that calls took.');
    for (const [operation, { buckets, sum, count }] of Object.entries(operations)) {
      for (const bucket of buckets) {
        const le = bucket.le === Infinity ? '+Inf' : String(bucket.le);
        sample('operation_seconds_bucket', bucket.count, { operation, le });
      }
      sample('operation_seconds_sum', sum, { operation });
      sample('operation_seconds_count', count, { operation });
    }
    for (const [type, helps, values] of [
      ['counter', counterHelp, counters],
      ['gauge', gaugeHelp, gauges],
    ] as const) {
      for (const [key, [name, help]] of Object.entries(helps)) {
        family(name, type, help);
        sample(name, (values as unknown as Record<string, number>)[key] ?? 0);
      }
    }
    return `${lines.join('\n')}\n`;
  }
}

function zeros<Key extends string>(names: Readonly<Record<Key, unknown>>): Record<Key, number> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, 0])) as Record<Key, number>;
}

function histogramOf({ counts, sum, max }: Latencies): LatencyHistogram {
  let count = 0;
  const buckets = counts.map((own, i) => {
    count += own;
    return { le: bounds[i] ?? Infinity, count };
  });
  // As Prometheus' histogram_quantile: within its bucket a call may have taken any time, one as likely as another.
  const quantile = (share: number): number => {
    if (count === 0) return 0;
    const rank = share * count;
    const i = buckets.findIndex((bucket) => bucket.count >= rank);
    const low = bounds[i - 1] ?? 0;
    const high = Math.min(bounds[i] ?? max, max);
    const below = buckets[i - 1]?.count ?? 0;
    return low + ((high - low) * (rank - below)) / (counts[i] ?? 1);
  };
  return { count, sum, buckets, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
    return `${name}="${escaped}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}
