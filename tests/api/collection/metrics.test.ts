import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../worker/collection/metrics.js';
import { randomNumbers } from '../../support/vectors.js';
import { errorOf } from '../support/awaitable.js';

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** Prometheus' text format 0.0.4, read strictly: a line that it does not know fails. */
function read(text: string): {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
} {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) [^\\\n]+$/.exec(line);
    if (help !== null) {
      family = help[1] as string;
      expect(types.has(family), `${family} comes twice`).toBe(false);
      continue;
    }
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      expect(type[1]).toBe(family);
      types.set(family, type[2] as string);
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    expect(sample, `a line that is none: ${line}`).not.toBeNull();
    const [, name, labels = '', value] = sample as RegExpExecArray;
    const pairs = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g)];
    expect(pairs.map(([whole]) => whole).join('')).toBe(labels);
    const isHistogram = types.get(family) === 'histogram';
    expect((name as string).replace(isHistogram ? /_(bucket|sum|count)$/ : '', '')).toBe(family);
    const unescaped = (text: string) => text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    const map = new Map(pairs.map(([, key, text]) => [key as string, unescaped(text as string)]));
    expect(map.size).toBe(pairs.length);
    expect(value).toMatch(/^(\+Inf|-?[0-9.]+(e-?[0-9]+)?)$/);
    samples.push({ name: name as string, labels: map, value: Number(value) });
  }
  return { types, samples };
}

describe('metrics', () => {
  it('has latencies by operation', () => {
    const metrics = new Metrics();
    for (const seconds of [0.0001, 0.00015, 0.003, 100]) metrics.observe('search', seconds);
    metrics.observe('upsert', 0.5);
    const { operations } = metrics.snapshot();
    expect(Object.keys(operations)).toEqual(['search', 'upsert']);
    const { count, sum, buckets } = operations.search as NonNullable<(typeof operations)[string]>;
    expect(count).toBe(4);
    expect(sum).toBeCloseTo(100.00325, 9);
    expect(buckets.slice(0, 2)).toEqual([
      { le: 0.0001, count: 1 },
      { le: 0.0002, count: 2 },
    ]);
    expect(buckets.find(({ le }) => le >= 0.003)?.count).toBe(3);
    expect(buckets.at(-1)).toEqual({ le: Number.POSITIVE_INFINITY, count: 4 });
    expect(buckets.at(-2)?.count).toBe(3);
  });

  it('estimates percentiles within their bucket', () => {
    const metrics = new Metrics();
    const next = randomNumbers(1);
    const taken = Array.from({ length: 2000 }, () => 0.0005 * Math.exp(6 * next())).sort((a, b) => a - b);
    for (const seconds of taken) metrics.observe('search', seconds);
    const { p50, p95, p99 } = metrics.snapshot().operations.search ?? { p50: 0, p95: 0, p99: 0 };
    for (const [estimate, share] of [
      [p50, 0.5],
      [p95, 0.95],
      [p99, 0.99],
    ] as const) {
      const exact = taken[Math.ceil(share * taken.length) - 1] as number;
      expect(estimate / exact).toBeGreaterThan(0.5);
      expect(estimate / exact).toBeLessThan(2);
    }
    expect(p50 <= p95 && p95 <= p99 && p99 <= (taken.at(-1) as number)).toBe(true);
  });

  it('has no percentile above the longest call', () => {
    const metrics = new Metrics();
    metrics.observe('search', 0.0009);
    metrics.observe('upsert', 200);
    const { operations } = metrics.snapshot();
    expect(operations.search?.p99).toBeLessThanOrEqual(0.0009);
    expect(operations.search?.p50).toBeGreaterThan(0.0008);
    expect(operations.upsert?.p99).toBeGreaterThan(52);
    expect(operations.upsert?.p99).toBeLessThanOrEqual(200);
  });

  it('has counters and gauges, and a snapshot that stays as it was', () => {
    const metrics = new Metrics();
    metrics.count('cacheHits');
    metrics.count('cacheHits', 2);
    metrics.gauge({ points: 7 });
    const before = metrics.snapshot();
    metrics.count('cacheHits');
    metrics.gauge({ points: 8 });
    metrics.observe('search', 1);
    expect(before.counters).toMatchObject({ cacheHits: 3, errors: 0 });
    expect(before.gauges).toMatchObject({ points: 7, workers: 0 });
    expect(before.operations).toEqual({});
  });

  it('tells the same as text for Prometheus', () => {
    const metrics = new Metrics();
    for (const seconds of [0.00005, 0.01, 99]) metrics.observe('search', seconds);
    metrics.observe('query', 0.2);
    metrics.count('slowQueries', 2);
    metrics.gauge({ memoryBytes: 123456789012 });
    const name = 'a "name"\\with\nall, of={it}';
    const { types, samples } = read(metrics.toPrometheus({ collection: name }));
    expect(types.get('vicinal_operation_seconds')).toBe('histogram');
    expect(types.get('vicinal_slow_queries_total')).toBe('counter');
    expect(types.get('vicinal_memory_bytes')).toBe('gauge');
    for (const { labels } of samples) expect(labels.get('collection')).toBe(name);
    const value = (wanted: string) => samples.find((sample) => sample.name === wanted)?.value;
    expect(value('vicinal_slow_queries_total')).toBe(2);
    expect(value('vicinal_memory_bytes')).toBe(123456789012);
    for (const [operation, count, sum] of [
      ['search', 3, 99.01005],
      ['query', 1, 0.2],
    ] as const) {
      const own = samples.filter(({ labels }) => labels.get('operation') === operation);
      const buckets = own.filter((sample) => sample.name.endsWith('_bucket'));
      const les = buckets.map(({ labels }) => Number(labels.get('le')?.replace('+Inf', 'Infinity')));
      expect(les).toEqual([...les].sort((a, b) => a - b));
      expect(les.at(-1)).toBe(Number.POSITIVE_INFINITY);
      const counts = buckets.map((sample) => sample.value);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      expect(counts.at(-1)).toBe(count);
      expect(own.find((sample) => sample.name.endsWith('_count'))?.value).toBe(count);
      expect(own.find((sample) => sample.name.endsWith('_sum'))?.value).toBeCloseTo(sum, 9);
    }
  });

  it('has text without labels and without a call', () => {
    const { types, samples } = read(new Metrics().toPrometheus());
    expect(samples.length).toBe(types.size);
    expect(samples.every(({ labels, value }) => labels.size === 0 && value === 0)).toBe(true);
  });

  it.each(['', '1a', 'a-b', 'le', 'operation', '__name__', 'a"b'])('takes no label %j', async (label) => {
    const error = await errorOf(() => new Metrics().toPrometheus({ [label]: 'x' }));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
