/**
Files in a folder, in Node: `<path>/shard-<n>/`.

@module
*/
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { platform } from 'node:process';
import {
  type StoreFiles,
  type SyncFile,
  storageError,
  storeFileNames,
} from '../../bindings/api/store-files.js';
import { FolderLock } from './folder-lock-node.js';
import { lookNowAndThen } from './still-there.js';
import type { OpenedFiles, StorageBackEnd, StoragePlace } from './storage.js';
import { shardName, shardOf } from './storage-names.js';

export const folderBackEnd: StorageBackEnd = {
  works: async () => true,

  async open(place, shard) {
    const folder = join(folderOf(place), shardName(shard));
    return typed(folder, () => openFolder(folder));
  },

  exists: async (place) => typed(folderOf(place), () => shardFolders(place).length > 0),

  async remove(place) {
    const folders = shardFolders(place);
    typed(folderOf(place), () => {
      const locks = takeAll(folders);
      for (const folder of folders)
        for (const name of storeFileNames) rmSync(join(folder, name), { force: true });
      const removeFolders = () => {
        for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      };
      // Whoever takes a lock once it is free has files that are in use. Windows deletes none that is open, and waits.
      if (platform !== 'win32') removeFolders();
      for (const lock of locks) lock.release();
      if (platform === 'win32') removeFolders();
      removeIfEmpty(folderOf(place));
    });
  },
};

class FolderFile implements SyncFile {
  readonly #file: number;
  #open = true;

  constructor(path: string) {
    this.#file = openOrCreate(path);
  }

  getSize(): number {
    return fstatSync(this.#file).size;
  }

  /** Whether no folder has it any more; one that was moved has. */
  get isDeleted(): boolean {
    return fstatSync(this.#file).nlink === 0;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    return readSync(this.#file, into, 0, into.length, at);
  }

  write(from: Uint8Array, { at }: { readonly at: number }): number {
    return writeSync(this.#file, from, 0, from.length, at);
  }

  flush(): void {
    fdatasyncSync(this.#file);
  }

  truncate(size: number): void {
    ftruncateSync(this.#file, size);
  }

  /** Again: does nothing. The number of a closed file may be another's by then. */
  close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

function openFolder(folder: string): OpenedFiles {
  makeFolder(folder);
  const lock = FolderLock.take(folder);
  const opened: (readonly [string, FolderFile])[] = [];
  const close = () => {
    for (const [, file] of opened) file.close();
    lock.release();
  };
  try {
    for (const name of storeFileNames) opened.push([name, new FolderFile(join(folder, name))]);
    syncFolder(folder);
  } catch (error) {
    close();
    throw error;
  }
  return {
    files: Object.fromEntries(opened) as unknown as StoreFiles,
    settle: lookNowAndThen(folder, () => opened.every(([, file]) => file.isDeleted)),
    close: async () => close(),
  };
}

/** Open for reading and writing at any place: no flag for that makes the file too, and `a+` writes only at the end. */
function openOrCreate(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return openSync(path, 'wx+');
  }
}

/** Makes a folder that stays: its own folder knows of it, durably. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { recursive: true });
  syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  // Windows opens no folders, and needs no such thing.
  if (platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function folderOf({ path }: StoragePlace): string {
  return resolve(path as string);
}

/** The folders of a collection's shards that are there. */
function shardFolders(place: StoragePlace): string[] {
  const folder = folderOf(place);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => shardOf(name) !== undefined)
    .map((name) => join(folder, name));
}

/** All or none. */
function takeAll(folders: readonly string[]): FolderLock[] {
  const locks: FolderLock[] = [];
  try {
    for (const folder of folders) locks.push(FolderLock.take(folder));
    return locks;
  } catch (error) {
    for (const lock of locks) lock.release();
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function typed<T>(folder: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw storageError(`the folder ${folder}`, error);
  }
}
