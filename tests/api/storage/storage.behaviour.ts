/**
What storage does, whatever keeps the files: as files, and under a store.

@module
*/
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { VectorSearchEngine } from '../../../bindings/api/search-engine.js';
import { runSteps } from '../../../bindings/api/steps.js';
import { Store } from '../../../bindings/api/store.js';
import { type StoreFiles, type SyncFile, storeFileNames } from '../../../bindings/api/store-files.js';
import {
  type OpenedFiles,
  openStorage,
  removeStorage,
  type StoragePlace,
  storageExists,
} from '../../../worker/storage/storage.js';
import { randomNumbers, randomVectors } from '../../support/vectors.js';
import { errorOf } from '../support/awaitable.js';

/** @param makePlace - A place for a collection that nobody else uses. */
export function describeStorage(title: string, makePlace: () => StoragePlace): void {
  describe(title, () => {
    let place: StoragePlace;
    let open: OpenedFiles[];
    const openShard = async (shard = 0): Promise<OpenedFiles> => {
      const opened = await openStorage({ ...place, shard });
      open.push(opened);
      return opened;
    };
    beforeEach(() => {
      place = makePlace();
      open = [];
    });
    afterEach(async () => {
      for (const opened of open) await opened.close();
      await removeStorage(place);
    });

    describe('files', () => {
      it('are there from opening to removal', async () => {
        expect(await storageExists(place)).toBe(false);
        await removeStorage(place);
        const opened = await openShard();
        await openShard(1);
        expect(await storageExists(place)).toBe(true);
        expect(storeFileNames.map((name) => opened.files[name].getSize())).toEqual([0, 0, 0, 0]);
        for (const each of open) await each.close();
        expect(await storageExists(place)).toBe(true);
        await removeStorage(place);
        expect(await storageExists(place)).toBe(false);
      });

      it('hold what was written, also when they are opened again', async () => {
        const random = randomNumbers(7);
        const below = (most: number) => Math.floor(random() * most);
        const noise = Uint8Array.from({ length: 150_000 }, () => below(256));
        const expected = new Map<string, Uint8Array>(storeFileNames.map((name) => [name, new Uint8Array(0)]));
        for (let round = 0; round < 6; round++) {
          const { files, settle, close } = bound(await openShard());
          for (const name of storeFileNames) expectSame(contents(files[name]), expected.get(name));
          for (let step = 0; step < 25; step++) {
            const name = storeFileNames[below(4)] as keyof StoreFiles;
            const before = expected.get(name) as Uint8Array;
            if (below(4) === 0) {
              const size = below(before.length + 1);
              files[name].truncate(size);
              expected.set(name, before.slice(0, size));
            } else {
              const at = below(before.length + 70_000);
              const from = below(50_000);
              const bytes = noise.slice(from, from + below(100_000));
              expect(files[name].write(bytes, { at })).toBe(bytes.length);
              const after = new Uint8Array(
                bytes.length > 0 ? Math.max(before.length, at + bytes.length) : before.length,
              );
              after.set(before);
              if (bytes.length > 0) after.set(bytes, at);
              expected.set(name, after);
            }
            files[name].flush();
            expect(files[name].getSize()).toBe(expected.get(name)?.length);
            if (below(5) === 0) await settle();
          }
          for (const name of storeFileNames) expectSame(contents(files[name]), expected.get(name));
          await close();
        }
      });

      it('read fewer bytes at the end, and none past it', async () => {
        const { root } = (await openShard()).files;
        root.write(Uint8Array.of(1, 2, 3), { at: 0 });
        const into = new Uint8Array(5);
        expect(root.read(into, { at: 1 })).toBe(2);
        expect([...into]).toEqual([2, 3, 0, 0, 0]);
        expect(root.read(into, { at: 3 })).toBe(0);
        expect(root.read(into, { at: 70_000 })).toBe(0);
      });

      it('are opened by one at a time', async () => {
        const opened = await openShard();
        const refused = { name: 'VectorSearchError', code: 'STORAGE_IN_USE', actual: expect.any(String) };
        expect(await errorOf(() => openStorage({ ...place, shard: 0 }))).toMatchObject(refused);
        expect(await errorOf(() => removeStorage(place))).toMatchObject(refused);
        opened.files.root.write(Uint8Array.of(9), { at: 0 });
        opened.files.root.flush();
        await opened.close();
        await opened.close();
        expect(contents((await openShard()).files.root)).toEqual(Uint8Array.of(9));
      });

      it('take nothing more once they are closed', async () => {
        const { files, close } = bound(await openShard());
        await close();
        expect(() => files.data.write(Uint8Array.of(1), { at: 0 })).toThrow();
        expect(() => files.data.flush()).toThrow();
      });
    });

    describe('a store', () => {
      const openStore = async (watch?: Watch): Promise<{ store: Store } & OpenedFiles> => {
        const opened = bound(await openShard());
        const files = watch === undefined ? opened.files : watched(opened.files, watch);
        const store = Store.open(files);
        return {
          ...opened,
          store,
          close: () => {
            store.dispose();
            return opened.close();
          },
        };
      };
      const bytesOf = (text: string) => new TextEncoder().encode(text);
      const textsOf = (store: Store) => [...store.records()].map((bytes) => new TextDecoder().decode(bytes));

      it('is new in new files', async () => {
        const { store } = await openStore();
        expect(store.report).toMatchObject({
          created: true,
          generation: 1,
          records: 0,
          torn: false,
          tornBytes: 0,
        });
        expect(store.report.damage).toBeUndefined();
        expect(textsOf(store)).toEqual([]);
      });

      it('keeps records, in their order', async () => {
        const first = await openStore();
        first.store.append(bytesOf('one'));
        first.store.append([bytesOf('t'), bytesOf(''), bytesOf('wo')]);
        first.store.append(bytesOf(''));
        first.store.flush();
        await first.settle();
        expect(textsOf(first.store)).toEqual(['one', 'two', '']);
        await first.close();
        const second = await openStore();
        expect(second.store.report).toMatchObject({ created: false, records: 3 });
        expect(textsOf(second.store)).toEqual(['one', 'two', '']);
        second.store.append(bytesOf('four'));
        second.store.flush();
        await second.close();
        expect(textsOf((await openStore()).store)).toEqual(['one', 'two', '', 'four']);
      });

      it('keeps a checkpoint of sections and engines, and drops the records before it', async () => {
        const vectors = randomVectors(600, 32);
        const engine = new VectorSearchEngine(32, 'cosine', { index: 'hnsw', m: 8 });
        engine.addBatch(vectors);
        const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7);
        const first = await openStore();
        first.store.append(bytesOf('gone'));
        first.store.beginCheckpoint();
        first.store.writeSection('meta', bytesOf('{}'));
        first.store.writeSection('large', large);
        for (const _ of first.store.writeEngineSteps('dense/tïtle', engine));
        first.store.finishCheckpoint();
        expect(first.store.generation).toBe(2);
        expect(textsOf(first.store)).toEqual([]);
        first.store.append(bytesOf('kept'));
        first.store.flush();
        await first.settle();
        await first.close();

        const { store } = await openStore();
        expect(store.report).toMatchObject({ generation: 2, records: 1 });
        expect(textsOf(store)).toEqual(['kept']);
        expect([store.has('meta'), store.has('other')]).toEqual([true, false]);
        expect(store.sectionBytes('large')).toBe(large.length);
        expectSame(store.readSection('large'), large);
        expect(store.readSection('large', 1_000_001, 7)).toEqual(large.slice(1_000_001, 1_000_008));
        const loaded = store.loadEngine('dense/tïtle');
        const query = vectors.subarray(0, 32);
        expect(loaded.search(query, 5).ids).toEqual(engine.search(query, 5).ids);
        loaded.dispose();
        engine.dispose();
        expect(() => store.readSection('other')).toThrow(
          expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
        );
        expect(runSteps(store.verifySteps())).toEqual({ damage: [] });
      });

      it('takes engines some at a time, for as long as they stay as they are', async () => {
        const [count, dim] = [2000, 768];
        const vectors = randomVectors(count + 3, dim);
        const row = (index: number) => vectors.subarray(dim * index, dim * (index + 1));
        const engine = new VectorSearchEngine(dim);
        engine.addBatch(vectors.subarray(0, dim * count));
        const first = await openStore();
        const write = () => {
          first.store.beginCheckpoint();
          return first.store.writeEngineSteps('dense', engine);
        };
        const cut = write();
        cut.next();
        engine.update(0, row(count));
        expect(() => cut.next()).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
        expect([...write()].length).toBeGreaterThanOrEqual(2);
        first.store.finishCheckpoint();
        first.store.noteEngine(engine);
        engine.add(row(count + 1));
        engine.add(row(count + 2));
        // Rows that are there already take no steps.
        expect([...write()]).toEqual([]);
        first.store.finishCheckpoint();
        await first.settle();
        await first.close();
        const { store } = await openStore();
        const loaded = store.loadEngine('dense');
        expectSame(loaded.save(), engine.save());
        loaded.dispose();
        engine.dispose();
      });

      it('is where engines read rows that they leave there', async () => {
        const [count, dim] = [1500, 256];
        const vectors = randomVectors(count, dim);
        const engine = new VectorSearchEngine(dim, 'cosine', { index: 'hnsw', m: 8, fullScanThreshold: 10 });
        engine.addBatch(vectors);
        const query = randomVectors(1, dim, 9);
        const expected = engine.search(query, 10);
        const nearest = engine.search(query, 10, { exact: true });
        const before = engine.stats().memoryBytes;
        const expectRows = (read: VectorSearchEngine) => {
          expect(read.stats().memoryBytes).toBeLessThan(before - 0.9 * 4 * dim * count);
          expect(read.search(query, 10)).toEqual(expected);
          expect(read.search(query, 10, { exact: true })).toEqual(nearest);
          expect(read.get(1234)).toEqual(vectors.slice(dim * 1234, dim * 1235));
        };
        const first = await openStore();
        const checkpoint = () => {
          first.store.beginCheckpoint();
          for (const _ of first.store.writeEngineSteps('dense', engine));
          first.store.finishCheckpoint();
        };
        checkpoint();
        expect(first.store.keepRowsOf(engine, 'dense')).toBe(true);
        expectRows(engine);
        // Written from where they are, they are where they were written.
        checkpoint();
        expect(first.store.keepRowsOf(engine, 'dense')).toBe(true);
        expectRows(engine);
        // The last that is read, and so in memory; others of its block are not.
        engine.get(0);
        await first.settle();
        await first.close();
        expect(() => engine.get(7)).toThrow(expect.objectContaining({ code: 'STORAGE_FAILED' }));
        engine.dispose();

        const { store } = await openStore();
        const loaded = store.loadEngine('dense', true);
        expectRows(loaded);
        loaded.update(1234, vectors.subarray(0, dim));
        expect(loaded.get(1234)).toEqual(vectors.slice(0, dim));
        loaded.dispose();
        const floats = new VectorSearchEngine(dim);
        floats.addBatch(vectors);
        store.beginCheckpoint();
        for (const _ of store.writeEngineSteps('floats', floats));
        store.finishCheckpoint();
        expect(store.keepRowsOf(floats, 'floats')).toBe(false);
        expect(() => store.keepRowsOf(floats, 'other')).toThrow(
          expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
        );
        floats.dispose();
      });

      it('writes what has changed', async () => {
        const random = randomNumbers(3);
        const large = Uint8Array.from({ length: 4_000_000 }, () => random() * 256);
        const written = new Map<string, number>();
        const { store } = await openStore((operation, file, size) => {
          if (operation === 'write') written.set(file, (written.get(file) ?? 0) + size);
        });
        const checkpoint = (write: () => void): number => {
          written.clear();
          store.beginCheckpoint();
          write();
          store.finishCheckpoint();
          return written.get('data') ?? 0;
        };
        expect(checkpoint(() => store.writeSection('a', large))).toBeGreaterThan(large.length);
        expect(checkpoint(() => store.writeSection('a', large))).toBeLessThan(20_000);
        large[2_000_000] = 255 - (large[2_000_000] as number);
        expect(checkpoint(() => store.writeSection('a', large))).toBeLessThan(2_200_000);
        expectSame(store.readSection('a'), large);
        expect(store.dataBytes).toBeGreaterThanOrEqual(store.liveBytes);
      });

      it('tells of a full disk, and goes on without what found no room', async () => {
        let limits: Map<string, number> | undefined;
        const cause = new DOMException('no room', 'QuotaExceededError');
        const { store, files, close } = await openStore((operation, file, size, at) => {
          if (operation === 'write' && at + size > (limits?.get(file) ?? Infinity)) throw cause;
        });
        store.append(bytesOf('before'));
        limits = new Map(storeFileNames.map((name) => [name, files[name].getSize()]));
        const error = errorOfCall(() => store.append(bytesOf('too much')));
        expect(error).toMatchObject({
          code: 'STORAGE_FULL',
          message: expect.stringMatching(/^No room to store \d+ bytes$/),
        });
        expect(error.cause).toBe(cause);
        store.beginCheckpoint();
        expect(errorOfCall(() => store.writeSection('s', new Uint8Array(2_000_000)))).toMatchObject({
          code: 'STORAGE_FULL',
          cause,
        });
        limits = undefined;
        store.append(bytesOf('after'));
        store.flush();
        await close();
        const again = await openStore();
        expect(textsOf(again.store)).toEqual(['before', 'after']);
        expect(again.store.has('s')).toBe(false);
      });

      it('takes no change after a failed flush until it is opened again', async () => {
        let broken = false;
        const cause = new Error('the disk is gone');
        const { store, close } = await openStore((operation) => {
          if (broken && operation === 'flush') throw cause;
        });
        store.append(bytesOf('before'));
        store.flush();
        store.append(bytesOf('perhaps'));
        broken = true;
        const error = errorOfCall(() => store.flush());
        expect(error).toMatchObject({ code: 'STORAGE_FAILED', cause });
        expect(error.message).toContain('flush of log-1: Error: the disk is gone');
        broken = false;
        expect(errorOfCall(() => store.append(bytesOf('no')))).toMatchObject({ code: 'STORAGE_FAILED' });
        await close();
        const again = await openStore();
        expect(textsOf(again.store).slice(0, 1)).toEqual(['before']);
        again.store.append(bytesOf('yes'));
      });

      it('reports damage, and reads what is whole', async () => {
        const first = await openStore();
        first.store.beginCheckpoint();
        first.store.writeSection('a', new Uint8Array(100_000).fill(1));
        first.store.writeSection('b', new Uint8Array(100_000).fill(2));
        first.store.finishCheckpoint();
        await first.settle();
        await first.close();
        const raw = await openShard();
        const whole = contents(raw.files.data);
        const place = whole.indexOf(2);
        raw.files.data.write(Uint8Array.of(3), { at: place });
        raw.files.data.flush();
        await raw.close();
        const { store } = await openStore();
        expectSame(store.readSection('a'), new Uint8Array(100_000).fill(1));
        expect(errorOfCall(() => store.readSection('b'))).toMatchObject({ code: 'CORRUPT_DATA' });
        expect(runSteps(store.verifySteps()).damage).toEqual([
          { file: 'data', offset: expect.any(Number), bytes: 100_000 },
        ]);
      });

      it('says DISPOSED after dispose', async () => {
        const { store } = await openStore();
        store.dispose();
        store.dispose();
        expect(errorOfCall(() => store.append(bytesOf('x')))).toMatchObject({ code: 'DISPOSED' });
      });
    });
  });
}

type Watch = (operation: keyof SyncFile, file: string, size: number, at: number) => void;

/** Files whose operations are seen first, and fail where that throws. */
function watched(files: StoreFiles, watch: Watch): StoreFiles {
  const watchedFile = (name: keyof StoreFiles): SyncFile => {
    const file = files[name];
    const seen = (operation: keyof SyncFile, size = 0, at = 0) => watch(operation, name, size, at);
    return {
      getSize: () => file.getSize(),
      read: (into, options) => {
        seen('read', into.length, options.at);
        return file.read(into, options);
      },
      write: (from, options) => {
        seen('write', from.length, options.at);
        return file.write(from, options);
      },
      flush: () => {
        seen('flush');
        file.flush();
      },
      truncate: (size) => {
        seen('truncate');
        file.truncate(size);
      },
      close: () => file.close(),
    };
  };
  return Object.fromEntries(storeFileNames.map((name) => [name, watchedFile(name)])) as unknown as StoreFiles;
}

function bound(opened: OpenedFiles): OpenedFiles {
  return { files: opened.files, settle: () => opened.settle(), close: () => opened.close() };
}

function contents(file: SyncFile): Uint8Array {
  const bytes = new Uint8Array(file.getSize());
  expect(file.read(bytes, { at: 0 })).toBe(bytes.length);
  return bytes;
}

/** Element by element takes seconds for some megabytes. */
function expectSame(found: Uint8Array, expected: Uint8Array | undefined): void {
  expect(found.length).toBe(expected?.length);
  expect(found.findIndex((byte, i) => byte !== expected?.[i])).toBe(-1);
}

function errorOfCall(call: () => unknown): VectorSearchError {
  try {
    call();
  } catch (error) {
    if (error instanceof VectorSearchError) return error;
    throw error;
  }
  throw new Error('the call was expected to fail');
}
