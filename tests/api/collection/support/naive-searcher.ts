/**
A collection's shards as one list of points, searched naively in double precision: the model of what is below queries.

@module
*/
import { invalidArgument } from '../../../../bindings/api/errors.js';
import type { Metric } from '../../../../bindings/api/types.js';
import type { Filter } from '../../../../worker/collection/filter/types.js';
import {
  bestScore,
  contextScore,
  discoveryScore,
  sumScores,
} from '../../../../worker/collection/query/example-scores.js';
import { compareHits, comparePointIds } from '../../../../worker/collection/query/order.js';
import type {
  LeafRequest,
  Searcher,
  Target,
  VectorPair,
} from '../../../../worker/collection/query/target.js';
import type {
  CollectionOptions,
  OrderBy,
  Payload,
  Point,
  PointId,
  PointRecord,
  ScoredPoint,
  Selected,
  StoredVector,
  WithPayload,
} from '../../../../worker/collection/types.js';
import { naiveScore, randomNumbers } from '../../../support/vectors.js';

interface KeptPoint {
  readonly id: PointId;
  readonly vectors: Map<string, StoredVector>;
  readonly payload: Payload | null;
}

type Vectors = Pick<CollectionOptions, 'dim' | 'metric' | 'vectors' | 'sparseVectors'>;

/** Whether a point matches a filter. */
export type Matches = (filter: Filter, point: { readonly id: PointId; readonly payload: Payload }) => boolean;

/** How a naive searcher differs from the plainest one. */
export interface NaiveOptions {
  /** Default: {@link naiveMatches}. */
  readonly matches?: Matches;
  readonly embed?: (text: string) => Float32Array;
}

export class NaiveSearcher implements Searcher {
  readonly points = new Map<PointId, KeptPoint>();
  /** Every search that was asked for. */
  readonly asked: LeafRequest[] = [];
  private readonly metrics = new Map<string, Metric>();
  private readonly idf = new Map<string, boolean>();
  private readonly options: NaiveOptions;

  constructor(config: Vectors, options: NaiveOptions = {}) {
    this.options = options;
    const dense = config.vectors ?? (config.dim === undefined ? {} : { '': config as { metric?: Metric } });
    for (const [name, { metric = 'cosine' }] of Object.entries(dense)) this.metrics.set(name, metric);
    for (const [name, { modifier }] of Object.entries(config.sparseVectors ?? {})) {
      this.idf.set(name, modifier === 'idf');
    }
  }

  upsert(points: Iterable<Point>): void {
    for (const { id, vector = [], payload = null } of points) {
      const plain = Array.isArray(vector) || ArrayBuffer.isView(vector);
      const named = plain ? { '': vector as Float32Array } : (vector as Record<string, Float32Array>);
      const vectors = new Map<string, StoredVector>();
      for (const [name, given] of Object.entries(named)) {
        if (!plain || given.length > 0) vectors.set(name, this.kept(name, given));
      }
      this.points.set(id, { id, vectors, payload });
    }
  }

  metricOf(using: string): Metric | undefined {
    return this.metrics.get(using);
  }

  kindOf(using: string): 'dense' | 'sparse' {
    if (this.metrics.has(using)) return 'dense';
    if (this.idf.has(using)) return 'sparse';
    throw invalidArgument(`using to be one of ${[...this.metrics.keys(), ...this.idf.keys()]}`, using);
  }

  async embed(text: string): Promise<Float32Array> {
    if (this.options.embed === undefined)
      throw invalidArgument('a collection that was opened with `embed`', text);
    return this.options.embed(text);
  }

  async vectors(ids: readonly PointId[], using: string): Promise<(StoredVector | undefined)[]> {
    return ids.map((id) => this.points.get(id)?.vectors.get(using));
  }

  async retrieve(ids: readonly PointId[], selected: Selected): Promise<PointRecord[]> {
    return ids.flatMap((id) => {
      const point = this.points.get(id);
      return point === undefined ? [] : [record(point, selected)];
    });
  }

  async leaf(request: LeafRequest, signal?: AbortSignal): Promise<ScoredPoint[]> {
    signal?.throwIfAborted();
    this.asked.push(request);
    const { target, using, k, scoreThreshold = Number.NEGATIVE_INFINITY } = request;
    const points = this.matching(request);
    const hit = (point: KeptPoint, score: number, distance = -score): ScoredPoint => ({
      ...record(point, request),
      score,
      distance,
    });
    switch (target.kind) {
      case 'ids':
        return points.slice(0, k).map((point) => hit(point, 1));
      case 'sample': {
        const next = randomNumbers(target.seed);
        const drawn = points.map((point) => ({ point, at: next() })).sort((a, b) => a.at - b.at);
        return drawn.slice(0, k).map(({ point }) => hit(point, 1));
      }
      case 'orderBy':
        return ordered(points, target.orderBy)
          .slice(0, k)
          .map((point) => hit(point, 1));
    }
    const isCosine = target.kind === 'dense' && this.metrics.get(using) === 'cosine';
    return points
      .flatMap((point) => {
        const vector = point.vectors.get(using);
        const score = vector === undefined ? undefined : this.score(target, vector, using);
        return score === undefined ? [] : [hit(point, score, isCosine ? 1 - score : -score)];
      })
      .filter(({ score }) => score >= scoreThreshold)
      .sort(compareHits)
      .slice(0, k);
  }

  /** Points that match, by id. */
  matching({ filter, among, without }: Pick<LeafRequest, 'filter' | 'among' | 'without'>): KeptPoint[] {
    const matches = this.options.matches ?? naiveMatches;
    return [...this.points.values()]
      .filter(({ id }) => among === undefined || among.includes(id))
      .filter(({ id }) => without === undefined || !without.includes(id))
      .filter(({ id, payload }) => filter === undefined || matches(filter, { id, payload: payload ?? {} }))
      .sort((a, b) => comparePointIds(a.id, b.id));
  }

  /** As it is stored: of unit length for the cosine. */
  private kept(name: string, given: unknown): StoredVector {
    if (this.kindOf(name) === 'sparse') {
      const { indices, values } = given as { indices: number[]; values: number[] };
      return { indices: Uint32Array.from(indices), values: Float32Array.from(values) };
    }
    const vector = Float32Array.from(given as number[]);
    if (this.metrics.get(name) !== 'cosine') return vector;
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  }

  /** `undefined` where a sparse vector has nothing in common with the query. */
  private score(target: Target, vector: StoredVector, using: string): number | undefined {
    if (target.kind === 'sparse') {
      const { indices, values } = vector as Exclude<StoredVector, Float32Array>;
      let score: number | undefined;
      target.indices.forEach((index, i) => {
        const at = indices.indexOf(index);
        if (at < 0) return;
        const weight = this.idf.get(using) ? this.rarity(using, index) : 1;
        score = (score ?? 0) + (target.values[i] as number) * weight * (values[at] as number);
      });
      return score;
    }
    const metric = this.metrics.get(using) as Metric;
    const dense = vector as Float32Array;
    if (target.kind === 'dense') return naiveScore(metric, dense, target.vector);
    const similarity = (example: Float32Array) => {
      const score = naiveScore(metric, dense, example);
      return metric === 'euclidean' ? -(score ** 2) : score;
    };
    const pairs = (context: readonly VectorPair[]) =>
      context.map(({ positive, negative }) => ({
        positive: similarity(positive),
        negative: similarity(negative),
      }));
    switch (target.kind) {
      case 'examples': {
        const score = target.strategy === 'best_score' ? bestScore : sumScores;
        return score(target.positive.map(similarity), target.negative.map(similarity));
      }
      case 'discover':
        return discoveryScore(similarity(target.target), pairs(target.context));
      case 'context':
        return contextScore(pairs(target.context));
      default:
        throw new Error(`a naive searcher does not know ${target.kind}`);
    }
  }

  private rarity(using: string, index: number): number {
    const vectors = [...this.points.values()].flatMap(({ vectors: all }) => all.get(using) ?? []);
    const frequency = vectors.filter(
      (vector) => 'indices' in vector && vector.indices.includes(index),
    ).length;
    return Math.log((vectors.length - frequency + 0.5) / (frequency + 0.5) + 1);
  }
}

function record({ id, payload, vectors }: KeptPoint, { withPayload, withVector }: Selected): PointRecord {
  const names = withVector === true ? [...vectors.keys()] : withVector || [];
  const plain = vectors.get('') instanceof Float32Array;
  const named = Object.fromEntries(
    names.flatMap((name) => (vectors.has(name) ? [[name, vectors.get(name)]] : [])),
  );
  return {
    id,
    ...(withPayload && { payload: payload === null ? null : selectedPayload(payload, withPayload) }),
    ...(withVector && { vector: (plain ? vectors.get('') : named) as Float32Array }),
  };
}

/** Dotted paths into objects. */
export function selectedPayload(payload: Payload, selected: WithPayload): Payload {
  if (typeof selected === 'boolean') return selected ? payload : {};
  const isExclude = 'exclude' in selected;
  const paths = isExclude ? selected.exclude : 'include' in selected ? selected.include : selected;
  const visit = (value: Payload, prefix: string): Payload =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        const path = `${prefix}${key}`;
        if (paths.includes(path)) return isExclude ? [] : [[key, inner]];
        if (!paths.some((other) => other.startsWith(`${path}.`))) return isExclude ? [[key, inner]] : [];
        return [[key, visit(inner as Payload, `${path}.`)]];
      }),
    );
  return visit(payload, '');
}

/** Each point once for each of its values. */
function ordered(points: readonly KeptPoint[], { key, direction = 'asc', startFrom }: OrderBy): KeptPoint[] {
  const sign = direction === 'asc' ? 1 : -1;
  const number = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : value);
  const start = number(startFrom) as number | undefined;
  return points
    .flatMap((point) =>
      [...new Set(valuesOf(point.payload ?? {}, key).map(number))]
        .filter((value): value is number => typeof value === 'number' && !Number.isNaN(value))
        .map((value) => ({ point, value: sign * value })),
    )
    .filter(({ value }) => start === undefined || value >= sign * start)
    .sort((a, b) => a.value - b.value)
    .map(({ point }) => point);
}

/** Values at a dotted path, arrays taken apart. */
export function valuesOf(payload: Payload, path: string): readonly unknown[] {
  let value: unknown = payload;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value === undefined || value === null ? [] : [value].flat();
}

/** The commonest conditions. */
export const naiveMatches: Matches = (filter, point) => {
  const {
    must = [],
    should = [],
    must_not = [],
  } = filter as { must?: unknown[]; should?: unknown[]; must_not?: unknown[] };
  const holds = (condition: unknown): boolean => {
    const { key, match, range, has_id, is_empty } = condition as Record<string, Record<string, unknown>>;
    if (has_id !== undefined) return (has_id as unknown as PointId[]).includes(point.id);
    if (is_empty !== undefined) return valuesOf(point.payload, is_empty.key as string).length === 0;
    if (key === undefined) return naiveMatches(condition as Filter, point);
    const values = valuesOf(point.payload, key as unknown as string);
    if (range !== undefined) {
      const { gt, gte, lt, lte } = range as Record<string, number>;
      return values.some(
        (value) =>
          typeof value === 'number' &&
          (gt === undefined || value > gt) &&
          (gte === undefined || value >= gte) &&
          (lt === undefined || value < lt) &&
          (lte === undefined || value <= lte),
      );
    }
    const { value: wanted, any, except } = match as { value?: unknown; any?: unknown[]; except?: unknown[] };
    if (any !== undefined) return values.some((value) => any.includes(value));
    if (except !== undefined) return values.some((value) => !except.includes(value));
    return values.includes(wanted);
  };
  return (
    must.every(holds) &&
    (should.length === 0 || should.some(holds)) &&
    !must_not.some((condition) => holds(condition))
  );
};
