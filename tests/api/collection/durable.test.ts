/** Collections in folders: what is there after they were closed, or ended in the middle of it. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type Collection,
  type CollectionOptions,
  deleteCollection,
  openCollection,
  restoreCollection,
  type WorkerLike,
} from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { randomVectors } from '../../support/vectors.js';
import { openedCollections } from './support/opened-collections.js';
import { pointsWith } from './support/points.js';

const workerFile = new URL('../../../pkg/node/vicinal-worker.js', import.meta.url);
const folder = temporaryFolders();

/** All that a point may have. */
const everything = (path: string, shards = 2): CollectionOptions => ({
  ...{ name: 'all', storage: 'file', path, shards },
  vectors: {
    graph: { dim: 8, index: 'hnsw', metric: 'euclidean', fullScanThreshold: 10 },
    codes: { dim: 8, quantization: { codec: 'scalar', bits: 8 } },
  },
  sparseVectors: { terms: { modifier: 'idf' }, text: { text: { fields: ['words'], language: 'english' } } },
  payloadIndex: { color: 'keyword', size: 'integer' },
});

const words = ['running foxes', 'lazy dogs', 'brown bears and foxes', 'nothing of it'];
const allPoints = (count: number) =>
  pointsWith(count).map(({ id, vector, payload }, index) => ({
    id: index % 3 === 0 ? `point ${index}` : id,
    vector: {
      graph: vector as Float32Array,
      ...(index % 5 !== 0 && { codes: vector as Float32Array }),
      ...(index % 4 !== 0 && { terms: { indices: [index % 7, 100 + (index % 11)], values: [1, 0.5] } }),
    },
    payload: { ...payload, size: index, words: words[index % words.length] as string },
  }));

/** What a collection answers, of everything. */
async function answers(collection: Collection) {
  const query = pointsWith(1)[0]?.vector as Float32Array;
  const points = [];
  for await (const point of collection.scroll({ withVector: true })) points.push(point);
  const filter = { must: [{ key: 'color', match: { value: 'red' } }] };
  const { payloadSchema } = await collection.info();
  return {
    points,
    payloadSchema,
    exact: await collection.search(query, { using: 'graph', k: 20, params: { exact: true } }),
    filtered: await collection.search(query, { using: 'codes', k: 20, filter }),
    terms: await collection.query({ query: { indices: [1, 105], values: [1, 1] }, using: 'terms' }),
    words: await collection.query({ query: { text: 'fox' }, using: 'text', k: 20 }),
    facet: await collection.facet({ key: 'color' }),
    count: await collection.count({ filter: { must: [{ key: 'size', range: { gte: 10 } }] } }),
  };
}

/** Of all files in a folder and those below. */
function bytesIn(path: string): number {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/** Changes of every kind. */
async function change(collection: Collection): Promise<void> {
  await collection.upsert(allPoints(90), { batchSize: 16 });
  await collection.delete([1, 'point 3', 'nobody']);
  await collection.delete({ filter: { must: [{ key: 'size', range: { gte: 80 } }] } });
  await collection.setPayload({ color: 'black', nested: { a: [1, null, 'ü'] } }, [4, 5]);
  await collection.setPayload({ b: true }, [7], { key: 'nested.deep' });
  await collection.overwritePayload({ words: 'foxes again' }, [8]);
  await collection.deletePayload(['color'], { filter: { must: [{ key: 'size', match: { value: 10 } }] } });
  await collection.clearPayload([11]);
  await collection.updateVectors([{ id: 13, vector: { graph: new Float32Array(8).fill(0.25) } }]);
  await collection.deleteVectors(['codes'], [14]);
  await collection.createPayloadIndex('size', 'integer');
  await collection.createPayloadIndex('number', 'float');
  await collection.deletePayloadIndex('number');
  await collection.createPayloadIndex('even', 'bool');
}

describe('a collection in a folder', () => {
  const { open, closeLater } = openedCollections();

  /** With its workers, in the order in which they were started. */
  async function openWithWorkers(options: CollectionOptions) {
    const workers: Worker[] = [];
    const workerFactory = () => {
      const worker = new Worker(workerFile);
      workers.push(worker);
      return worker as WorkerLike;
    };
    return { collection: await open({ ...options, workerFactory }), workers };
  }

  it.each([1, 2])('is the same when it was closed, in %i workers', async (shards) => {
    const path = folder();
    const first = await open(everything(path, shards));
    await change(first);
    const before = await answers(first);
    expect(before.points.length).toBeGreaterThan(70);
    expect(before.words.length).toBeGreaterThan(0);
    await first.close();
    const second = await open(everything(path, shards));
    expect(await answers(second)).toEqual(before);
    expect((await second.info()).storage).toMatchObject({ type: 'file', durability: 'strict', tornBytes: 0 });
    await second.optimize();
    await second.close();
    expect(await answers(await open(everything(path, shards)))).toEqual(before);
  });

  it('is the same in files as they were left in the middle of it', async () => {
    const path = folder();
    const collection = await open(everything(path));
    await change(collection);
    const left = folder();
    cpSync(path, left, { recursive: true });
    expect(await answers(await open(everything(left)))).toEqual(await answers(collection));
  });

  it('starts a worker again that has ended, with all that was acknowledged', async () => {
    const path = folder();
    const { collection, workers } = await openWithWorkers(everything(path));
    await change(collection);
    const before = await answers(collection);
    await workers[1]?.terminate();
    await expect(collection.count()).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    expect(await answers(collection)).toEqual(before);
    await collection.upsert(allPoints(1));
    expect((await collection.info()).status).toBe('green');
  });

  it('is in files that no second one opens', async () => {
    const options = everything(folder());
    const collection = await open(options);
    await expect(openCollection(options)).rejects.toMatchObject({ code: 'STORAGE_IN_USE' });
    await collection.close();
    await open(options);
  });

  it('is refused as another than it is, with both named', async () => {
    const path = folder();
    const options: CollectionOptions = {
      name: 'same',
      storage: 'file',
      path,
      dim: 8,
      model: 'one',
      shards: 2,
    };
    await (await open(options)).close();
    const refused = async (changed: Partial<CollectionOptions>, message: RegExp) => {
      const opening = openCollection({ ...options, ...changed });
      await expect(opening).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      await expect(opening).rejects.toThrow(message);
    };
    await refused({ dim: 9 }, /dim to be 8, as collection same was created, got "?9/);
    await refused({ metric: 'dot' }, /metric to be "cosine".*got.*dot/);
    await refused({ index: 'hnsw' }, /index to be "flat".*got.*hnsw/);
    await refused({ model: 'two' }, /model to be "one".*got.*two/);
    await refused({ shards: 3 }, /shards to be 2.*got.*3/);
    await refused(
      { ...({ dim: undefined } as object), vectors: { image: { dim: 8 } } },
      /vectors to be {"dim":8}.*got {"vectors":{"image":{"dim":8}}}/,
    );
    await refused({ shardKey: 'color' }, /shardKey to be none.*got.*color/);
    const { shards: _, model: __, ...fewer } = options;
    const collection = await open({ ...fewer, shards: 'auto' });
    expect(await collection.info()).toMatchObject({ model: 'one', shards: [{}, {}] });
  });

  it('has what an upsert tells that it took, when it was closed meanwhile', async () => {
    const options = { name: 'closed', storage: 'file', path: folder(), dim: 8, index: 'hnsw' } as const;
    const ids = Array.from({ length: 4000 }, (_, id) => id);
    const columns = { ids, vectors: randomVectors(ids.length, 8, 5) };
    for (const phase of ['upsert', 'index']) {
      const collection = await open(options);
      let closed: Promise<void> | undefined;
      const upsert = collection.upsert(columns, {
        batchSize: 500,
        onProgress: (progress) => {
          if (progress.phase === phase && progress.done < 4000) closed ??= collection.close();
        },
      });
      const error = await upsert.catch((reason) => reason);
      expect(error).toMatchObject({ code: 'STOPPED', expected: 4000, cause: { code: 'DISPOSED' } });
      await closed;
      const again = await open(options);
      expect(await again.count()).toBe(error.actual);
      if (phase === 'index') expect(error.actual).toBe(4000);
      await again.close();
    }
  });

  it('links what comes to a graph, also where it was opened without a word of the index', async () => {
    const options = { name: 'graph', storage: 'file', path: folder(), dim: 8 } as const;
    await (await open({ ...options, index: 'hnsw' })).close();
    const collection = await open(options);
    const ids = Array.from({ length: 4000 }, (_, id) => id);
    let indexed = 0;
    await collection.upsert(
      { ids, vectors: randomVectors(ids.length, 8, 5) },
      {
        onProgress: ({ phase, done, total }) => {
          if (phase === 'index' && done < total) indexed++;
        },
      },
    );
    expect(indexed).toBeGreaterThan(0);
  });

  it('writes down what it is like once it is still, and keeps what comes after', async () => {
    const path = folder();
    const collection = await open({ name: 'big', storage: 'file', path, dim: 256 });
    const points = (first: number) =>
      Array.from({ length: 2000 }, (_, index) => ({
        id: first + index,
        vector: Float32Array.from({ length: 256 }, (_, i) => Math.sin((first + index) * 31 + i)),
        payload: { n: first + index },
      }));
    const logBytes = () =>
      ['log-0', 'log-1'].map((log) => statSync(join(path, 'shard-0', log)).size).sort((a, b) => a - b);
    const dataBytes = () => statSync(join(path, 'shard-0', 'data')).size;
    for (const first of [0, 2000, 4000]) await collection.upsert(points(first));
    while (dataBytes() < 6e6) await new Promise((resolve) => setTimeout(resolve, 20));
    await collection.upsert(points(6000));
    expect(logBytes()[1]).toBeGreaterThan(2e6);
    await collection.close();
    const again = await open({ name: 'big', storage: 'file', path, dim: 256 });
    expect(await again.count()).toBe(8000);
    expect(await again.retrieve([6001])).toEqual([{ id: 6001, payload: { n: 6001 } }]);
  });

  it('is not written to where it is but opened, left still and closed', async () => {
    const path = folder();
    const options: CollectionOptions = {
      name: 'still',
      storage: 'file',
      path,
      dim: 8,
      index: 'hnsw',
      shards: 1,
    };
    const collection = await open(options);
    await collection.upsert(pointsWith(3000));
    await collection.close();
    const written = () =>
      ['root', 'log-0', 'log-1', 'data'].map((name) => statSync(join(path, 'shard-0', name)).mtimeMs);
    const before = written();
    const again = await open(options);
    // Longer than until it is looked after.
    await new Promise((resolve) => setTimeout(resolve, 900));
    await again.close();
    expect(written()).toEqual(before);
  });

  it('loses nothing but the last change where its log is cut, and tells', async () => {
    const path = folder();
    const options: CollectionOptions = { name: 'torn', storage: 'file', path, dim: 8 };
    const collection = await open(options);
    await collection.upsert(pointsWith(10));
    await collection.upsert([{ id: 'last', vector: new Float32Array(8).fill(1) }]);
    const left = folder();
    cpSync(path, left, { recursive: true });
    const logs = ['log-0', 'log-1'].map((log) => join(left, 'shard-0', log));
    const log = logs.sort((a, b) => statSync(b).size - statSync(a).size)[0] as string;
    truncateSync(log, statSync(log).size - 20);
    const cut = { ...options, path: left };
    const again = await open(cut);
    expect(await again.count()).toBe(10);
    expect((await again.info()).storage.tornBytes).toBeGreaterThan(0);
    await again.upsert([{ id: 'last', vector: new Float32Array(8).fill(1) }]);
    await again.close();
    expect(await (await open(cut)).count()).toBe(11);
  });

  it('writes changes up as they come, though there is no pause between them', async () => {
    const path = folder();
    const collection = await open({ name: 'busy', storage: 'file', path, dim: 256, durability: 'relaxed' });
    const ids = Array.from({ length: 1000 }, (_, index) => index);
    const vectors = Float32Array.from({ length: ids.length * 256 }, (_, index) => Math.sin(index));
    let most = 0;
    for (let round = 0; round < 150; round++) {
      await collection.upsert({ ids, vectors });
      most = Math.max(most, bytesIn(path));
    }
    expect(most).toBeLessThan(110 * vectors.byteLength);
  });

  it('keeps some of what its logs have left for the next changes, and less once it is closed', async () => {
    const path = folder();
    const options: CollectionOptions = { name: 'left', storage: 'file', path, dim: 256 };
    const collection = await open(options);
    const vectors = Float32Array.from({ length: 5000 * 256 }, (_, index) => Math.sin(index));
    const ids = Array.from({ length: 5000 }, (_, index) => index);
    const logBytes = () => ['log-0', 'log-1'].map((log) => statSync(join(path, 'shard-0', log)).size);
    const checkpoints = () => {
      const root = readFileSync(join(path, 'shard-0', 'root'));
      return Math.max(...[0, 4096].map((slot) => Number(root.readBigUInt64LE(slot + 24))));
    };
    const before = checkpoints();
    for (const round of [1, 2]) {
      await collection.upsert({ ids, vectors });
      await expect.poll(checkpoints, { timeout: 10_000 }).toBe(before + round);
    }
    // The checkpoint that is written has an end, which this waits for.
    const { storage } = await collection.info();
    const left = logBytes();
    expect(Math.min(...left)).toBeGreaterThan(vectors.byteLength);
    const files = ['log-0', 'log-1', 'data'].map((file) => statSync(join(path, 'shard-0', file)).size);
    expect(storage.bytes).toBe(files.reduce((sum, bytes) => sum + bytes));
    await collection.upsert([{ id: 'last', vector: vectors.subarray(0, 256) }]);
    expect(logBytes()).toEqual(left);
    await collection.close();
    expect(Math.max(...logBytes())).toBeLessThan(1.1 * 2 ** 20);
    const again = await open(options);
    expect(await again.count()).toBe(5001);
    expect((await again.info()).storage.tornBytes).toBe(0);
    await again.optimize();
    expect(Math.max(...logBytes())).toBeLessThan(1000);
  });

  it('gives back the space of what was deleted when it is optimized', async () => {
    const path = folder();
    const collection = await open({ name: 'halved', storage: 'file', path, dim: 256 });
    const ids = Array.from({ length: 20_000 }, (_, index) => index);
    const vectors = Float32Array.from({ length: ids.length * 256 }, (_, index) => Math.sin(index));
    await collection.upsert({ ids, vectors });
    await collection.optimize();
    await collection.delete(ids.filter((id) => id % 2 === 0));
    await collection.optimize();
    expect(bytesIn(path)).toBeLessThan(0.8 * vectors.byteLength);
    expect(await collection.verify()).toMatchObject({ ok: true });
  });

  it('is never served damaged: whichever byte is another', async () => {
    const path = folder();
    const options = everything(path, 1);
    const collection = await open(options);
    await collection.upsert(allPoints(20));
    const before = await answers(collection);
    await collection.close();
    const shard = join(path, 'shard-0');
    const kept = readdirSync(shard).map(
      (name) => [join(shard, name), readFileSync(join(shard, name))] as const,
    );
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const sized = kept.filter(
        ([, bytes]) => bytes.length > 0 && !/lock/.test(bytes.toString('latin1', 0, 4)),
      );
      const [file, bytes] = sized[round % sized.length] as (typeof kept)[number];
      const damaged = Buffer.from(bytes);
      const at = Math.floor((round * 0.6180339887 * bytes.length) % bytes.length);
      damaged[at] = (damaged[at] as number) ^ (1 << (round % 8));
      for (const [name, whole] of kept) writeFileSync(name, whole);
      writeFileSync(file, damaged);
      try {
        const opened = await openCollection(options);
        try {
          expect(await answers(opened)).toEqual(before);
        } finally {
          await opened.close();
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT_DATA' });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10);
  }, 60_000);

  it('is the same when it is restored from a snapshot, in whatever folder', async () => {
    const path = folder();
    const collection = await open(everything(path));
    await change(collection);
    const pieces: Uint8Array[] = [];
    const reader = collection.snapshot().getReader();
    for (let round = 0; ; round++) {
      const { value, done } = await reader.read();
      if (done) break;
      pieces.push(value);
      // What changes meanwhile is not in it.
      if (round === 3) await collection.upsert(allPoints(1).map((point) => ({ ...point, id: 'later' })));
    }
    expect(await collection.delete(['later'])).toEqual({ count: 1 });
    const before = await answers(collection);
    const restored = await restoreCollection(everything(folder()), new Blob(pieces as BlobPart[]));
    closeLater(restored);
    expect(await answers(restored)).toEqual(before);
    expect(await restored.verify()).toMatchObject({ ok: true, damage: [] });
    await expect(restoreCollection(everything(path), new Blob(pieces as BlobPart[]))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });

    const unpacked = folder();
    writeFileSync(join(unpacked, 'snapshot.tar'), Buffer.concat(pieces));
    execFileSync('tar', ['xf', 'snapshot.tar'], { cwd: unpacked });
    expect(await answers(await open(everything(unpacked)))).toEqual(before);
  });

  it('refuses a snapshot that is cut or altered, and leaves nothing of it', async () => {
    const collection = await open(everything(folder(), 1));
    await collection.upsert(allPoints(30));
    const whole = Buffer.from(await new Response(collection.snapshot()).arrayBuffer());
    const before = await answers(collection);
    const target = folder();
    let refused = 0;
    for (let round = 0; round < 24; round++) {
      const damaged = Buffer.from(whole);
      const at = Math.floor((round * 0.6180339887 * whole.length) % whole.length);
      damaged[at] = (damaged[at] as number) ^ (1 << (round % 8));
      const given = round % 3 === 0 ? whole.subarray(0, at) : damaged;
      try {
        const restored = await restoreCollection(everything(target, 1), new Blob([given]));
        // It was in what nothing is kept in.
        expect(await answers(restored)).toEqual(before);
        await restored.close();
        await deleteCollection(everything(target, 1));
      } catch (error) {
        expect(error).toMatchObject({ code: 'CORRUPT_DATA' });
        refused++;
      }
      expect(existsSync(join(target, 'shard-0'))).toBe(false);
    }
    expect(refused).toBeGreaterThan(12);
    const bytes = new Uint8Array(whole);
    for (const snapshot of [new Blob([bytes]), bytes, bytes.buffer]) {
      const restored = await restoreCollection(everything(target, 1), snapshot);
      expect(await answers(restored)).toEqual(before);
      await restored.close();
      await deleteCollection(everything(target, 1));
    }
  });

  it.each(['0', '1', '3', '9', 'x'])('refuses a snapshot of two shards that says %s', async (digit) => {
    const collection = await open(everything(folder(), 2));
    await collection.upsert(allPoints(10));
    const whole = Buffer.from(await new Response(collection.snapshot()).arrayBuffer());
    const at = whole.indexOf('"shards":2') + '"shards":'.length;
    whole[at] = digit.charCodeAt(0);
    const target = folder();
    const restoring = restoreCollection(everything(target, 2), new Blob([whole]));
    await expect(restoring).rejects.toMatchObject({ code: 'CORRUPT_DATA' });
    for (const shard of [0, 1, 2]) expect(existsSync(join(target, `shard-${shard}`))).toBe(false);
  });

  it('tells what is damaged', async () => {
    const path = folder();
    const collection = await open(everything(path, 2));
    await collection.upsert(allPoints(30));
    await collection.optimize();
    const data = join(path, 'shard-1', 'data');
    const bytes = readFileSync(data);
    bytes[100] = (bytes[100] as number) ^ 4;
    writeFileSync(data, bytes);
    const { ok, damage } = await collection.verify();
    expect(ok).toBe(false);
    expect(damage).toMatchObject([{ shard: 1, file: 'data' }]);
  });

  it('closes though a worker does not answer any more, and has all that was acknowledged', async () => {
    const options = everything(folder());
    const { collection, workers } = await openWithWorkers(options);
    await collection.upsert(allPoints(40));
    const [, silent] = workers as [Worker, Worker];
    silent.postMessage = () => {};
    const waiting = expect(collection.count()).rejects.toMatchObject({ code: 'DISPOSED' });
    const started = performance.now();
    await collection.close();
    await waiting;
    expect(performance.now() - started).toBeGreaterThan(9000);
    expect(await (await open(options)).count()).toBe(40);
  }, 60_000);

  it('tells that its files were deleted while it was open', async () => {
    const options = everything(folder());
    const collection = await open(options);
    await collection.upsert(allPoints(1));
    rmSync(options.path as string, { recursive: true });
    // It looks once a second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await expect(collection.upsert(allPoints(2))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('its files were deleted'),
    });
    await expect(collection.delete([1])).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    // What is in memory can be saved elsewhere.
    const read = [];
    for await (const { id } of collection.scroll()) read.push(id);
    expect(read).toContain('point 0');
    await collection.close();
    expect(existsSync(options.path as string)).toBe(false);
    expect(await (await open(options)).count()).toBe(0);
  });

  it('goes on in a folder that was moved', async () => {
    const [from, to] = [folder(), `${folder()} moved`];
    const collection = await open(everything(from));
    await collection.upsert(allPoints(3));
    renameSync(from, to);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await collection.upsert(allPoints(6));
    await collection.close();
    expect(await (await open(everything(to))).count()).toBe(6);
    rmSync(to, { recursive: true });
  });

  it('is as it was created in what is not asked for', async () => {
    const stored = { name: 'open', storage: 'file', path: folder(), dim: 2 } as const;
    const first = await open({ ...stored, metric: 'euclidean' });
    await first.upsert([{ id: 1, vector: [3, 4] }]);
    await first.close();
    const again = await open(stored);
    expect((await again.info()).vectors['']).toMatchObject({ dim: 2, metric: 'euclidean' });
    // Without a direction: refused under cosine, the default.
    await again.upsert([{ id: 2, vector: [0, 0] }]);
    expect(await again.recommend({ positive: [2] })).toEqual([{ id: 1, score: -5, distance: 5 }]);
    await again.close();
    await (await open({ ...stored, index: 'flat', onDisk: false, quantization: null })).close();
    await expect(open({ ...stored, metric: 'cosine' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('opens again with options that are undefined', async () => {
    const vectors = { a: { dim: 2, metric: undefined, index: undefined, quantization: undefined } };
    const stored = { name: 'undefined', storage: 'file', path: folder(), vectors } as const;
    await (await open(stored)).close();
    expect(await (await open(stored)).count()).toBe(0);
  });

  it.each([
    ['without a modifier', { terms: { modifier: 'idf' } }, { terms: {} }],
    ['with another modifier', { terms: {} }, { terms: { modifier: 'idf' } }],
    ['of vectors in place of texts', { terms: { text: { fields: ['words'] } } }, { terms: {} }],
  ] as const)('does not open its sparse vectors %s', async (_, sparseVectors, other) => {
    const stored = { name: 'sparse', storage: 'file', path: folder() } as const;
    await (await open({ ...stored, sparseVectors })).close();
    await expect(open({ ...stored, sparseVectors: other })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      expected: expect.stringMatching(/^sparseVectors\.terms\.(modifier|text) to be /),
    });
    await (await open({ ...stored, sparseVectors })).close();
  });

  it('is deleted with all its files', async () => {
    const options = everything(folder());
    const collection = await open(options);
    await expect(deleteCollection(options)).rejects.toMatchObject({ code: 'STORAGE_IN_USE' });
    await collection.close();
    expect(await deleteCollection({ name: 'all', path: options.path as string })).toBe(true);
    expect(await deleteCollection({ name: 'all', path: options.path as string })).toBe(false);
    expect(await (await open(options)).count()).toBe(0);
  });
});
