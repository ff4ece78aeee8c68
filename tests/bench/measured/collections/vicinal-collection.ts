/**
This package, as a user calls it; with no cache, which would answer what is asked twice.

@module
*/
import type { Collection, Filter, Hits } from 'vicinal/worker';
import type { OpenCollection } from './point-collection.js';
import { type BenchPayload, type Condition, INDEXED } from './points.js';

export const openVicinalCollection: OpenCollection = async (
  { dim, index = 'flat', indexed = true, shards = 1 },
  { variant },
) => {
  const { openCollection } = await import('vicinal/worker');
  const collection: Collection<BenchPayload> = await openCollection<BenchPayload>({
    name: 'bench',
    dim,
    index,
    shards,
    cacheBytes: 0,
    ...(indexed && { payloadIndex: INDEXED }),
    ...(variant && { variant }),
  });
  const anyQuery = new Float32Array(dim).fill(1);
  return {
    prepare(rows, payloads) {
      const points = { ids: [...payloads.keys()], vectors: rows, payloads };
      return () => collection.upsert(points);
    },
    search: async (query, k, condition) =>
      idsOf(await collection.search(query, { k, filter: filterOf(condition) })),
    count: (condition) => collection.count({ filter: filterOf(condition) }),
    async filterMs(condition) {
      const hits = await collection.search(anyQuery, { k: 1, filter: filterOf(condition), explain: true });
      return hits.explanation![0]!.filterMs;
    },
    async searchBatch(queries, k) {
      const count = queries.length / dim;
      const each = Array.from({ length: count }, (_, at) => queries.subarray(at * dim, (at + 1) * dim));
      return (await collection.searchBatch(each, { k })).map(idsOf);
    },
    close: () => collection.close(),
  };
};

function filterOf(condition: Condition): Filter<BenchPayload> {
  if ('kind' in condition) return { must: [{ key: 'kind', match: { value: condition.kind } }] };
  if ('yearBelow' in condition) return { must: [{ key: 'year', range: { lt: condition.yearBelow } }] };
  const [gte, lt] = condition.price;
  return { must: [{ key: 'price', range: { gte, lt } }] };
}

function idsOf(hits: Hits<BenchPayload>): number[] {
  return hits.map(({ id }) => Number(id));
}
