/**
Searches of a shard: the filter first, then the vectors.

@module
*/
import type { Steps } from '../../bindings/api/steps.js';
import type { DenseField, FieldHits } from './dense-field.js';
import { countBits, hasBit } from './payload/bits.js';
import { hashOf } from './point-ids.js';
import {
  bestScore,
  contextScore,
  discoveryScore,
  type PairSimilarity,
  sumScores,
} from './query/example-scores.js';
import { comparePointIds } from './query/order.js';
import type { Shard } from './shard.js';
import type { Allowed, PackedHits, ShardSearch, ShardTarget } from './shard-protocol.js';
import type { SparseField } from './sparse-field.js';

/** Which slots may be returned. */
interface AllowedSlots {
  /** Nothing: all that there are. */
  readonly bits: Uint32Array | undefined;
  readonly count: number;
}

export class PointSearcher {
  readonly #shard: Shard;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  *search(request: ShardSearch, queries: Float32Array): Steps<PackedHits> {
    const shard = this.#shard;
    const started = performance.now();
    const allowed = this.#allowed(request);
    const filtered = performance.now();
    const queryCount =
      request.target.kind === 'dense' ? queries.length / (shard.dense.get(request.using)?.dim ?? 1) : 1;
    const none: FieldHits = {
      slots: new Uint32Array(0),
      scores: new Float32Array(0),
      distances: new Float32Array(0),
    };
    const hits =
      allowed.count === 0
        ? Array.from({ length: queryCount }, () => none)
        : yield* this.#find(request, queries, allowed);
    const searchMs = performance.now() - filtered;
    const ofAll = (of: (each: FieldHits) => ArrayLike<number>) => joined(hits.map(of));
    return {
      ...shard.packed(
        ofAll(({ slots }) => slots),
        request,
      ),
      counts: Uint32Array.from(hits, (each) => each.slots.length),
      scores: ofAll(({ scores }) => scores),
      distances: ofAll(({ distances }) => distances),
      ...(request.explain && {
        explanation: {
          strategy: allowed.count === 0 ? 'none' : this.#scans(request, allowed.count) ? 'scan' : 'walk',
          matched: allowed.count,
          points: shard.points.size,
          filterMs: filtered - started,
          searchMs,
          ...(request.filter !== undefined && { filter: shard.select(request.filter).explanation }),
        },
      }),
    };
  }

  #allowed({ filter, among, without }: Allowed): AllowedSlots {
    const { points } = this.#shard;
    const selection = filter === undefined ? undefined : this.#shard.select(filter);
    if (among === undefined && without === undefined)
      return { bits: selection?.bits, count: selection?.count ?? points.size };
    const base = selection?.bits ?? points.live.words;
    const bits = among === undefined ? base.slice() : new Uint32Array(base.length);
    for (const id of among ?? []) {
      const slot = points.slotOf(id);
      if (slot !== undefined)
        bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) | ((base[slot >>> 5] ?? 0) & (1 << (slot & 31)));
    }
    for (const id of without ?? []) {
      const slot = points.slotOf(id);
      if (slot !== undefined) bits[slot >>> 5] = (bits[slot >>> 5] ?? 0) & ~(1 << (slot & 31));
    }
    return { bits, count: countBits(bits) };
  }

  *#find(request: ShardSearch, queries: Float32Array, { bits, count }: AllowedSlots): Steps<FieldHits[]> {
    const { target, using, k, params, scoreThreshold } = request;
    const shard = this.#shard;
    switch (target.kind) {
      case 'dense':
        return yield* this.#dense(using).search(queries, k, bits, params, scoreThreshold);
      case 'text':
      case 'sparse': {
        const field = shard.sparse.get(using) as SparseField;
        const query = target.kind === 'text' ? field.termsIn(target.text) : target;
        return [field.search(query, k, bits, scoreThreshold, request.statistics)];
      }
      case 'examples':
      case 'discover':
      case 'context': {
        const field = this.#dense(using);
        const { slots, scores } = yield* field.similarities(queries, bits, count);
        const scoreOf = exampleScore(target);
        const likeness = (place: number) => scores.map((each) => each[place] as number);
        const { points } = shard;
        const byId = (a: number, b: number) => comparePointIds(points.idOf(a), points.idOf(b));
        return [best(slots, (_, place) => scoreOf(likeness(place)), k, byId, scoreThreshold)];
      }
      case 'orderBy': {
        const { slots, values } = shard.inOrderOf(target.orderBy, bits, k);
        // The scores tell other shards' points and these in which order they come.
        const sign = target.orderBy.direction === 'desc' ? 1 : -1;
        return [scored(slots, (_, index) => sign * (values[index] as number))];
      }
      case 'sample':
        return [
          best(
            this.#slots(bits),
            (slot) => hashOf(shard.points.idOf(slot), target.seed),
            k,
            // They are in the order of their ids.
            () => 0,
          ),
        ];
      case 'ids':
        return [scored(this.#slots(bits).slice(0, k), () => 0)];
    }
  }

  #dense(name: string): DenseField {
    return this.#shard.dense.get(name) as DenseField;
  }

  /** In the order of their ids. */
  #slots(bits: Uint32Array | undefined): readonly number[] {
    const order = this.#shard.points.inOrder();
    return bits === undefined ? order : order.filter((slot) => hasBit(bits, slot));
  }

  /** Whether all that may be returned were compared. */
  #scans({ target, using, params }: ShardSearch, matched: number): boolean {
    return target.kind !== 'dense' || this.#dense(using).scans(matched, params);
  }
}

/** One array of all, in which slots and floats are exact. */
function joined(arrays: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    all.set(array, start);
    start += array.length;
  }
  return all;
}

type ExampleTarget = Extract<ShardTarget, { kind: 'examples' | 'discover' | 'context' }>;

/** How a score follows from the similarities to the queries of a target, in the order in which they travel. */
function exampleScore(target: ExampleTarget): (similarities: readonly number[]) => number {
  if (target.kind === 'discover')
    return ([nearness, ...context]) => discoveryScore(nearness as number, pairs(context));
  if (target.kind === 'context') return (context) => contextScore(pairs(context));
  const { strategy, positive } = target;
  const score = strategy === 'best_score' ? bestScore : sumScores;
  return (similarities) => score(similarities.slice(0, positive), similarities.slice(positive));
}

function pairs(similarities: readonly number[]): PairSimilarity[] {
  return Array.from({ length: similarities.length / 2 }, (_, pair) => ({
    positive: similarities[2 * pair] as number,
    negative: similarities[2 * pair + 1] as number,
  }));
}

/** The slots with the largest scores, ties as `compareSlots` has them. */
function best(
  slots: readonly number[],
  scoreOf: (slot: number, index: number) => number,
  k: number,
  compareSlots: (a: number, b: number) => number,
  scoreThreshold = Number.NEGATIVE_INFINITY,
): FieldHits {
  const hits = slots
    .map((slot, index) => ({ slot, score: scoreOf(slot, index) }))
    .filter(({ score }) => score >= scoreThreshold)
    .sort((a, b) => b.score - a.score || compareSlots(a.slot, b.slot))
    .slice(0, k);
  return scored(
    hits.map(({ slot }) => slot),
    (_, index) => (hits[index] as { score: number }).score,
  );
}

function scored(slots: readonly number[], scoreOf: (slot: number, index: number) => number): FieldHits {
  const scores = Float64Array.from(slots, scoreOf);
  return { slots: Uint32Array.from(slots), scores, distances: scores.map((score) => -score) };
}
