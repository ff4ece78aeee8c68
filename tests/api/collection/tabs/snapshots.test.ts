/** Snapshots that one tab takes of a collection that another one holds. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Collection,
  type CollectionOptions,
  openCollection,
  type Progress,
  restoreCollection,
} from 'vicinal/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { snapshotOf } from '../../../../worker/collection/durable/snapshot.js';
import type { ShardGroup } from '../../../../worker/collection/shard-group.js';
import { openInTab } from '../../../support/tabs/open-tab.js';
import { Origin, type Tab } from '../../../support/tabs/origin.js';
import { temporaryFolders } from '../../../support/temporary-folder.js';
import { randomVectors } from '../../../support/vectors.js';

const dim = 32;
const folder = temporaryFolders();

const inFolder = (path: string): CollectionOptions => ({
  ...{ name: 'shared', storage: 'file', path, dim, metric: 'euclidean', shards: 2 },
});

interface OpenTab {
  readonly tab: Tab;
  readonly collection: Collection;
}

/** A writer and a follower of 500 points. */
async function openTabs(path: string, silenceMs = 5000): Promise<readonly [OpenTab, OpenTab]> {
  const origin = new Origin();
  const open = async (): Promise<OpenTab> => {
    const tab = origin.openTab();
    const limits = { pingMs: 20, silenceMs, gatherMs: 100 };
    const openLocal = () => openCollection(inFolder(path));
    const collection = await openInTab(tab, inFolder(path), { ...limits, openLocal });
    onTestFinished(() => collection.close());
    return { tab, collection };
  };
  const tabs = [await open(), await open()] as const;
  const ids = Array.from({ length: 500 }, (_, id) => id);
  await tabs[0].collection.upsert({ ids, vectors: randomVectors(500, dim, 3) });
  return tabs;
}

async function pointsOf(collection: Collection): Promise<unknown[]> {
  const points: unknown[] = [];
  for await (const point of collection.scroll({ withVector: true })) points.push(point);
  return points;
}

/** Bytes of the changes that no checkpoint has taken over; there is none while a snapshot is read. */
const logBytes = (path: string) =>
  ['log-0', 'log-1'].reduce((sum, log) => sum + statSync(join(path, 'shard-0', log)).size, 0);

/** Nothing holds the files, once what ends is over. */
async function checkpointsGoOn({ collection }: OpenTab, path: string): Promise<void> {
  const left = async () => {
    await collection.optimize();
    return logBytes(path);
  };
  await expect.poll(left).toBeLessThan(10_000);
}

describe('a snapshot by a follower', () => {
  it('is what the collection was, whatever changes meanwhile', async () => {
    const [writer, follower] = await openTabs(folder());
    const before = await pointsOf(writer.collection);
    const reader = follower.collection.snapshot().getReader();
    const pieces: Uint8Array[] = [];
    for (let round = 0; ; round++) {
      const { value, done } = await reader.read();
      if (done) break;
      pieces.push(value);
      if (round === 3) await writer.collection.delete([1, 2, 3]);
      if (round === 4) await follower.collection.delete([4]);
    }
    const restored = await restoreCollection(inFolder(folder()), new Blob(pieces as BlobPart[]));
    onTestFinished(() => restored.close());
    expect(await pointsOf(restored)).toEqual(before);
    expect(await follower.collection.count()).toBe(496);
  });

  it('is read piece by piece beside another one', async () => {
    const [, follower] = await openTabs(folder());
    const readers = [follower.collection.snapshot(), follower.collection.snapshot()].map((stream) =>
      stream.getReader(),
    );
    const lengths = [0, 0];
    for (let left = 2; left > 0; ) {
      left = 0;
      for (const [index, reader] of readers.entries()) {
        const { value, done } = await reader.read();
        if (done) continue;
        lengths[index] = (lengths[index] as number) + value.length;
        left++;
      }
    }
    expect(lengths[0]).toBeGreaterThan(500 * dim * 4);
    expect(lengths[1]).toBe(lengths[0]);
  });

  it.each([
    ['was cancelled', async (reader: ReadableStreamDefaultReader, _: OpenTab) => await reader.cancel()],
    [
      'ended with its tab',
      async (_: ReadableStreamDefaultReader, { collection }: OpenTab) => await collection.close(),
    ],
    ['ended with its tab’s crash', async (_: ReadableStreamDefaultReader, { tab }: OpenTab) => tab.crash()],
  ])('that %s holds nothing any more', async (_, end) => {
    const path = folder();
    const [writer, follower] = await openTabs(path);
    const reader = follower.collection.snapshot().getReader();
    for (let piece = 0; piece < 5; piece++) await reader.read();
    await writer.collection.optimize();
    expect(logBytes(path)).toBeGreaterThan(10_000);
    await end(reader, follower);
    await checkpointsGoOn(writer, path);
  });

  it.each([0, 3])('whose writer is silent after %i pieces holds nothing once it is back', async (pieces) => {
    const path = folder();
    const [writer, follower] = await openTabs(path, 300);
    const reader = follower.collection.snapshot().getReader();
    for (let piece = 0; piece < pieces; piece++) await reader.read();
    writer.tab.freeze();
    await expect(reader.read()).rejects.toMatchObject({ code: 'TIMEOUT' });
    writer.tab.thaw();
    expect(await follower.collection.count()).toBe(500);
    await checkpointsGoOn(writer, path);
  });

  it('fails where its writer ends, and can be taken anew', async () => {
    const [writer, follower] = await openTabs(folder());
    const reader = follower.collection.snapshot().getReader();
    for (let piece = 0; piece < 5; piece++) await reader.read();
    await writer.collection.close();
    await expect(reader.read()).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    expect((await follower.collection.info()).role).toBe('writer');
    const again = await restoreCollection(inFolder(folder()), follower.collection.snapshot());
    onTestFinished(() => again.close());
    expect(await again.count()).toBe(500);
  });

  it('is not all that travels: so does the progress of a verification', async () => {
    const [, follower] = await openTabs(folder());
    const shares: number[] = [];
    const onProgress = ({ done, total }: Progress) => void shares.push(done / total);
    expect((await follower.collection.verify({ onProgress })).ok).toBe(true);
    expect(shares.at(-1)).toBe(1);
    const failing = follower.collection.verify({
      onProgress: () => {
        throw new Error('seen enough');
      },
    });
    await expect(failing).rejects.toThrow('seen enough');
    const wrong = { onProgress: 1 } as never;
    await expect(follower.collection.verify(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(follower.collection.count(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('ends with its tab', async () => {
    const [, follower] = await openTabs(folder());
    const reader = follower.collection.snapshot().getReader();
    await reader.read();
    await follower.collection.close();
    await expect(reader.read()).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('can be left when its tab has ended', async () => {
    const [, follower] = await openTabs(folder());
    const reader = follower.collection.snapshot().getReader();
    await reader.read();
    await follower.collection.close();
    await reader.cancel();
    expect((await reader.read()).done).toBe(true);
  });

  it('holds nothing of one shard where another one fails', async () => {
    const calls: string[] = [];
    const shards = {
      all: [0, 1],
      count: 2,
      call: async (shard: number, method: string) => {
        if (shard === 0) throw new Error('shard 0 has ended');
        await new Promise((resolve) => setTimeout(resolve, 10));
        calls.push(method);
        return { hold: 1, files: [] };
      },
    };
    const reader = snapshotOf(shards as unknown as ShardGroup, (run) => run()).getReader();
    await expect(reader.read()).rejects.toThrow('shard 0 has ended');
    expect(calls).toEqual(['holdFiles', 'releaseFiles']);
  });

  it('of a collection in memory is refused as the writer refuses it', async () => {
    const origin = new Origin();
    const options: CollectionOptions = { name: 'shared', dim };
    const [writer, follower] = [
      await openInTab(origin.openTab(), options),
      await openInTab(origin.openTab(), options),
    ];
    onTestFinished(() => follower.close());
    onTestFinished(() => writer.close());
    const refusal = (collection: Collection) =>
      collection
        .snapshot()
        .getReader()
        .read()
        .then(
          () => undefined,
          ({ code, message }) => ({ code, message }),
        );
    expect(await refusal(follower)).toBeDefined();
    expect(await refusal(follower)).toEqual(await refusal(writer));
  });
});
