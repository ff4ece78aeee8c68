/** Collections whose floats stay in their files, against the same in memory. */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type Collection,
  type CollectionOptions,
  openCollection,
  type ScoredPoint,
  type WorkerLike,
} from 'vicinal/worker';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { naiveSearch, randomNumbers, randomVectors, rowOf } from '../../support/vectors.js';
import { openedCollections } from './support/opened-collections.js';

const dim = 48;
const folder = temporaryFolders();

/** Flips a bit of a vector where a collection has it in its files. */
function flipBit(path: string, vector: Float32Array): void {
  const file = join(path, 'shard-0', 'data');
  const at = readFileSync(file).indexOf(Buffer.from(vector.buffer));
  expect(at).toBeGreaterThan(0);
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  writeSync(handle, Buffer.from([(byte[0] as number) ^ 1]), 0, 1, at);
  closeSync(handle);
}

const vectorBytes = async (collection: Collection) =>
  (await collection.info()).vectors['']?.memoryBytes as number;

describe('vectors on disk', () => {
  const { open } = openedCollections();

  const optionsOf = (path: string, more: Partial<CollectionOptions> = {}): CollectionOptions => ({
    ...{ name: 'on disk', storage: 'file', path, dim, metric: 'euclidean', durability: 'relaxed' },
    ...{ index: 'hnsw', onDisk: true },
    ...more,
  });

  const columns = (first: number, count: number, seed: number) => ({
    ids: Array.from({ length: count }, (_, index) => first + index),
    vectors: randomVectors(count, dim, seed),
    payloads: Array.from({ length: count }, (_, index) => ({ kind: (first + index) % 3 })),
  });

  const floatBytes = (count: number) => 4 * dim * count;

  const idsOf = (hits: readonly ScoredPoint[]) => hits.map(({ id, score }) => [id, score]);

  it.each([
    { index: 'hnsw', metric: 'cosine' },
    { index: 'flat', metric: 'manhattan', quantization: { codec: 'scalar', bits: 4 } },
    { index: 'flat', metric: 'dot', quantization: { codec: 'binary' }, shards: 2 },
  ] as const)('are found as those in memory: $index, $metric', async (more) => {
    const onDisk = optionsOf(folder(), more);
    const inMemory = { ...optionsOf(folder(), more), onDisk: false };
    let pair = [await open(onDisk), await open(inMemory)] as const;
    const both = <Result>(call: (collection: Collection) => Promise<Result>) =>
      Promise.all([call(pair[0]), call(pair[1])]);
    const same = async (call: (collection: Collection) => Promise<unknown>) => {
      const [found, expected] = await both(call);
      expect(found).toEqual(expected);
    };
    const random = randomNumbers(8);
    const below = (most: number) => Math.floor(random() * most);
    for (let round = 0; round < 14; round++) {
      const seed = 100 + round;
      const first = round < 4 ? 700 * round : below(2800);
      const points = columns(first, round < 4 ? 700 : 1 + below(60), seed);
      await both((each) => each.upsert(points));
      const some = Array.from({ length: 30 }, () => below(2800));
      if (round % 3 === 1) await both((each) => each.delete(some));
      if (round % 4 === 2) {
        const [id = 0] = some;
        const vector = rowOf(randomVectors(1, dim, seed), dim, 0);
        if ((await pair[0].retrieve([id])).length === 1)
          await both((each) => each.updateVectors([{ id, vector }]));
      }
      if (round % 5 === 3) await both((each) => each.optimize());
      if (round % 4 === 3) {
        await both((each) => each.close());
        pair = [await open(onDisk), await open(inMemory)];
      }
      const query = rowOf(randomVectors(1, dim, seed + 50), dim, 0);
      await same((each) => each.search(query, { k: 9, params: { exact: true } }));
      await same((each) => each.retrieve(some, { withVector: true }));
      await same((each) => each.count());
      // Where a graph is searched whole, floats in memory are all compared; those on disk are not.
      if (more.index === 'flat')
        await same(async (each) => idsOf(await each.search(query, { k: 9, params: { oversampling: 8 } })));
    }
    await both((each) => each.optimize());
    const [onDiskBytes, inMemoryBytes] = await both(vectorBytes);
    expect(inMemoryBytes - onDiskBytes).toBeGreaterThan(0.9 * floatBytes(await pair[0].count()));
  });

  it('are not in memory, are found, and answer exactly when hits are scored again', async () => {
    const path = folder();
    const options = optionsOf(path, { fullScanThreshold: 10 });
    const first = await open(options);
    const { ids, vectors } = columns(0, 3000, 1);
    await first.upsert({ ids, vectors });
    await first.optimize();
    await first.close();
    const collection = await open(options);
    // Codes, a graph of some 33 edges a point, and numbers of each.
    expect(await vectorBytes(collection)).toBeLessThan(3000 * (dim + 4 * 33 + 110));
    let right = 0;
    for (let number = 0; number < 20; number++) {
      const query = rowOf(randomVectors(1, dim, 900 + number), dim, 0);
      const expected = naiveSearch('euclidean', vectors, query, 10);
      const exact = await collection.search(query, { params: { exact: true } });
      expect(exact.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      const hits = await collection.search(query, { params: { efSearch: 200 } });
      const scores = new Map(
        naiveSearch('euclidean', vectors, query, 3000).map(({ id, score }) => [id, score]),
      );
      for (const { id, score } of hits) expect(score).toBeCloseTo(scores.get(id as number) as number, 4);
      right += hits.filter(({ id }) => expected.some((point) => point.id === id)).length;
    }
    expect(right).toBeGreaterThan(190);
  });

  it('are a matter of opening, not of the collection', async () => {
    const path = folder();
    const { ids, vectors } = columns(0, 1500, 2);
    const query = rowOf(vectors, dim, 7);
    const sizes: number[] = [];
    for (const onDisk of [false, true, undefined, false]) {
      const { onDisk: _, ...rest } = optionsOf(path);
      const collection = await open({ ...rest, ...(onDisk !== undefined && { onDisk }) });
      if (sizes.length === 0) await collection.upsert({ ids, vectors });
      await collection.optimize();
      expect((await collection.search(query, { k: 1 }))[0]).toMatchObject({ id: 7, distance: 0 });
      sizes.push(await vectorBytes(collection));
      await collection.close();
    }
    // As it was created, where it is not told.
    const [inMemory = 0, onDisk = 0, ...untold] = sizes;
    expect(inMemory - onDisk).toBeGreaterThan(0.9 * floatBytes(1500));
    for (const size of untold) expect(inMemory - size).toBeLessThan(0.1 * floatBytes(1500));
  });

  it('stay in memory where there are no files', async () => {
    const collection = await open({ name: 'none', dim, index: 'hnsw', onDisk: true });
    await collection.upsert(columns(0, 1000, 3));
    await collection.optimize();
    expect(await vectorBytes(collection)).toBeGreaterThan(1000 * dim * 5);
  });

  it('need codes that keep them', async () => {
    const refused = (more: object, text: RegExp) =>
      expect(openCollection({ name: 'no', dim, ...more } as CollectionOptions)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(text),
      });
    await refused({ onDisk: true }, /onDisk.*index flat, no codes/);
    await refused({ onDisk: true, index: 'ivf', quantization: {} }, /onDisk.*index ivf/);
    await refused({ onDisk: true, quantization: { keepVectors: false } }, /onDisk.*keepVectors false/);
    await refused({ onDisk: 'yes', index: 'hnsw' }, /onDisk to be a boolean.*yes/);
    const path = folder();
    await (await open({ name: 'plain', storage: 'file', path, dim })).close();
    await expect(open({ name: 'plain', storage: 'file', path, dim, onDisk: true })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('that are damaged are told when they are read, and are left out of what is saved', async () => {
    const path = folder();
    const options = optionsOf(path);
    const { ids, vectors } = columns(0, 6000, 4);
    const first = await open(options);
    await first.upsert({ ids, vectors });
    await first.optimize();
    await first.close();

    const broken = 4321;
    const bytes = rowOf(vectors, dim, broken);
    flipBit(path, bytes);

    const collection = await open(options);
    await expect(collection.search(bytes, { k: 1 })).rejects.toMatchObject({ code: 'CORRUPT_DATA' });
    await expect(collection.retrieve([broken], { withVector: true })).rejects.toMatchObject({
      code: 'CORRUPT_DATA',
    });
    expect((await collection.search(bytes, { k: 1, params: { rescore: false } }))[0]?.id).toBe(broken);
    expect((await collection.retrieve([0], { withVector: true }))[0]?.vector).toEqual(rowOf(vectors, dim, 0));
    // It can be written anew; but a checkpoint needs those that share its block, and it is told that none is made.
    await collection.upsert([{ id: broken, vector: bytes }]);
    expect((await collection.search(bytes, { k: 1 }))[0]).toMatchObject({ id: broken, distance: 0 });
    await collection.delete([broken]);
    expect((await collection.info()).status).toBe('green');
    await expect(collection.optimize()).rejects.toMatchObject({ code: 'CORRUPT_DATA' });
    expect(await collection.info()).toMatchObject({
      status: 'red',
      storage: { checkpointError: expect.stringMatching(/CORRUPT|damaged|corrupt/i) },
    });
    const { ok, damage } = await collection.verify();
    expect(ok).toBe(false);
    expect(damage).toMatchObject([{ shard: 0, file: 'data' }]);
    await collection.close();

    const salvaged = await open({ ...options, ifDamaged: 'readOnly' });
    const { storage } = await salvaged.info();
    const left = await salvaged.count();
    expect(storage.damage).toMatchObject({ lostPoints: 5999 - left });
    expect(left).toBeGreaterThan(100);
    expect(left).toBeLessThan(6000);
    // A snapshot leaves them where they are.
    await new Response(salvaged.snapshot()).arrayBuffer();
    for await (const point of salvaged.scroll({ withVector: true }))
      expect(point.vector).toEqual(rowOf(vectors, dim, point.id as number));
  });
});

describe('vectors of a large collection', () => {
  const { open } = openedCollections();

  /** With more than 64 MB of floats. */
  const wide = 1024;
  const count = 17_000;
  const floatBytes = 4 * wide * count;
  const ids = Array.from({ length: count }, (_, id) => id);
  const vectors = randomVectors(count, wide, 5);
  const optionsOf = (path: string): CollectionOptions => ({
    ...{ name: 'large', storage: 'file', path, dim: wide, metric: 'euclidean', durability: 'relaxed' },
    quantization: { codec: 'scalar' },
  });
  const still = { timeout: 30_000, interval: 50 };

  it('are read once it is open, and are found before and after', async () => {
    const path = folder();
    const first = await open(optionsOf(path));
    await first.upsert({ ids, vectors });
    await first.optimize();
    const inMemory = await vectorBytes(first);
    await first.close();
    const second = await open(optionsOf(path));
    expect(inMemory - (await vectorBytes(second))).toBeGreaterThan(0.9 * floatBytes);
    const moved = rowOf(randomVectors(1, wide, 6), wide, 0);
    const now = vectors.slice();
    now.set(moved, 3 * wide);
    const check = async (collection: Collection) => {
      for (const query of [moved, ...[7, 16_999].map((id) => rowOf(now, wide, id))]) {
        const expected = naiveSearch('euclidean', now, query, 5);
        for (const params of [{ exact: true }, { oversampling: 4 }]) {
          const hits = await collection.search(query, { k: 5, params });
          expect(hits.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        }
      }
      expect((await collection.retrieve([3, 8], { withVector: true })).map(({ vector }) => vector)).toEqual([
        moved,
        rowOf(now, wide, 8),
      ]);
    };
    await second.upsert([{ id: 3, vector: moved }]);
    await check(second);
    await vi.waitFor(async () => expect(await vectorBytes(second)).toBeGreaterThan(0.99 * inMemory), still);
    await check(second);
    await second.close();

    const workers: Worker[] = [];
    const workerFactory = () => {
      const worker = new Worker(new URL('../../../pkg/node/vicinal-worker.js', import.meta.url));
      workers.push(worker);
      return worker as WorkerLike;
    };
    const third = await open({ ...optionsOf(path), workerFactory });
    await check(third);
    const isLoaded = async () => expect(await vectorBytes(third)).toBeGreaterThan(0.99 * inMemory);
    await vi.waitFor(isLoaded, still);
    // Of a worker that is started anew, too, without any change.
    await workers[0]?.terminate();
    // It may have been found out already.
    await third.search(moved).catch(({ code }) => expect(code).toBe('WORKER_CRASHED'));
    expect(await vectorBytes(third)).toBeLessThan(0.5 * inMemory);
    await vi.waitFor(isLoaded, still);
    await check(third);
  });

  it('that are damaged are told by the next change, stay on disk, and can be salvaged', async () => {
    const path = folder();
    const first = await open(optionsOf(path));
    await first.upsert({ ids, vectors });
    await first.optimize();
    await first.close();
    const broken = rowOf(vectors, wide, 9000);
    flipBit(path, broken);
    const second = await open(optionsOf(path));
    const change = () => second.setPayload({ kind: 1 }, [5]);
    // A change puts off what is done when it is still.
    await vi.waitFor(() => expect(change()).rejects.toMatchObject({ code: 'CORRUPT_DATA' }), {
      ...still,
      interval: 2000,
    });
    await change();
    expect((await second.search(rowOf(vectors, wide, 5), { k: 1 }))[0]).toMatchObject({ id: 5, distance: 0 });
    await expect(second.search(broken, { k: 1 })).rejects.toMatchObject({ code: 'CORRUPT_DATA' });
    expect(await second.info()).toMatchObject({
      status: 'red',
      storage: { loadError: expect.stringMatching(/damaged|corrupt/i) },
    });
    expect(await vectorBytes(second)).toBeLessThan(0.5 * floatBytes);
    await second.close();
    const salvaged = await open({ ...optionsOf(path), ifDamaged: 'readOnly' });
    const lostPoints = Number((await salvaged.info()).storage.damage?.lostPoints);
    expect(lostPoints).toBeGreaterThan(0);
    expect(await salvaged.count()).toBe(count - lostPoints);
    expect((await salvaged.retrieve([5]))[0]?.payload).toEqual({ kind: 1 });
  });
});
