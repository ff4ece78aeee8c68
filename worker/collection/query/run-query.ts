/**
Queries as in Qdrant's Query API: searches of all shards, and how their hits become one list.

- Examples that are ids are looked up first. No point that is an example anywhere in a query is among its hits.
- A filter holds for everything that was prefetched beneath it.
- What was prefetched is fused, or else searched again, among its points alone.
- Payloads and vectors are fetched once, for the last list.

@module
*/
import { invalidArgument, invalidState, VectorSearchError } from '../../../bindings/api/errors.js';
import type { Filter } from '../filter/types.js';
import type { PointId, ScoredPoint, StoredVector } from '../types.js';
import { averageSparse, averageVector, type SparseArrays } from './average-vector.js';
import {
  type CheckedQuery,
  type CheckedRequest,
  checkQueryRequest,
  checkRecommendRequest,
  type Example,
  type ExamplePair,
  type Stage,
} from './check-query.js';
import { distributionBasedScoreFusion, reciprocalRankFusion } from './fusion.js';
import { maximalMarginalRelevance } from './mmr.js';
import { similarity } from './similarity.js';
import type { LeafRequest, Searcher, Target, VectorPair } from './target.js';
import type { QueryRequest, RecommendRequest } from './types.js';

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`, `NOT_SUPPORTED`, `NOT_FOUND`, or what a search throws. */
export async function runQuery(
  request: QueryRequest,
  searcher: Searcher,
  signal?: AbortSignal,
): Promise<ScoredPoint[]> {
  return runChecked(checkQueryRequest(request), searcher, signal);
}

/** As {@link runQuery}: points like some, and unlike others. */
export async function runRecommend(
  request: RecommendRequest,
  searcher: Searcher,
  signal?: AbortSignal,
): Promise<ScoredPoint[]> {
  return runChecked(checkRecommendRequest(request), searcher, signal);
}

export async function runChecked(
  { stage, offset, withPayload, withVector }: CheckedRequest,
  searcher: Searcher,
  signal?: AbortSignal,
): Promise<ScoredPoint[]> {
  const stored = await lookUp(stage, searcher, signal);
  const run = new QueryRun(searcher, stored, signal);
  // A random order has no beginning that could be left out.
  const skipped = stage.query.kind === 'sample' && stage.prefetch.length === 0 ? 0 : offset;
  const selected = { withPayload, withVector };
  const hits = await run.stage({ ...stage, k: stage.k + skipped }, undefined, selected);
  return hits.slice(skipped);
}

type Selection = Pick<LeafRequest, 'withPayload' | 'withVector'>;

const nothing: Selection = { withPayload: false, withVector: false };

/** Vectors of the examples that are ids: by the name of the vector, then by id. */
type StoredVectors = ReadonlyMap<string, ReadonlyMap<PointId, StoredVector>>;

async function lookUp(stage: Stage, searcher: Searcher, signal?: AbortSignal): Promise<StoredVectors> {
  const idsByName = new Map<string, Set<PointId>>();
  const visit = ({ query, using, prefetch }: Stage) => {
    for (const example of examplesOf(query)) {
      if (example.kind !== 'id') continue;
      const ids = idsByName.get(using) ?? new Set();
      idsByName.set(using, ids.add(example.id));
    }
    prefetch.forEach(visit);
  };
  visit(stage);
  const found = Array.from(idsByName, async ([using, idSet]) => {
    // A text index has no vectors to look up, and takes no examples.
    const ids = searcher.kindOf(using) === 'text' ? [] : [...idSet];
    const vectors = ids.length === 0 ? [] : await searcher.vectors(ids, using, signal);
    const byId = new Map<PointId, StoredVector>();
    ids.forEach((id, i) => {
      const vector = vectors[i];
      if (vector === undefined)
        throw new VectorSearchError(
          'NOT_FOUND',
          using ? `point with the vector "${using}"` : 'point with a vector',
          id,
        );
      byId.set(id, vector);
    });
    return [using, byId] as const;
  });
  return new Map(await Promise.all(found));
}

function examplesOf(query: CheckedQuery): readonly Example[] {
  switch (query.kind) {
    case 'nearest':
      return [query.example];
    case 'recommend':
      return [...query.positive, ...query.negative];
    case 'discover':
      return [query.target, ...query.context.flatMap(bothOf)];
    case 'context':
      return query.context.flatMap(bothOf);
    default:
      return [];
  }
}

const bothOf = ({ positive, negative }: ExamplePair): readonly Example[] => [positive, negative];

/** One query while it runs. */
class QueryRun {
  private readonly searcher: Searcher;
  private readonly stored: StoredVectors;
  private readonly signal: AbortSignal | undefined;
  private readonly without: readonly PointId[];

  constructor(searcher: Searcher, stored: StoredVectors, signal: AbortSignal | undefined) {
    this.searcher = searcher;
    this.stored = stored;
    this.signal = signal;
    this.without = [...new Set([...stored.values()].flatMap((byId) => [...byId.keys()]))];
  }

  /** `above`: what all filters above ask for. */
  async stage(stage: Stage, above: Filter | undefined, selected: Selection): Promise<ScoredPoint[]> {
    const filter = bothFilters(above, stage.filter);
    const { query, k, scoreThreshold } = stage;
    const lists = await Promise.all(stage.prefetch.map((inner) => this.stage(inner, filter, nothing)));
    if (query.kind === 'rrf' || query.kind === 'dbsf') {
      const fused =
        query.kind === 'rrf'
          ? reciprocalRankFusion(lists, query.k, query.weights)
          : distributionBasedScoreFusion(lists);
      const good =
        scoreThreshold === undefined ? fused : fused.filter(({ score }) => score >= scoreThreshold);
      return this.complete(good.slice(0, k), selected);
    }

    // What was prefetched has passed the filters already.
    const among = lists.length === 0 ? undefined : [...new Set(lists.flat().map(({ id }) => id))];
    if (among?.length === 0) return [];
    const leaf: Omit<LeafRequest, 'target'> = {
      using: stage.using,
      k,
      ...selected,
      ...(among !== undefined && { among }),
      ...(among === undefined && filter !== undefined && { filter }),
      ...(among === undefined && this.without.length > 0 && { without: this.without }),
      ...(stage.params !== undefined && { params: stage.params }),
      ...(scoreThreshold !== undefined && { scoreThreshold }),
    };
    const target = await this.target(query, stage);
    if (query.kind === 'nearest' && query.mmr !== undefined) {
      const { diversity, candidatesLimit } = query.mmr;
      const candidates = await this.leaf({ ...leaf, ...nothing, target, k: candidatesLimit });
      return this.complete(await this.diverse(candidates, target, diversity, leaf), selected);
    }
    return this.leaf({ ...leaf, target });
  }

  private leaf(request: LeafRequest): Promise<ScoredPoint[]> {
    this.signal?.throwIfAborted();
    return this.searcher.leaf(request, this.signal);
  }

  /** The hits with what was asked for. */
  private async complete(hits: ScoredPoint[], selected: Selection): Promise<ScoredPoint[]> {
    if (hits.length === 0 || (selected.withPayload === false && selected.withVector === false)) return hits;
    const ids = hits.map(({ id }) => id);
    const records = await this.searcher.retrieve(ids, selected, this.signal);
    const byId = new Map(records.map((record) => [record.id, record]));
    return hits.flatMap((hit) => {
      const record = byId.get(hit.id);
      return record === undefined ? [] : [{ ...record, score: hit.score, distance: hit.distance }];
    });
  }

  private async diverse(
    candidates: readonly ScoredPoint[],
    target: Target,
    diversity: number,
    { using, k }: Pick<LeafRequest, 'using' | 'k'>,
  ): Promise<ScoredPoint[]> {
    if (candidates.length < 2) return candidates.slice(0, k);
    const ids = candidates.map(({ id }) => id);
    // Qdrant's similarities are those behind `sum_scores`: of distances, the negative square.
    const similarities = async (to: Target): Promise<number[]> => {
      const similarity: Target =
        to.kind === 'dense'
          ? { kind: 'examples', strategy: 'sum_scores', positive: [to.vector], negative: [] }
          : to;
      const params = { exact: true };
      const hits = await this.leaf({
        ...nothing,
        target: similarity,
        using,
        among: ids,
        params,
        k: ids.length,
      });
      const scores = new Map(hits.map(({ id, score }) => [id, score]));
      return ids.map((id) => scores.get(id) ?? 0);
    };
    const vectors = await this.searcher.vectors(ids, using, this.signal);
    const metric = this.searcher.metricOf(using);
    const chosen = await maximalMarginalRelevance(await similarities(target), diversity, k, (position) => {
      const vector = vectors[position];
      if (vector === undefined) return Promise.resolve(ids.map(() => 0));
      // What a sparse vector's values weigh, the shards know.
      if ('indices' in vector || metric === undefined) return similarities(targetOf(vector));
      const of = (other: StoredVector | undefined) =>
        other instanceof Float32Array ? similarity(metric, vector, other) : 0;
      return Promise.resolve(vectors.map(of));
    });
    return chosen.map((position) => candidates[position] as ScoredPoint);
  }

  private async target(query: CheckedQuery, { using, path }: Stage): Promise<Target> {
    switch (query.kind) {
      case 'nearest':
        return targetOf(this.vector(query.example, using));
      case 'text': {
        const kind = this.searcher.kindOf(using);
        if (kind === 'text') return query;
        if (kind === 'sparse')
          throw invalidArgument(`${path}using to be a text index or a dense vector`, using);
        return { kind: 'dense', vector: await this.searcher.embed(query.text, using) };
      }
      case 'recommend':
        return this.recommended(query, using);
      case 'discover':
        return {
          kind: 'discover',
          target: this.dense(query.target, using),
          context: this.pairs(query.context, using),
        };
      case 'context':
        return { kind: 'context', context: this.pairs(query.context, using) };
      case 'sample':
        return { kind: 'sample', seed: Math.floor(Math.random() * 2 ** 32) };
      case 'orderBy':
      case 'ids':
        return query;
      default:
        throw new VectorSearchError('INTERNAL', undefined, query.kind);
    }
  }

  private recommended(query: Extract<CheckedQuery, { kind: 'recommend' }>, using: string): Target {
    const { strategy } = query;
    if (strategy === 'average_vector' && this.searcher.kindOf(using) === 'sparse') {
      const sparse = (example: Example) => this.vector(example, using) as SparseArrays;
      return { kind: 'sparse', ...averageSparse(query.positive.map(sparse), query.negative.map(sparse)) };
    }
    const dense = (example: Example) => this.dense(example, using);
    const positive = query.positive.map(dense);
    const negative = query.negative.map(dense);
    return strategy === 'average_vector'
      ? { kind: 'dense', vector: averageVector(positive, negative) }
      : { kind: 'examples', strategy, positive, negative };
  }

  private pairs(context: readonly ExamplePair[], using: string): VectorPair[] {
    return context.map(({ positive, negative }) => ({
      positive: this.dense(positive, using),
      negative: this.dense(negative, using),
    }));
  }

  /** Of what is defined by the similarities of dense vectors. */
  private dense(example: Example, using: string): Float32Array {
    const vector = this.vector(example, using);
    if ('indices' in vector) {
      const instead = "recommend with strategy 'average_vector'";
      throw new VectorSearchError('NOT_SUPPORTED', instead, `${example.path} as a sparse vector`);
    }
    return vector;
  }

  /** An example as the vector that it is or has, of the kind of `using`. */
  private vector(example: Example, using: string): StoredVector {
    const kind = this.searcher.kindOf(using);
    if (kind === 'text')
      throw invalidState(
        `{ text } for "${using}", which is a text index`,
        `a vector or an id as ${example.path}`,
      );
    const vector = this.vectorOf(example, using);
    if ((kind === 'sparse') !== 'indices' in vector)
      throw invalidArgument(`${example.path} to be a ${kind} vector`, vector);
    return vector;
  }

  private vectorOf(example: Example, using: string): StoredVector {
    if (example.kind === 'dense') return example.vector;
    if (example.kind === 'sparse') return { indices: example.indices, values: example.values };
    return this.stored.get(using)?.get(example.id) as StoredVector;
  }
}

function targetOf(vector: StoredVector): Target {
  return 'indices' in vector
    ? { kind: 'sparse', indices: vector.indices, values: vector.values }
    : { kind: 'dense', vector };
}

/** What matches both. */
export function bothFilters(a: Filter | undefined, b: Filter | undefined): Filter | undefined {
  return a === undefined ? b : b === undefined ? a : ({ must: [a, b] } as object as Filter);
}
