/**
What `query` looks for and how its hits become one list, in the words of Qdrant's Query API.

@module
*/
import type { SparseVectorInput, VectorInput } from '../../../bindings/api/types.js';
import type { FieldPath } from '../filter/types.js';
import type { OrderBy, Payload, PointId, ScoredPoint, SearchRequest, Selected } from '../types.js';

/** How the score of `recommend` follows from its examples. */
export type RecommendStrategy = 'average_vector' | 'best_score' | 'sum_scores';

/** A query by example: a point's id, or a vector. */
export type VectorExample = PointId | VectorInput | SparseVectorInput;

/** Two examples: hits lie nearer to the one than to the other. */
export interface ContextPair {
  /** Nearer to this. */
  readonly positive: VectorExample;
  /** Farther from this. */
  readonly negative: VectorExample;
}

/** Near to an example. */
export interface NearestQuery {
  /** Near to this. */
  readonly nearest: VectorExample;
  /** Choose hits that differ from one another. Default: the nearest, however alike. */
  readonly mmr?: MmrOptions | undefined;
}

/** Words: for a text index, or, in a collection that was opened with `embed`, by meaning. */
export interface TextQuery {
  /** The words. */
  readonly text: string;
}

/** Examples that hits shall be like, and unlike. At least one of them. */
export interface RecommendExamples {
  /** Hits shall be like these. Default: none. */
  readonly positive?: readonly VectorExample[] | undefined;
  /** Hits shall be unlike these. Default: none. */
  readonly negative?: readonly VectorExample[] | undefined;
  /** Default: `average_vector`. */
  readonly strategy?: RecommendStrategy | undefined;
}

/** Like some examples, and unlike others. */
export interface RecommendQuery {
  /** The examples. */
  readonly recommend: RecommendExamples;
}

/** A target, and pairs that part the space around it. */
export interface DiscoverInput {
  /** Near to this, on the right side of the pairs. */
  readonly target: VectorExample;
  /** The pairs. */
  readonly context: ContextPair | readonly ContextPair[];
}

/** Near to a target, on the right side of pairs of examples. */
export interface DiscoverQuery {
  /** The target and the pairs. */
  readonly discover: DiscoverInput;
}

/** On the right side of pairs of examples, wherever. */
export interface ContextQuery {
  /** The pairs. */
  readonly context: ContextPair | readonly ContextPair[];
}

/** In the order of a payload field. */
export interface OrderByQuery<P extends object = Payload> {
  /** The field, or the field and how. */
  readonly orderBy: OrderBy<P> | FieldPath<P>;
}

/** What was prefetched, as one list. */
export interface FusionQuery {
  /**
  `rrf`: by ranks (Cormack, Clarke, Buettcher. Reciprocal Rank Fusion. SIGIR 2009); `dbsf`: by scores, each list's
  brought to one scale by its mean and standard deviation.
  */
  readonly fusion: 'rrf' | 'dbsf';
}

/** Parameters of reciprocal rank fusion. */
export interface RrfParams {
  /** How little the first ranks stand out: at least 1. Default: `2`. */
  readonly k?: number | undefined;
  /** A weight for each list that was prefetched. Default: all alike. */
  readonly weights?: readonly number[] | undefined;
}

/** Reciprocal rank fusion by parameters of its own. */
export interface RrfQuery {
  /** The parameters. */
  readonly rrf: RrfParams;
}

/** Any points. */
export interface SampleQuery {
  /** In an order of no meaning. */
  readonly sample: 'random';
}

/**
What `query` looks for, as in Qdrant's Query API.

A vector or the id of a point alone means `nearest`.
*/
export type Query<P extends object = Payload> =
  | VectorExample
  | NearestQuery
  | TextQuery
  | RecommendQuery
  | DiscoverQuery
  | ContextQuery
  | OrderByQuery<P>
  | FusionQuery
  | RrfQuery
  | SampleQuery;

/** Maximal marginal relevance: hits that are near to the query, and not near to one another. */
export interface MmrOptions {
  /** 0: relevance alone; 1: diversity alone. Default: `0.5`. */
  readonly diversity?: number | undefined;
  /** Hits that are chosen from. Default: `k`. */
  readonly candidatesLimit?: number | undefined;
}

/** A part of a query: its hits are what the query above it works on. */
export interface Prefetch<P extends object = Payload>
  extends Omit<SearchRequest<P>, keyof Selected | 'offset'> {
  /** What it looks for. Default: points in the order of their ids. */
  readonly query?: Query<P> | undefined;
  /** What it works on in turn. */
  readonly prefetch?: Prefetch<P> | readonly Prefetch<P>[] | undefined;
}

/** A query: searches, and how their hits become one list. */
export interface QueryRequest<P extends object = Payload> extends SearchRequest<P> {
  /** What it looks for. Default: points in the order of their ids. */
  readonly query?: Query<P> | undefined;
  /** Searches whose hits it works on. Default: all points. */
  readonly prefetch?: Prefetch<P> | readonly Prefetch<P>[] | undefined;
}

/** Hits with the same value of a payload field. */
export interface PointGroup<P extends object = Payload> {
  /** The value: a string or an integer. */
  readonly id: string | number;
  /** Its best hits, best first. */
  readonly hits: readonly ScoredPoint<P>[];
}

/** How hits are grouped. */
export interface GroupRequest<P extends object = Payload> extends Omit<QueryRequest<P>, 'k' | 'offset'> {
  /** Payload field whose values make the groups. */
  readonly groupBy: FieldPath<P>;
  /** Most hits a group. Default: `3`. */
  readonly groupSize?: number | undefined;
  /** Most groups. Default: `10`. */
  readonly limit?: number | undefined;
}

/** What `recommend` looks for. */
export interface RecommendRequest<P extends object = Payload> extends SearchRequest<P>, RecommendExamples {}
