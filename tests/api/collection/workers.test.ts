/** What becomes of a collection whose workers end. */
import { Worker } from 'node:worker_threads';
import { type Collection, openCollection, type WorkerLike } from 'vicinal/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pointsWith } from './support/points.js';

const workerFile = new URL('../../../pkg/node/vicinal-worker.js', import.meta.url);

describe('a collection', () => {
  let collection: Collection | undefined;
  afterEach(() => collection?.close());

  /** With its workers, in the order in which they were started. */
  async function opened(shards: number) {
    const workers: Worker[] = [];
    collection = await openCollection({
      name: 'mortal',
      dim: 8,
      shards,
      workerFactory: () => {
        const worker = new Worker(workerFile);
        workers.push(worker);
        return worker as WorkerLike;
      },
    });
    return { collection, workers };
  }

  it('settles every call when a worker is killed in the middle of them, and tells which', async () => {
    const { collection, workers } = await opened(3);
    await collection.upsert(pointsWith(300));
    const query = pointsWith(1)[0]?.vector as Float32Array;
    const calls = [
      collection.upsert(pointsWith(3000, 2), { batchSize: 20 }),
      ...Array.from({ length: 20 }, () => collection.search(query)),
      collection.query({ query: 7 }),
      collection.count({ filter: { must: [{ key: 'even', match: { value: true } }] } }),
      collection.delete([1, 2, 3]),
      collection.optimize(),
    ];
    await workers[1]?.terminate();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes[0]).toMatchObject({ status: 'rejected' });
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      const { code, cause } = outcome.reason;
      expect(code === 'STOPPED' ? (cause as { code: string }).code : code).toBe('WORKER_CRASHED');
    }
    await expect(collection.search(query, { k: 7 })).rejects.toThrow(/shard 1 of 3/);
    const info = await collection.info();
    expect(info.status).toBe('red');
    expect(info.shards[1]).toEqual({ pointsCount: null });
    expect(info.shards[0]?.pointsCount).toBeGreaterThan(0);
  });

  it('tells an upsert whose source waits for ever', async () => {
    const { collection, workers } = await opened(1);
    async function* source() {
      yield* pointsWith(10);
      // The first batch is on its way.
      void workers[0]?.terminate();
      await new Promise(() => {});
    }
    await expect(collection.upsert(source(), { batchSize: 10 })).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
    });
  });

  it('answers a search between the batches of an upsert, and not behind all that wait', async () => {
    const batch = 2000;
    const held: Parameters<Worker['postMessage']>[] = [];
    const watched = new Worker(workerFile);
    const post = watched.postMessage.bind(watched);
    let isHolding = false;
    watched.postMessage = (...message) => {
      if (isHolding) held.push(message);
      else post(...message);
    };
    collection = await openCollection({
      ...{ name: 'between', dim: 8, sparseVectors: { words: { text: { fields: ['text'] } } } },
      workerFactory: () => watched as WorkerLike,
    });
    const points = pointsWith(3 * batch).map((point) => ({
      ...point,
      payload: { text: `word ${point.id}` },
    }));
    isHolding = true;
    const upserted = collection.upsert(points, { batchSize: batch });
    await vi.waitFor(() => expect(held).toHaveLength(3));
    const counted = collection.count();
    await vi.waitFor(() => expect(held).toHaveLength(4));
    isHolding = false;
    for (const message of held) post(...message);
    expect([batch, 2 * batch]).toContain(await counted);
    expect(await upserted).toEqual({ count: 3 * batch });
    expect(await collection.count()).toBe(3 * batch);
  });

  it('mends its graph once it is still, where the mending is stopped', async () => {
    const shares: number[] = [];
    const stop = new AbortController();
    const calls = new Set<number>();
    const watched = new Worker(workerFile);
    const post = watched.postMessage.bind(watched);
    watched.postMessage = (message, transfer) => {
      if (message.method === 'indexSome') calls.add(message.call);
      post(message, transfer);
    };
    watched.on('message', (message) => {
      if (!calls.has(message.call)) return;
      shares.push(message.value);
      if (isDeleting) stop.abort();
    });
    let isDeleting = false;
    collection = await openCollection({
      ...{ name: 'mended', dim: 8, index: 'hnsw' },
      workerFactory: () => watched as WorkerLike,
    });
    const points = pointsWith(6000);
    await collection.upsert(points);
    isDeleting = true;
    const ids = points.slice(0, 2000).map(({ id }) => id);
    expect(await collection.delete(ids, { signal: stop.signal })).toEqual({ count: 2000 });
    isDeleting = false;
    expect(shares.at(-1)).toBeLessThan(1);
    await vi.waitFor(() => expect(shares.at(-1)).toBe(1), { timeout: 10_000 });
    expect(await collection.count()).toBe(4000);
  });

  it('leaves no worker when one of them does not start', async () => {
    const workers: Worker[] = [];
    await expect(
      openCollection({
        name: 'unborn',
        dim: 8,
        shards: 3,
        timeoutMs: 5000,
        workerFactory: () => {
          const worker =
            workers.length === 1 ? new Worker('process.exit(3)', { eval: true }) : new Worker(workerFile);
          workers.push(worker);
          return worker as WorkerLike;
        },
      }),
    ).rejects.toMatchObject({ code: 'LOAD_FAILED' });
    const ended = workers.map((worker) =>
      worker.threadId === -1 ? undefined : new Promise((resolve) => worker.once('exit', resolve)),
    );
    await Promise.all(ended);
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1, -1]);
  });

  it('tells no point twice while it moves from one worker to another', async () => {
    let held: (() => void) | undefined;
    let isMoving = () => {};
    const moving = new Promise<void>((resolve) => {
      isMoving = resolve;
    });
    collection = await openCollection({
      name: 'moving',
      ...{ dim: 8, shards: 2, shardKey: 'color' },
      workerFactory: () => {
        const worker = new Worker(workerFile);
        const post = worker.postMessage.bind(worker);
        // What takes points out of the worker where they were waits until it is let go.
        worker.postMessage = (message, transfer) => {
          if (message?.method !== 'delete') return post(message, transfer);
          const before = held;
          held = () => {
            before?.();
            post(message, transfer);
          };
          isMoving();
        };
        return worker as WorkerLike;
      },
    });
    const letGo = () => {
      held?.();
      held = undefined;
    };
    const timer = setInterval(letGo, 1);
    const colors = ['red', 'green', 'blue', 'black', 'white'];
    const points = colors.map((color, id) => ({ ...pointsWith(1)[0], id, payload: { color } }));
    await collection.upsert(points);
    clearInterval(timer);
    await moving;
    const away = points.map((point, id) => ({
      ...point,
      payload: { color: colors[(id + 1) % 5] as string },
    }));
    const begun = new Promise<void>((resolve) => {
      isMoving = resolve;
    });
    const upsert = collection.upsert(away);
    await begun;
    const reads = [collection.count(), collection.search(pointsWith(1)[0]?.vector as Float32Array)] as const;
    await Promise.race([Promise.all(reads), new Promise((resolve) => setTimeout(resolve, 100))]);
    letGo();
    await upsert;
    expect(await reads[0]).toBe(5);
    expect(await reads[1]).toHaveLength(5);
  });

  it('routes by its shard key, and moves points whose key changes', async () => {
    collection = await openCollection({ name: 'routed', dim: 8, shards: 3, shardKey: 'color' });
    const points = pointsWith(60);
    await collection.upsert(points);
    const filter = { must: [{ key: 'color', match: { value: 'red' } }] };
    const query = points[0]?.vector as Float32Array;
    const hits = await collection.search(query, { k: 60, filter, explain: true });
    expect(hits).toHaveLength(20);
    expect(hits.explanation).toHaveLength(1);
    await collection.upsert([{ ...points[0], id: 0, payload: { color: 'blue' } }]);
    expect(await collection.count()).toBe(60);
    expect(await collection.count({ filter })).toBe(19);
    await expect(collection.setPayload({ color: 'red' }, [0])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(collection.upsert([{ id: 1, payload: {} }])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await collection.delete({ filter })).toEqual({ count: 19 });
  });
});
