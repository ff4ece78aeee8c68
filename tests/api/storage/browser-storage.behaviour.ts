/**
What storage in a browser does besides: between workers, and where a transaction fails.

@module
*/
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  chooseStorage,
  type OpenedFiles,
  openStorage,
  removeStorage,
  type StoragePlace,
  storageExists,
} from '../../../worker/storage/storage.js';
import { errorOf } from '../support/awaitable.js';

/** @param makePlace - A place for a collection that nobody else uses, in `opfs` or `indexeddb`. */
export function describeBrowserStorage(title: string, makePlace: () => StoragePlace): void {
  describe(`${title}, of a browser`, () => {
    let place: StoragePlace;
    beforeEach(() => {
      place = makePlace();
    });
    let opened: OpenedFiles | undefined;
    afterEach(async () => {
      await opened?.close().catch(() => {});
      opened = undefined;
      await removeStorage(place);
    });

    it('keeps names apart', async () => {
      const other = { ...place, name: place.name.toUpperCase() };
      expect(other.name).not.toBe(place.name);
      const opened = await openStorage({ ...place, shard: 0 });
      await opened.close();
      expect(await storageExists(other)).toBe(false);
      await removeStorage(other);
      expect(await storageExists(place)).toBe(true);
      await expect(openStorage({ ...place, name: '', shard: 0 })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });

    it('is chosen where the collection is already', async () => {
      await (await openStorage({ ...place, shard: 0 })).close();
      expect(await chooseStorage({ name: place.name })).toBe(place.kind);
    });

    if (makePlace().kind !== 'indexeddb') return;

    it('is durable once it has settled: before, nothing is there', async () => {
      const { files, settle } = await openSettling();
      expect(settle()).toBeUndefined();
      files.data.write(Uint8Array.of(1), { at: 100_000 });
      expect(settle()).toBeUndefined();
      files.data.flush();
      expect(await storedBlocks()).toBe(0);
      await Promise.all([settle(), settle()]);
      expect(await storedBlocks()).toBe(2);
      files.data.truncate(0);
      files.data.flush();
      await settle();
      expect(await storedBlocks()).toBe(0);
      expect(settle()).toBeUndefined();
    });

    it('leaves what was there where a transaction fails, and takes nothing more', async () => {
      const first = await openSettling();
      first.files.root.write(Uint8Array.of(1), { at: 0 });
      first.files.root.flush();
      await first.settle();
      first.files.root.write(Uint8Array.of(2), { at: 0 });
      first.files.root.flush();
      const put = IDBObjectStore.prototype.put;
      const cause = new DOMException('no room', 'QuotaExceededError');
      IDBObjectStore.prototype.put = () => {
        throw cause;
      };
      const full = await errorOf(first.settle);
      IDBObjectStore.prototype.put = put;
      expect(full).toMatchObject({ code: 'STORAGE_FULL', cause });
      expect(() => first.files.root.flush()).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
      expect(await errorOf(first.settle)).toBe(full);
      await first.close();
      const again = await openSettling();
      const into = new Uint8Array(1);
      again.files.root.read(into, { at: 0 });
      expect(into[0]).toBe(1);
    });

    it('writes nothing where somebody else has opened it since', async () => {
      const { files, settle } = await openSettling();
      const database = await openDatabase();
      const transaction = database.transaction('facts', 'readwrite');
      transaction.objectStore('facts').put('somebody else', 'owner');
      await new Promise((resolve) => {
        transaction.oncomplete = resolve;
      });
      database.close();
      files.root.write(Uint8Array.of(1), { at: 0 });
      files.root.flush();
      expect(await errorOf(settle)).toMatchObject({ code: 'STORAGE_IN_USE' });
      expect(await storedBlocks()).toBe(0);
    });

    async function openSettling(): Promise<OpenedFiles> {
      const current = await openStorage({ ...place, shard: 0 });
      opened = current;
      return { files: current.files, settle: () => current.settle(), close: () => current.close() };
    }

    async function openDatabase(): Promise<IDBDatabase> {
      const databases = await indexedDB.databases();
      const ending = encodeURIComponent(place.name).split('%20').at(-2) as string;
      const name = databases.find((each) => each.name?.includes(ending))?.name as string;
      const request = indexedDB.open(name);
      return new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    }

    async function storedBlocks(): Promise<number> {
      const database = await openDatabase();
      const request = database.transaction('blocks').objectStore('blocks').count();
      return new Promise((resolve) => {
        request.onsuccess = () => {
          database.close();
          resolve(request.result);
        };
      });
    }
  });
}
