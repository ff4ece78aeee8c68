/**
What is asked of a collection, over a naive searcher: the model of a whole collection.

@module
*/
import { runGroups } from '../../../../worker/collection/query/groups.js';
import { runQuery, runRecommend } from '../../../../worker/collection/query/run-query.js';
import type {
  GroupRequest,
  QueryRequest,
  RecommendRequest,
} from '../../../../worker/collection/query/types.js';
import type {
  CollectionOptions,
  FacetHit,
  FacetRequest,
  Point,
  PointRecord,
  ScrollRequest,
} from '../../../../worker/collection/types.js';
import { type NaiveOptions, NaiveSearcher, valuesOf } from './naive-searcher.js';

export class NaiveCollection {
  readonly searcher: NaiveSearcher;
  private readonly schema: NonNullable<CollectionOptions['payloadIndex']>;

  constructor(
    config: Omit<CollectionOptions, 'name'>,
    points: readonly Point[] = [],
    options: NaiveOptions = {},
  ) {
    this.searcher = new NaiveSearcher(config, options);
    this.searcher.upsert(points);
    this.schema = config.payloadIndex ?? {};
  }

  query(request: QueryRequest) {
    return runQuery(request, this.searcher);
  }

  queryGroups(request: GroupRequest) {
    return runGroups(request, this.searcher);
  }

  recommend(request: RecommendRequest) {
    return runRecommend(request, this.searcher);
  }

  async *scroll({
    filter,
    limit,
    offset,
    orderBy,
    withPayload = true,
  }: ScrollRequest = {}): AsyncGenerator<PointRecord> {
    const order = typeof orderBy === 'string' ? { key: orderBy } : orderBy;
    const hits = await this.searcher.leaf({
      target: order === undefined ? { kind: 'ids' } : { kind: 'orderBy', orderBy: order },
      using: '',
      ...(filter !== undefined && { filter }),
      k: Number.POSITIVE_INFINITY,
      withPayload,
      withVector: false,
    });
    const first = offset === undefined ? 0 : hits.findIndex(({ id }) => id === offset);
    for (const { id, payload } of hits.slice(first).slice(0, limit)) {
      yield { id, ...(payload !== undefined && { payload }) };
    }
  }

  async facet({ key, filter, limit = 10 }: FacetRequest): Promise<FacetHit[]> {
    const schema = this.schema[key];
    const type = typeof schema === 'object' ? schema.type : schema;
    const isCounted = (value: unknown): value is FacetHit['value'] =>
      type === 'integer'
        ? Number.isInteger(value)
        : typeof value === (type === 'bool' ? 'boolean' : 'string');
    const counts = new Map<FacetHit['value'], number>();
    for (const { payload } of this.searcher.matching(filter === undefined ? {} : { filter })) {
      for (const value of new Set(valuesOf(payload ?? {}, key))) {
        if (isCounted(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return Array.from(counts, ([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, limit);
  }

  async close(): Promise<void> {}
}
