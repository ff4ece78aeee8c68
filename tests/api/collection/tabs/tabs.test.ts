/** Several tabs that share a collection: hand-over, death, silence, and what they must agree on. */
import type { Collection, CollectionOptions, Point, PointRecord } from 'vicinal/worker';
import { openCollection } from 'vicinal/worker';
import { afterEach, describe, expect, it } from 'vitest';
import { type Keep, openKept } from '../../../support/tabs/kept-collection.js';
import { openInTab, type TabOptions } from '../../../support/tabs/open-tab.js';
import { Origin, type Tab } from '../../../support/tabs/origin.js';
import { randomVectors, rowOf } from '../../../support/vectors.js';
import { WatchedSource } from '../support/points.js';

const dim = 4;
const options: CollectionOptions = { name: 'shared', dim, metric: 'euclidean' };
const limits = { pingMs: 20, silenceMs: 150, gatherMs: 100 };

function pointsWith(count: number, first = 0): Point[] {
  const rows = randomVectors(count, dim, 7);
  return Array.from({ length: count }, (_, i) => ({
    id: first + i,
    vector: rowOf(rows, dim, i),
    payload: { number: first + i, even: i % 2 === 0 },
  }));
}

/** What is kept in one origin, whichever tab keeps it. */
class Disk {
  points: readonly PointRecord[] = [];
  saves = 0;
  /** Called after each save, before it is told. */
  onSave: () => void | Promise<void> = () => {};

  keepOf(tab: Tab): Keep {
    return {
      load: async () => this.points,
      save: async (points) => {
        // Of a tab that is gone nothing is written any more.
        if (tab.isCrashed) await new Promise(() => {});
        this.points = structuredClone(points);
        this.saves++;
        await this.onSave();
        if (tab.isCrashed) await new Promise(() => {});
      },
    };
  }
}

interface OpenTab {
  readonly tab: Tab;
  readonly collection: Collection;
}

describe('tabs that share a collection', () => {
  let origin = new Origin();
  let disk = new Disk();
  const opened: OpenTab[] = [];

  async function open(more: Partial<CollectionOptions> = {}, tabOptions: TabOptions = {}): Promise<OpenTab> {
    const tab = origin.openTab();
    const own = { ...options, ...more };
    const openLocal = () => openKept(() => openCollection(own), disk.keepOf(tab));
    const collection = await openInTab(tab, own, { openLocal, ...limits, ...tabOptions });
    const both = { tab, collection };
    opened.push(both);
    return both;
  }

  const roleOf = async ({ collection }: OpenTab) => (await collection.info()).role;
  const idsIn = async ({ collection }: OpenTab) => {
    const ids: unknown[] = [];
    for await (const { id } of collection.scroll()) ids.push(id);
    return ids;
  };

  afterEach(async () => {
    // Those that crashed, too: their workers are freed.
    for (const { collection } of opened.splice(0).reverse()) await collection.close();
    origin = new Origin();
    disk = new Disk();
  });

  it('see each other’s changes at once', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    expect(await Promise.all([first, second, third].map(roleOf))).toEqual(['writer', 'follower', 'follower']);
    await second.collection.upsert(pointsWith(10));
    expect(await first.collection.count()).toBe(10);
    await third.collection.setPayload({ even: 'no' }, [3]);
    expect((await second.collection.retrieve([3]))[0]?.payload).toEqual({ number: 3, even: 'no' });
    await first.collection.delete([1, 2]);
    expect(await idsIn(third)).toEqual([0, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('list many points, in either order', async () => {
    const [writer, follower] = [
      await open({ payloadIndex: { number: 'integer' } }),
      await open({ payloadIndex: { number: 'integer' } }),
    ];
    await writer.collection.upsert(pointsWith(700));
    expect(await idsIn(follower)).toEqual(Array.from({ length: 700 }, (_, id) => id));
    const descending: unknown[] = [];
    for await (const { id } of follower.collection.scroll({
      orderBy: { key: 'number', direction: 'desc' },
      limit: 600,
    }))
      descending.push(id);
    expect(descending).toEqual(Array.from({ length: 600 }, (_, i) => 699 - i));
  });

  it('hand over when the writer closes: nothing that was acknowledged is lost', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    await first.collection.upsert(pointsWith(5));
    await third.collection.upsert(pointsWith(5, 5));
    await first.collection.close();
    expect(await third.collection.count()).toBe(10);
    expect(await roleOf(second)).toBe('writer');
    expect(await roleOf(third)).toBe('follower');
    await third.collection.delete([9]);
    await second.collection.close();
    expect(await idsIn(third)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await roleOf(third)).toBe('writer');
  });

  it('hand over when the writer crashes amid their calls', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    await second.collection.upsert(pointsWith(4));
    let crashed = false;
    // The change is made, and nobody hears of it.
    disk.onSave = () => {
      if (!crashed) first.tab.crash();
      crashed = true;
    };
    const removed = third.collection.delete({ filter: { must: [{ key: 'even', match: { value: true } }] } });
    const added = second.collection.upsert(pointsWith(4, 10));
    const counted = second.collection.count();
    expect(await removed).toEqual({ count: 0, repeated: true });
    expect(await added).toEqual({ count: 4 });
    expect(await counted).toBeGreaterThanOrEqual(2);
    expect(await idsIn(third)).toEqual([1, 3, 10, 11, 12, 13]);
    expect([await roleOf(second), await roleOf(third)]).toEqual(['writer', 'follower']);
  });

  it('make changes again in the order in which the lost writer had them', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    await second.collection.upsert(pointsWith(1));
    let saves = 0;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    // Both are made, neither is told.
    disk.onSave = async () => {
      if (first.tab.isCrashed) return;
      if (++saves === 1) await held;
      else first.tab.crash();
    };
    const earlier = third.collection.setPayload({ number: 100 }, [0]);
    await expect.poll(() => saves).toBe(1);
    const later = second.collection.setPayload({ number: 200 }, [0]);
    // The writer has the change, as it answers what was asked after it.
    await second.collection.count();
    first.tab.freeze();
    goOn();
    await expect.poll(() => first.tab.isCrashed).toBe(true);
    expect(await Promise.all([earlier, later])).toEqual([
      { count: 1, repeated: true },
      { count: 1, repeated: true },
    ]);
    expect((await third.collection.retrieve([0]))[0]?.payload).toMatchObject({ number: 200 });
  });

  it('go on with an upsert from a source that cannot be read again', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    const source = new WatchedSource(pointsWith(200));
    disk.onSave = () => {
      if (disk.saves === 7) first.tab.crash();
      if (disk.saves === 13) void second.collection.close();
    };
    const seen: number[] = [];
    const result = await third.collection.upsert(source, {
      batchSize: 10,
      onProgress: (progress) => {
        source.acknowledge(progress.done);
        seen.push(progress.done);
      },
    });
    expect(result).toEqual({ count: 200 });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(200);
    expect(await idsIn(third)).toEqual(Array.from({ length: 200 }, (_, id) => id));
    expect(source.widest).toBeLessThanOrEqual(40);
    expect(await roleOf(third)).toBe('writer');
  });

  it('tell what was taken, and why it ended, when a source throws after a hand-over', async () => {
    const [first, second] = [await open(), await open()];
    await open();
    function* source() {
      yield* pointsWith(55);
      throw new Error('no more');
    }
    disk.onSave = () => {
      if (disk.saves === 2) first.tab.crash();
    };
    await expect(second.collection.upsert(source(), { batchSize: 10 })).rejects.toMatchObject({
      code: 'STOPPED',
      cause: { message: 'no more' },
    });
  });

  it('are not kept waiting by one that is gone amid an upsert', async () => {
    // Not found out by its silence.
    const patient = { silenceMs: 60_000 };
    const [writer, second, third] = [await open({}, patient), await open(), await open({}, patient)];
    async function* endless() {
      yield* pointsWith(10);
      await new Promise(() => {});
    }
    const stuck = second.collection.upsert(endless(), { batchSize: 5 });
    stuck.catch(() => {});
    await expect.poll(() => writer.collection.count()).toBeGreaterThanOrEqual(5);
    second.tab.crash();
    await third.collection.delete([0]);
    expect(await idsIn(third)).not.toContain(0);
  });

  it('are not kept waiting by one that is frozen amid an upsert', async () => {
    const [writer, second, third] = [await open(), await open(), await open()];
    let asked = 0;
    async function* slow() {
      for (const point of pointsWith(100)) {
        if (++asked === 12) second.tab.freeze();
        yield point;
      }
    }
    const halted = second.collection.upsert(slow(), { batchSize: 5 });
    halted.catch(() => {});
    await expect.poll(() => writer.collection.count()).toBeGreaterThanOrEqual(5);
    await third.collection.setPayload({ number: -1 }, [0]);
    second.tab.thaw();
    await expect(halted).rejects.toMatchObject({ code: 'STOPPED', expected: undefined });
    // It is not done for.
    expect((await second.collection.retrieve([0]))[0]?.payload).toMatchObject({ number: -1 });
  });

  it('are not told that a slow source is silence', async () => {
    const [, second] = [await open(), await open()];
    async function* slow() {
      for (const point of pointsWith(3)) {
        await new Promise((resolve) => setTimeout(resolve, 2 * limits.silenceMs));
        yield point;
      }
    }
    expect(await second.collection.upsert(slow(), { batchSize: 1 })).toEqual({ count: 3 });
  });

  it('are told that a frozen writer is silent, and go on when it thaws', async () => {
    const [writer, follower] = [await open(), await open()];
    await follower.collection.upsert(pointsWith(3));
    writer.tab.freeze();
    const outcomes = await Promise.allSettled([
      follower.collection.count(),
      follower.collection.delete([0]),
      follower.collection.upsert(pointsWith(3, 10)),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'TIMEOUT' } });
    expect(outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason))).toEqual([
      expect.not.stringContaining('change'),
      expect.stringContaining('the change may have been made'),
      expect.stringContaining('the change may have been made'),
    ]);
    writer.tab.thaw();
    const ids = await idsIn(follower);
    expect(ids).toEqual(expect.arrayContaining([1, 2]));
    await follower.collection.upsert(pointsWith(1, 50));
    expect(await writer.collection.retrieve([50])).toHaveLength(1);
  });

  it('open with TIMEOUT beside a frozen writer', async () => {
    const writer = await open();
    writer.tab.freeze();
    await expect(open()).rejects.toMatchObject({ code: 'TIMEOUT', expected: limits.silenceMs });
    writer.tab.thaw();
    expect(await roleOf(await open())).toBe('follower');
  });

  it('refuse to repeat a change that comes too late', async () => {
    const patient = { silenceMs: 60_000 };
    const [first, second, third] = [await open(), await open({}, patient), await open({}, patient)];
    await third.collection.upsert(pointsWith(2));
    first.tab.freeze();
    const late = third.collection.setPayload({ number: 1000 }, [0]);
    late.catch(() => {});
    third.tab.freeze();
    first.tab.crash();
    // The new writer has waited for the frozen one, in vain.
    await second.collection.setPayload({ number: 2000 }, [0]);
    third.tab.thaw();
    await expect(late).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      message: expect.stringContaining('the change may have been made'),
    });
    expect((await third.collection.retrieve([0]))[0]?.payload).toMatchObject({ number: 2000 });
  });

  const noVectors: object = { dim: undefined, metric: undefined };

  it.each([
    ['dim', {}, { dim: 5 }, 'dim to be 4', '5'],
    ['dims', {}, noVectors, 'the options of vectors to be {"dim":4}', '{}'],
    ['metric', {}, { metric: 'dot' }, 'metric to be "euclidean"', '"dot"'],
    ['metric than the default', { metric: undefined }, { metric: 'dot' }, 'metric to be "cosine"', '"dot"'],
    ['index', {}, { index: 'hnsw' }, 'index to be "flat"', '"hnsw"'],
    ['degree', { index: 'hnsw' }, { m: 32, index: 'hnsw' }, 'm to be none', '32'],
    ['codec', {}, { quantization: { codec: 'scalar' } }, 'quantization to be null', '{"codec":"scalar"}'],
    ['sparse vector', {}, { sparseVectors: { terms: {} } }, 'sparseVectors to be {}', '{"terms":{}}'],
  ] as const)('refuse another %s than the collection has', async (_, first, other, expected, actual) => {
    const writer = await open(first);
    await expect(open(other)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      expected: `${expected}, as collection shared was created`,
      actual,
    });
    await writer.collection.upsert(pointsWith(1));
    expect(await writer.collection.count()).toBe(1);
  });

  it.each([
    ['shards', { shards: 2 }, 'shards to be 1', '2'],
    ['model', { model: 'small' }, 'model to be none', '"small"'],
  ] as const)('refuse other %s than the tab that has it', async (_, other, expected, actual) => {
    await open();
    await expect(open(other)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      expected: `${expected}, as collection shared is open, in this tab or another`,
      actual,
    });
  });

  it.each([
    ['defaults spelled out', options, { index: 'flat', onDisk: false, quantization: null, shards: 1 }],
    ['what is left open', { index: 'hnsw', m: 8, model: 'small' }, {}],
  ] as const)('agree on %s', async (_, first, other) => {
    await open(first);
    expect(await roleOf(await open(other))).toBe('follower');
  });

  it('have the payload indexes that each of them asks for', async () => {
    const writer = await open({ payloadIndex: { a: 'integer', b: 'integer' } });
    await writer.collection.upsert(pointsWith(3));
    const payloadIndex = { b: 'keyword', number: 'integer' } as const;
    const { collection } = await open({ payloadIndex });
    // They are made behind it: a change may have to wait.
    await expect
      .poll(async () => (await collection.info()).payloadSchema)
      .toMatchObject({
        a: { schema: 'integer' },
        b: { schema: 'keyword' },
        number: { schema: 'integer', points: 3 },
      });
  });

  it('refuse another release of the package', async () => {
    await open({}, { version: '1.0.0' });
    await expect(open({}, { version: '1.1.0' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      expected: expect.stringContaining('1.0.0'),
      actual: expect.stringContaining('1.1.0'),
    });
  });

  it('stop waiting for a writer when the signal says so', async () => {
    const writer = await open();
    writer.tab.freeze();
    const controller = new AbortController();
    const waiting = open({ signal: controller.signal });
    controller.abort(new Error('not needed'));
    await expect(waiting).rejects.toThrow('not needed');
  });

  it('stop a change that waits in the writer', async () => {
    const [, second, third] = [await open(), await open(), await open()];
    const first = second.collection.upsert(pointsWith(50), { batchSize: 1 });
    const controller = new AbortController();
    const stopped = third.collection.delete([1], { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    // Kept collections begin what they were asked for: the signal is asked first.
    await stopped.catch((reason) => expect(reason.message).toBe('changed my mind'));
    await first;
  });

  it('reject with DISPOSED what waits in a tab that closes', async () => {
    const [writer, follower] = [await open(), await open()];
    writer.tab.freeze();
    const waiting = follower.collection.count();
    const closed = follower.collection.close();
    await expect(waiting).rejects.toMatchObject({ code: 'DISPOSED' });
    await closed;
    await expect(follower.collection.count()).rejects.toMatchObject({ code: 'DISPOSED' });
    writer.tab.thaw();
  });

  it('let the next one try where one cannot open the collection', async () => {
    const first = await open();
    const broken = await open({}, { openLocal: () => Promise.reject(new Error('no memory')) });
    const third = await open();
    await third.collection.upsert(pointsWith(2));
    await first.collection.close();
    expect(await third.collection.count()).toBe(2);
    await expect(broken.collection.count()).rejects.toThrow('no memory');
  });

  it('open the shards only once those before are closed', async () => {
    const order: string[] = [];
    const openLocal = (name: string) => async () => {
      order.push(`${name} opens`);
      const collection = await openCollection(options);
      const close = async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await Object.getPrototypeOf(collection).close.call(collection);
        order.push(`${name} is closed`);
      };
      return Object.assign(collection, { close });
    };
    const first = await open({}, { openLocal: openLocal('first') });
    const second = await open({}, { openLocal: openLocal('second') });
    const closed = first.collection.close();
    expect(await second.collection.count()).toBe(0);
    await closed;
    expect(order).toEqual(['first opens', 'first is closed', 'second opens']);
  });

  it('stop an upsert whose listener throws, and tell what it threw', async () => {
    const [, follower] = [await open(), await open()];
    const upsert = follower.collection.upsert(pointsWith(100), {
      batchSize: 5,
      onProgress: ({ done }) => {
        if (done === 20) throw new Error('seen enough');
      },
    });
    const error = await upsert.catch((reason) => reason);
    expect(error).toMatchObject({ code: 'STOPPED', expected: 100, cause: { message: 'seen enough' } });
    expect(await follower.collection.count()).toBe(error.actual);
  });

  it('are told of what cannot be sent', async () => {
    const [, follower] = [await open(), await open()];
    const wrong = { id: 1, vector: [1, 2, 3, 4], payload: { f: () => 1 } } as unknown as Point;
    await expect(follower.collection.upsert([wrong])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const filter = { must: [{ key: 'a', match: { value: () => 1 } }] } as never;
    await expect(follower.collection.count({ filter })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('take columns without taking their buffers along', async () => {
    const [, follower] = [await open(), await open()];
    const buffer = new SharedArrayBuffer(4 * 1000);
    const vectors = new Float32Array(buffer).fill(1).subarray(0, 3 * dim);
    expect(await follower.collection.upsert({ ids: [1, 2, 3], vectors })).toEqual({ count: 3 });
    expect((await follower.collection.search(vectors.subarray(0, dim), { k: 1 }))[0]?.id).toBe(1);
  });
});

describe('without Web Locks', () => {
  it('a collection is the only tab’s own', async () => {
    const collection = await openInTab(undefined, options);
    expect((await collection.info()).role).toBeUndefined();
    await collection.close();
  });
});
