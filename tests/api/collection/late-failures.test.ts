/**
Changes that are made durable together; and files that tell only then that they have no room, as those in IndexedDB: at moments
that a browser's quota (tests/browser/quota.test.ts) cannot be had to choose.
*/
import { readFile } from 'node:fs/promises';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { VectorSearchError } from '../../../bindings/api/errors.js';
import init from '../../../bindings/api/init.js';
import { storeFileNames } from '../../../bindings/api/store-files.js';
import { Host } from '../../../worker/host.js';
import type { HostReply, HostRequest } from '../../../worker/protocol.js';
import { BlockFile } from '../../../worker/storage/block-file.js';
import type { OpenedFiles } from '../../../worker/storage/storage.js';

/** What is durable, by file, and whether there is room for more. */
const disk = vi.hoisted(() => ({
  files: new Map<number, { size: number; readonly blocks: Map<number, Uint8Array> }>(),
  isFull: false,
  commits: 0,
  /** What commits wait for. */
  gate: Promise.resolve(),
}));

vi.mock('../../../worker/storage/storage.js', async (original) => ({
  ...(await original<object>()),
  openStorage: async () => openFiles(),
}));

function openFiles(): OpenedFiles {
  let isFlushed = false;
  let failure: VectorSearchError | undefined;
  let committed: Promise<void> = Promise.resolve();
  const check = (changes: boolean) => {
    if (changes && failure !== undefined) throw failure;
  };
  const files = storeFileNames.map((_, number) => {
    const file = new BlockFile(check, () => {
      isFlushed = true;
    });
    const stored = disk.files.get(number);
    if (stored !== undefined) file.restore(stored.size, [...stored.blocks]);
    return file;
  });
  const commit = async () => {
    await disk.gate;
    const changes = files.map((file) => file.takeChanges());
    disk.commits++;
    if (disk.isFull) failure ??= new VectorSearchError('STORAGE_FULL');
    if (failure !== undefined) throw failure;
    changes.forEach(({ size, blocks }, number) => {
      const stored = disk.files.get(number) ?? { size: 0, blocks: new Map() };
      disk.files.set(number, stored);
      if (size !== undefined) stored.size = size;
      for (const [index, bytes] of blocks) {
        if (bytes === undefined) stored.blocks.delete(index);
        else stored.blocks.set(index, bytes.slice());
      }
    });
  };
  return {
    files: Object.fromEntries(storeFileNames.map((name, number) => [name, files[number]])) as never,
    settle() {
      if (failure !== undefined) return Promise.reject(failure);
      if (!isFlushed) return undefined;
      isFlushed = false;
      committed = committed.then(commit);
      return committed;
    },
    close: async () => {},
  };
}

beforeAll(async () => {
  await init({
    wasmModule: await readFile(new URL('../../../build/wasm/simd128/vicinal.wasm', import.meta.url)),
  });
});

beforeEach(() => {
  disk.files.clear();
  disk.isFull = false;
  disk.commits = 0;
  disk.gate = Promise.resolve();
});

/** A worker's side with one shard: each call resolves to its result, or to the code of its error. */
function start() {
  const waiting = new Map<number, (answer: unknown) => void>();
  let receive: (message: unknown) => void = () => {};
  let calls = 0;
  const host = new Host({
    post(reply: HostReply) {
      if (!('call' in reply)) return;
      const answer = reply.type === 'error' ? reply.error.code : 'value' in reply ? reply.value : undefined;
      waiting.get(reply.call)?.(answer);
    },
    listen(onMessage) {
      receive = onMessage;
    },
  });
  host.listen();
  const send = (request: object) =>
    new Promise<unknown>((resolve) => {
      waiting.set(++calls, resolve);
      receive({ ...request, call: calls, object: 1 } as HostRequest);
    });
  const call = (method: string, ...args: unknown[]) => send({ type: 'call', method, args, stoppable: false });
  const upsert = async (id: number, series?: number) => {
    const args = [{ ...batchOf(id), payloads: [`{"n":${id}}`] }, vector(id)];
    const answer = await send({ type: 'call', method: 'upsert', args, stoppable: false, series });
    return Array.isArray(answer) ? 'taken' : answer;
  };
  const batchOf = (id: number) => ({ ids: [id], dense: [{ name: '', points: [0] }], sparse: [] });
  const vector = (id: number) => Float32Array.of(1, id);
  return {
    call,
    open: (durability: string, payloadIndex = {}) => {
      const storage = { kind: 'indexeddb', name: 'late', shard: 0, shardCount: 1, durability };
      const config = { vectors: { '': { dim: 2 } }, sparseVectors: {}, payloadIndex, storage };
      return send({ type: 'open', open: { kind: 'shard', config } });
    },
    upsert,
    updateVector: (id: number) => call('updateVectors', batchOf(id), vector(id)),
    /** Which of the first five ids are there. */
    ids: async () => {
      const missing = await call('missing', [1, 2, 3, 4, 5]);
      return Array.isArray(missing) ? [1, 2, 3, 4, 5].filter((id) => !missing.includes(id)) : missing;
    },
  };
}

/** Longer than until a relaxed change is flushed. */
const flushed = () => new Promise((resolve) => setTimeout(resolve, 300));

/** A relaxed shard with point 1 durable and point 2 acknowledged, on a disk that is full by then. */
async function startFull() {
  const shard = start();
  await shard.open('relaxed');
  await shard.upsert(1);
  await flushed();
  await shard.upsert(2);
  disk.isFull = true;
  return shard;
}

describe('strict changes that are asked for at once', () => {
  it('are durable together', async () => {
    const shard = start();
    await shard.open('strict');
    disk.commits = 0;
    expect(await Promise.all([1, 2, 3, 4, 5].map((id) => shard.upsert(id)))).toEqual(Array(5).fill('taken'));
    expect(disk.commits).toBe(1);
  });

  it('are acknowledged before what is asked for behind them', async () => {
    const shard = start();
    await shard.open('strict');
    const order: string[] = [];
    const noted = (what: string, answer: Promise<unknown>) => answer.then(() => order.push(what));
    await Promise.all([
      noted('first', shard.upsert(1)),
      noted('second', shard.upsert(2)),
      noted('a read', shard.ids()),
      noted('third', shard.upsert(3)),
    ]);
    expect(order).toEqual(['first', 'second', 'a read', 'third']);
    expect(disk.commits).toBeGreaterThanOrEqual(2);
  });

  it('fail together where they cannot be made durable, and none is seen', async () => {
    const shard = start();
    await shard.open('strict');
    await shard.upsert(1);
    disk.isFull = true;
    expect(await Promise.all([2, 3, 4].map((id) => shard.upsert(id)))).toEqual(Array(3).fill('STORAGE_FULL'));
    expect(await shard.ids()).toEqual([1]);
    disk.isFull = false;
    expect(await shard.upsert(5)).toBe('taken');
    expect(await shard.ids()).toEqual([1, 5]);
  });

  it('are not made behind one of their series that has failed', async () => {
    const shard = start();
    await shard.open('strict');
    disk.isFull = true;
    const first = shard.upsert(1, 7).finally(() => {
      disk.isFull = false;
    });
    // It ends the group: what comes behind it is made durable, or not, by itself.
    const read = shard.ids();
    const [second, other] = [shard.upsert(2, 7), shard.upsert(3, 8)];
    expect(await Promise.all([first, second, other])).toEqual(['STORAGE_FULL', 'STORAGE_FULL', 'taken']);
    await read;
    expect(await shard.ids()).toEqual([3]);
  });
});

describe('files that tell late that they are full', () => {
  it('refuse a strict change, which is not seen, and take the next once there is room', async () => {
    const shard = start();
    await shard.open('strict');
    expect(await shard.upsert(1)).toBe('taken');
    disk.isFull = true;
    expect(await shard.upsert(2)).toBe('STORAGE_FULL');
    expect(await shard.ids()).toEqual([1]);
    expect(await shard.upsert(2)).toBe('STORAGE_FULL');
    disk.isFull = false;
    expect(await shard.upsert(3)).toBe('taken');
    expect(await shard.ids()).toEqual([1, 3]);
  });

  it.each([
    'strict',
    'relaxed',
  ])('lose nothing where a %s checkpoint has no room, and nobody is told', async (durability) => {
    const shard = start();
    await shard.open(durability);
    await shard.upsert(1);
    await flushed();
    disk.isFull = true;
    expect(await shard.call('checkpointSome', 'wanted')).toBe('STORAGE_FULL');
    disk.isFull = false;
    expect(await shard.ids()).toEqual([1]);
    expect(await shard.upsert(2)).toBe('taken');
  });

  it.each([
    'flush',
    'checkpoint',
  ])('tell the next change of what was acknowledged and lost by a %s', async (by) => {
    const shard = await startFull();
    if (by === 'flush') await flushed();
    else expect(await shard.call('checkpointSome', 'wanted')).toBe('STORAGE_FULL');
    expect(await shard.ids()).toEqual([1]);
    // Another failure does not make it forgotten.
    await shard.call('checkpointSome', 'wanted');
    disk.isFull = false;
    expect(await shard.upsert(3)).toBe('STORAGE_FULL');
    expect(await shard.upsert(3)).toBe('taken');
    expect(await shard.ids()).toEqual([1, 3]);
  });

  it('tell one change alone, though more is to be flushed by then', async () => {
    const shard = await startFull();
    let open = () => {};
    disk.gate = new Promise((resolve) => {
      open = resolve;
    });
    await flushed();
    expect(await shard.upsert(3)).toBe('taken');
    // So many that the commit fails while they are taken in.
    const ids = Array.from({ length: 50_000 }, (_, index) => 10 + index);
    const batch = {
      ids,
      dense: [{ name: '', points: [...ids.keys()] }],
      sparse: [],
      payloads: ids.map(() => null),
    };
    const many = shard.call(
      'upsert',
      batch,
      Float32Array.from({ length: 2 * ids.length }, (_, i) => 1 + i),
    );
    setImmediate(open);
    expect(await many).toBe('STORAGE_FULL');
    await flushed();
    disk.isFull = false;
    expect(await shard.ids()).toEqual([1]);
    expect(await shard.upsert(4)).toBe('taken');
  });

  it('refuse vectors of a point that was lost after it was looked for', async () => {
    const shard = await startFull();
    await shard.call('checkpointSome', 'wanted');
    disk.isFull = false;
    expect(await shard.updateVector(2)).toBe('NOT_FOUND');
    expect(await shard.updateVector(1)).toBe('STORAGE_FULL');
    expect(await shard.call('info')).toMatchObject({ points: 1, vectors: { '': { count: 1 } } });
  });

  it('can be read, with a payload index that they have no room for', async () => {
    const first = start();
    await first.open('strict');
    await first.upsert(1);
    await first.call('close');
    disk.isFull = true;
    const shard = start();
    expect(await shard.open('strict', { n: 'integer' })).toBe('STORAGE_FULL');
    expect(await shard.open('strict')).not.toBe('STORAGE_FULL');
    expect(await shard.ids()).toEqual([1]);
    expect(await shard.upsert(2)).toBe('STORAGE_FULL');
    expect(await shard.ids()).toEqual([1]);
  });

  it('are not made anew where they are gone', async () => {
    const shard = start();
    await shard.open('strict');
    await shard.upsert(1);
    disk.isFull = true;
    expect(await shard.upsert(2)).toBe('STORAGE_FULL');
    disk.files.clear();
    disk.isFull = false;
    expect(await shard.ids()).toBe('STORAGE_FAILED');
    expect(await shard.upsert(3)).toBe('STORAGE_FAILED');
  });
});
