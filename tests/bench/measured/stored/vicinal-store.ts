/**
This package: a collection in a folder (Node) or in the browser's private file system, one shard, no cache.

@module
*/
import type { Collection, Point } from 'vicinal/worker';
import type { BenchPayload } from '../collections/points.js';
import type { Surroundings } from '../searcher.js';
import { countingWorker } from './counting-worker.js';
import { type Batch, type StoreKind, type StoreSettings, timeCalls } from './point-store.js';

export const vicinalStore: StoreKind = {
  async open({ name, dim, index = 'flat', onDisk = false, durability = 'strict' }, surroundings) {
    const { openCollection } = await import('vicinal/worker');
    const worker = await countingWorker(surroundings.workerUrl);
    const collection: Collection<BenchPayload> = await openCollection<BenchPayload>({
      ...placeOf(name, surroundings),
      dim,
      index,
      onDisk,
      durability,
      shards: 1,
      cacheBytes: 0,
      workerFactory: worker.factory,
      ...(surroundings.variant && { variant: surroundings.variant }),
    });
    return {
      write(batches, giving = 'in turn') {
        if (giving === 'in turn') return timeCalls(batches.map((batch) => () => collection.upsert(batch)));
        if (giving === 'at once')
          return timeCalls([() => Promise.all(batches.map((batch) => collection.upsert(batch)))]);
        const batchSize = batches[0]!.ids.length;
        return timeCalls([() => collection.upsert(pointsOf(batches, dim), { batchSize })]);
      },
      counts: () => worker.counts(),
      search: async (query, k) => (await collection.search(query, { k })).map(({ id }) => Number(id)),
      memoryBytes: async () => (await collection.info()).memoryBytes,
      async removeAndShrink(ids) {
        await collection.delete(ids);
        await collection.optimize();
      },
      async finish() {
        // What a checkpoint frees is cut off by the next.
        for (let i = 0; i < 2; i++) await collection.optimize();
      },
      async close() {
        await collection.close();
        worker.end();
      },
    };
  },
  async remove({ name }, surroundings) {
    const { deleteCollection } = await import('vicinal/worker');
    await deleteCollection(placeOf(name, surroundings));
  },
};

function* pointsOf(batches: readonly Batch[], dim: number): Generator<Point<BenchPayload>, void, void> {
  for (const { ids, vectors, payloads } of batches) {
    for (const [at, id] of ids.entries())
      yield { id, vector: vectors.subarray(at * dim, (at + 1) * dim), payload: payloads[at]! };
  }
}

function placeOf(name: StoreSettings['name'], { storeFolder }: Surroundings) {
  return storeFolder === undefined
    ? ({ name, storage: 'opfs' } as const)
    : ({ name, storage: 'file', path: `${storeFolder}/${name}` } as const);
}
