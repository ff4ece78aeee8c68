/**
Files in the browser's private file system: `vicinal/<collection>/shard-<n>/`, by access handles, of which only a worker
can have any.

@module
*/
import {
  type StoreFiles,
  type SyncFile,
  storageError,
  storeFileNames,
} from '../../bindings/api/store-files.js';
import { lookNowAndThen } from './still-there.js';
import type { StorageBackEnd } from './storage.js';
import { folderName, shardName, shardOf } from './storage-names.js';
import { waitForRelease } from './wait-for-release.js';

/** The DOM library's own types leave out what only workers have. */
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}

interface IterableFolder extends FileSystemDirectoryHandle {
  keys(): AsyncIterableIterator<string>;
}

const root = 'vicinal';
const holder = 'another worker, of this tab or another,';

export const opfsBackEnd: StorageBackEnd = {
  async works() {
    // A name that no collection's folder has, and no other worker's trial.
    const trial = `trial.${Math.random().toString(36).slice(2)}`;
    try {
      const folder = await rootFolder(true);
      const handle = (await folder.getFileHandle(trial, { create: true })) as FileHandle;
      try {
        const file = await handle.createSyncAccessHandle();
        // Where handles are of an earlier form, whose calls return promises, this is none.
        const size = file.getSize();
        file.close();
        return size === 0;
      } finally {
        await folder.removeEntry(trial);
      }
    } catch {
      return false;
    }
  },

  async open({ name }, shard) {
    const collection = folderName(name);
    const opened: (readonly [string, SyncFile])[] = [];
    let folder: FileSystemDirectoryHandle | undefined;
    const close = async () => {
      // Chromium does not come back from closing handles of files that are gone: they end with the worker.
      if (folder !== undefined && (await isGone(folder))) return;
      for (const [, file] of opened.splice(0)) file.close();
    };
    try {
      const parent = await (await rootFolder(true)).getDirectoryHandle(collection, { create: true });
      folder = await parent.getDirectoryHandle(shardName(shard), { create: true });
      for (const file of storeFileNames) {
        const handle = (await folder.getFileHandle(file, { create: true })) as FileHandle;
        opened.push([file, await waitForRelease(holder, () => takeHandle(handle))]);
      }
    } catch (error) {
      await close();
      throw storageError("opening files of the browser's private file system", error);
    }
    const place = folder;
    return {
      files: Object.fromEntries(opened) as unknown as StoreFiles,
      settle: lookNowAndThen(collection, () => isGone(place)),
      close,
    };
  },

  async exists({ name }) {
    const collection = folderName(name);
    try {
      const folder = await (await rootFolder(false)).getDirectoryHandle(collection);
      for await (const entry of (folder as IterableFolder).keys()) {
        if (shardOf(entry) !== undefined) return true;
      }
      return false;
    } catch (error) {
      if (isMissing(error)) return false;
      throw storageError("listing the browser's private file system", error);
    }
  },

  async remove({ name }) {
    const collection = folderName(name);
    try {
      const folder = await rootFolder(false);
      await waitForRelease(holder, () =>
        unlessHeld(async () => {
          await folder.removeEntry(collection, { recursive: true });
          return true;
        }),
      );
    } catch (error) {
      if (!isMissing(error)) throw storageError("removing the collection's folder", error);
    }
  },
};

async function isGone(folder: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    await folder.getFileHandle(storeFileNames[0]);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

async function rootFolder(create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(root, { create });
}

function takeHandle(handle: FileHandle): Promise<SyncFile | undefined> {
  return unlessHeld(() => handle.createSyncAccessHandle());
}

/** Nothing where somebody else has a handle of the file. */
async function unlessHeld<T>(use: () => Promise<T>): Promise<T | undefined> {
  try {
    return await use();
  } catch (error) {
    if ((error as DOMException | undefined)?.name === 'NoModificationAllowedError') return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as DOMException | undefined)?.name === 'NotFoundError';
}
