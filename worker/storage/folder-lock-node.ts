/**
One holder of a folder, in Node, which knows no locks of files.

The lock is the file `lock-<n>` of the highest number, made by whoever finds its holder gone: of several at once one
makes the next number, and none takes the lock from another. A holder is gone when its process is. Where the system
tells which files a process has open (Linux), the holder keeps the file open, and is gone when that is closed: so
another process that was given the same number, and a worker that was ended, hold nothing.

@module
*/
import {
  closeSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pid } from 'node:process';
import { VectorSearchError } from '../../bindings/api/errors.js';

const lockPattern = /^lock-(\d+)$/;
const draftPattern = /^lock-draft-(\d+)-/;

export class FolderLock {
  readonly #file: number;
  #held = true;

  private constructor(file: number) {
    this.#file = file;
  }

  /**
  @param folder - Is there.
  @throws {VectorSearchError} with code `STORAGE_IN_USE`. Also throws what the file system throws.
  */
  static take(folder: string): FolderLock {
    const draft = join(folder, `lock-draft-${pid}-${Math.random().toString(36).slice(2)}`);
    const file = openSync(draft, 'wx');
    try {
      writeSync(file, `${pid}\n`);
      for (;;) {
        const newest = newestLock(folder);
        const holder = newest === 0 ? undefined : holderOf(lockPath(folder, newest));
        if (holder !== undefined)
          throw new VectorSearchError('STORAGE_IN_USE', undefined, `process ${holder}`);
        const own = lockPath(folder, newest + 1);
        if (!linkUnlessThere(draft, own)) continue;
        // Numbers below the newest are deleted: one that was free may be an old one.
        if (newestLock(folder) === newest + 1) break;
        rmSync(own, { force: true });
      }
    } catch (error) {
      closeSync(file);
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    removeOlder(folder, newestLock(folder));
    return new FolderLock(file);
  }

  /** Again: does nothing. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    // An empty lock is held by nobody, also where open files are not told.
    ftruncateSync(this.#file);
    closeSync(this.#file);
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock-${number}`);
}

/** 0 for none. */
function newestLock(folder: string): number {
  const numbers = readdirSync(folder).map((name) => Number(lockPattern.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** The process that holds a lock; nothing where it is free. */
function holderOf(path: string): number | undefined {
  const text = contents(path);
  const holder = Number(text);
  if (text === '' || !Number.isInteger(holder) || !isRunning(holder)) return undefined;
  return hasOpen(holder, path) ? holder : undefined;
}

function contents(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function isRunning(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    // It is there, and another user's.
    return hasCode(error, 'EPERM');
  }
}

/** Whether a process has the file open; where the system does not tell, it is taken to. */
function hasOpen(process_: number, path: string): boolean {
  const folder = `/proc/${process_}/fd`;
  try {
    const { dev, ino } = statSync(path);
    return readdirSync(folder).some((name) => {
      try {
        const open = statSync(join(folder, name));
        return open.dev === dev && open.ino === ino;
      } catch {
        // Closed meanwhile.
        return false;
      }
    });
  } catch {
    return true;
  }
}

function linkUnlessThere(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Older locks, and drafts that a process left which ended while it made them. */
function removeOlder(folder: string, newest: number): void {
  for (const name of readdirSync(folder)) {
    const number = Number(lockPattern.exec(name)?.[1] ?? newest);
    const drafter = Number(draftPattern.exec(name)?.[1] ?? pid);
    if (number < newest || !isRunning(drafter)) rmSync(join(folder, name), { force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === code;
}
