/**
The shards of a collection as one: what is asked goes to those that can have it, and their answers become one.

@module
*/
import { addSparseStatistics } from '../../bindings/api/sparse-statistics.js';
import type { Metric, SparseStatistics } from '../../bindings/api/types.js';
import { type Embedding, embedTexts } from './embed-texts.js';
import { type CheckedFilter, checkFilter, fixedValues } from './filter/check.js';
import type { Filter } from './filter/types.js';
import { mostFrequent } from './payload/facet-counts.js';
import { shardOf } from './point-ids.js';
import { mergeHits } from './query/order.js';
import type { LeafRequest, Searcher, Target } from './query/target.js';
import type { ShardGroup } from './shard-group.js';
import type { PackedHits, PackedPoints, Returned, ShardSearch, ShardTarget } from './shard-protocol.js';
import type {
  FacetHit,
  Hits,
  PointId,
  PointRecord,
  ScoredPoint,
  Selected,
  ShardExplanation,
  StoredVector,
  WithVector,
} from './types.js';
import { checkDense, unknownVector, type VectorShapes } from './vectors.js';

/** What a search of dense vectors asks beside its queries. */
export type DenseRequest = Omit<LeafRequest, 'target'> & {
  readonly explain?: boolean;
};

export class ShardSearcher implements Searcher {
  readonly #shards: ShardGroup;
  readonly #shapes: VectorShapes;
  readonly #shardKey: string | undefined;
  readonly #embedding: Embedding;

  constructor(
    shards: ShardGroup,
    shapes: VectorShapes,
    options: Embedding & { readonly shardKey?: string | undefined },
  ) {
    this.#shards = shards;
    this.#shapes = shapes;
    this.#shardKey = options.shardKey;
    this.#embedding = options;
  }

  async leaf(request: LeafRequest, signal?: AbortSignal): Promise<ScoredPoint[]> {
    const { target, ...rest } = request;
    const { sent, queries } = this.#sentTarget(target, rest.using);
    const [hits] = await this.#search(sent, queries, 1, rest, signal);
    if (!isOrdered(target)) return hits as Hits;
    // Their scores told in which order shards' points come.
    return (hits as Hits).map((hit) => ({ ...hit, score: 1, distance: -1 }));
  }

  /** Searches for many dense vectors at once. `queries`: `[count x dim]`, given away. */
  searchDense(queries: Float32Array, request: DenseRequest, signal?: AbortSignal): Promise<Hits[]> {
    const { dim } = this.dense(request.using);
    return this.#search({ kind: 'dense' }, queries, queries.length / dim, request, signal);
  }

  /** Those of `cosine` at length 1, so that means of examples weigh all alike. */
  async vectors(
    ids: readonly PointId[],
    using: string,
    signal?: AbortSignal,
  ): Promise<(StoredVector | undefined)[]> {
    const answers = await this.#shards.callEach(this.#shards.all, 'vectorsOf', () => [ids, using], {
      signal,
      readOnly: true,
    });
    const unit = this.#shapes.dense.get(using)?.metric === 'cosine';
    return ids.map((_, index) => {
      const vector = answers.map((vectors) => vectors[index]).find((found) => found !== undefined);
      return unit && vector instanceof Float32Array ? unitLength(vector) : vector;
    });
  }

  async retrieve(
    ids: readonly PointId[],
    { withPayload = true, withVector = false }: Selected,
    signal?: AbortSignal,
  ): Promise<PointRecord[]> {
    this.checkWithVector(withVector);
    const returned: Returned = { withPayload, withVector };
    const answers = await this.#shards.callEach(this.shardsOfIds(ids), 'retrieve', () => [ids, returned], {
      signal,
      readOnly: true,
    });
    const records = new Map(answers.flatMap(unpackPoints).map((record) => [record.id, record]));
    return ids.flatMap((id) => records.get(id) ?? []);
  }

  async count(filter: Filter | undefined, signal?: AbortSignal): Promise<number> {
    const checked = filter === undefined ? undefined : checkFilter(filter);
    const counts = await this.#shards.callEach(this.shardsFor(checked), 'count', () => [checked], {
      signal,
      readOnly: true,
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The values of a field that most points have: most frequent first, ties by value. */
  async facet(
    key: string,
    filter: Filter | undefined,
    limit: number,
    signal?: AbortSignal,
  ): Promise<FacetHit[]> {
    const checked = filter === undefined ? undefined : checkFilter(filter);
    const asked = this.shardsFor(checked);
    // Of several, one may have much of what another has little of.
    const most = asked.length === 1 ? limit : undefined;
    const facets = await this.#shards.callEach(asked, 'facet', () => [key, checked, most], {
      signal,
      readOnly: true,
    });
    const counts = new Map<string | number | boolean, number>();
    for (const facet of facets)
      for (const [value, count] of facet) counts.set(value, (counts.get(value) ?? 0) + count);
    return mostFrequent(counts, limit).map(([value, count]) => ({ value, count }));
  }

  metricOf(using: string): Metric | undefined {
    return this.#shapes.dense.get(using)?.metric;
  }

  kindOf(using: string): 'dense' | 'sparse' | 'text' {
    if (this.#shapes.dense.has(using)) return 'dense';
    const sparse = this.#shapes.sparse.get(using);
    if (sparse === undefined) throw unknownVector(using, this.#shapes);
    return sparse.text === undefined ? 'sparse' : 'text';
  }

  /** Whether it is the name of a text index. */
  isText(using: string): boolean {
    return this.#shapes.sparse.get(using)?.text !== undefined;
  }

  /** @throws {VectorSearchError} with code `INVALID_ARGUMENT` for the name of no dense vector. */
  dense(using: string): { readonly dim: number; readonly metric: Metric } {
    const shape = this.#shapes.dense.get(using);
    if (shape === undefined) throw unknownVector(using, this.#shapes, true);
    return shape;
  }

  /** @throws {VectorSearchError} with code `INVALID_ARGUMENT` for the name of no vector. */
  checkWithVector(withVector: WithVector): void {
    if (typeof withVector !== 'boolean') for (const name of withVector) this.kindOf(name);
  }

  async embed(text: string, using: string): Promise<Float32Array> {
    return (await this.embedAll([text], using))[0] as Float32Array;
  }

  /** @throws {VectorSearchError} as {@link embedTexts}. */
  embedAll(texts: readonly string[], using: string): Promise<Float32Array[]> {
    return embedTexts(texts, this.#embedding, this.#shapes, using);
  }

  /** The shards that can have what a filter asks for. */
  shardsFor(filter: CheckedFilter | undefined): readonly number[] {
    if (this.#shardKey === undefined || filter === undefined) return this.#shards.all;
    const values = fixedValues(filter, this.#shardKey);
    return values === undefined ? this.#shards.all : this.#shardsOf(values);
  }

  /** The shards that can have points by these ids. */
  shardsOfIds(ids: readonly PointId[]): readonly number[] {
    return this.#shardKey === undefined ? this.#shardsOf(ids) : this.#shards.all;
  }

  /** Those shards that ids, or values of the shard key, belong to. */
  #shardsOf(ids: readonly PointId[]): readonly number[] {
    return [...new Set(ids.map((id) => shardOf(id, this.#shards.count)))];
  }

  async #search(
    target: ShardTarget,
    queries: Float32Array,
    queryCount: number,
    { filter, ...request }: DenseRequest,
    signal: AbortSignal | undefined,
  ): Promise<Hits[]> {
    const checked = filter === undefined ? undefined : checkFilter(filter);
    this.checkWithVector(request.withVector);
    const shards = this.shardsFor(checked);
    const settings = { signal, readOnly: true };
    const statistics = await this.#statistics(target, request.using, settings);
    const sent: ShardSearch = { ...request, target, filter: checked, statistics };
    // The last shard gets the queries themselves.
    const queriesFor = (shard: number) => (shard === shards.at(-1) ? queries : queries.slice());
    const answers = await this.#shards.callEach(
      shards,
      'search',
      (shard) => [sent, queriesFor(shard)],
      settings,
    );
    const lists = answers.map(unpackHits);
    const explanation = answers.flatMap(({ explanation }, index) =>
      explanation === undefined ? [] : [{ shard: shards[index] as number, ...explanation }],
    );
    return Array.from({ length: queryCount }, (_, query) => {
      const ofQuery = lists.map((list) => list[query] ?? []);
      // Of one shard, too: it has ties in the order in which points came.
      const hits = mergeHits(ofQuery, request.k);
      return request.explain ? withExplanation(hits, explanation) : hits;
    });
  }

  /** What several shards must know of one another, so that they score as one. */
  async #statistics(
    target: ShardTarget,
    using: string,
    settings: { readonly signal: AbortSignal | undefined; readonly readOnly: boolean },
  ): Promise<SparseStatistics | undefined> {
    const field = this.#shapes.sparse.get(using);
    if ((target.kind !== 'sparse' && target.kind !== 'text') || this.#shards.count === 1) return undefined;
    if (field?.text === undefined && field?.modifier !== 'idf') return undefined;
    const all = await this.#shards.callEach(this.#shards.all, 'statistics', () => [using, target], settings);
    return addSparseStatistics(all);
  }

  /** @throws {VectorSearchError} as {@link checkDense}, for a vector that `using` does not take. */
  #sentTarget(target: Target, using: string): { readonly sent: ShardTarget; readonly queries: Float32Array } {
    const none = new Float32Array(0);
    // Vectors travel as one array: the length of each would be lost.
    const joined = (vectors: readonly Float32Array[]) => {
      const shape = this.dense(using);
      return flatOf(vectors.map((vector) => checkDense(vector, shape, 'a vector of the query')));
    };
    switch (target.kind) {
      case 'dense':
        return { sent: { kind: 'dense' }, queries: joined([target.vector]) };
      case 'examples': {
        const { strategy, positive, negative } = target;
        return {
          sent: { kind: 'examples', strategy, positive: positive.length },
          queries: joined([...positive, ...negative]),
        };
      }
      case 'discover':
        return {
          sent: { kind: 'discover' },
          queries: joined([target.target, ...target.context.flatMap(both)]),
        };
      case 'context':
        return { sent: { kind: 'context' }, queries: joined(target.context.flatMap(both)) };
      default:
        return { sent: target, queries: none };
    }
  }
}

/** Whether an order, and no score, chose the hits. */
function isOrdered({ kind }: Target): boolean {
  return kind === 'orderBy' || kind === 'sample' || kind === 'ids';
}

function both({ positive, negative }: { positive: Float32Array; negative: Float32Array }): Float32Array[] {
  return [positive, negative];
}

function unitLength(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / norm);
}

/** Vectors of one length after one another. */
function flatOf(vectors: readonly Float32Array[]): Float32Array {
  const dim = vectors[0]?.length ?? 0;
  const flat = new Float32Array(vectors.length * dim);
  vectors.forEach((vector, index) => {
    flat.set(vector, index * dim);
  });
  return flat;
}

export function unpackPoints({ ids, payloads, vectors }: PackedPoints): PointRecord[] {
  return ids.map((id, index) => {
    const vector = vectors?.[index];
    return {
      id,
      ...(payloads !== undefined && { payload: payloads[index] ?? null }),
      ...(vectors !== undefined && { vector: vector ?? {} }),
    };
  });
}

/** The hits of each query. */
function unpackHits(packed: PackedHits): ScoredPoint[][] {
  const points = unpackPoints(packed);
  let place = 0;
  return Array.from(packed.counts, (count) =>
    Array.from({ length: count }, () => {
      const { id, ...rest } = points[place] as PointRecord;
      const score = packed.scores[place] as number;
      const distance = packed.distances[place++] as number;
      return { id, score, distance, ...rest };
    }),
  );
}

function withExplanation(hits: ScoredPoint[], explanation: readonly ShardExplanation[]): Hits {
  return Object.assign(hits, { explanation });
}
