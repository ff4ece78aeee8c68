/**
Files in IndexedDB, for browsers without access handles: a database a shard, `vicinal/<collection>/shard-<n>`. The files
are held in memory; what has changed is written by one strict transaction, so that all of it is durable or none.

Two object stores, with keys of their own:
- `blocks`: bytes of a file, 65,536 or fewer at its end, by `file x 2^32 + number of the block`, files numbered in the
  order of `storeFileNames`;
- `facts`: sizes by the number of the file, and by `owner` whoever opened the files last. Who is not the owner any more,
  as a tab that was frozen while others took over, can write nothing.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';
import {
  isStorageFull,
  type StoreFiles,
  storageError,
  storeFileNames,
} from '../../bindings/api/store-files.js';
import { BlockFile, blockBytes } from './block-file.js';
import { committed, deleteDatabase, openDatabase, requested } from './indexeddb-requests.js';
import type { OpenedFiles, StorageBackEnd } from './storage.js';
import { folderName, shardName, shardOf } from './storage-names.js';
import { releaseMs, waitForRelease } from './wait-for-release.js';

const firstOfFile = 2 ** 32;
/** Blocks that are read at once: 16 MB. */
const readCount = 256;
const holder = 'another worker, of this tab or another,';

export const indexedDbBackEnd: StorageBackEnd = {
  async works() {
    const trial = `vicinal-trial-${Math.random().toString(36).slice(2)}`;
    try {
      const database = await openDatabase(trial, () => {});
      database.close();
      await deleteDatabase(trial);
      return true;
    } catch {
      return false;
    }
  },

  async open({ name }, shard) {
    const database = `${prefixOf(name)}${shardName(shard)}`;
    const release = await waitForRelease(holder, () => takeLock(database));
    try {
      return await DatabaseFiles.open(database, release);
    } catch (error) {
      release();
      throw storageError('opening a database', error);
    }
  },

  async exists({ name }) {
    return (await databasesOf(name)).length > 0;
  },

  async remove({ name }) {
    const releases: (() => void)[] = [];
    try {
      const databases = await databasesOf(name);
      for (const database of databases) releases.push(await waitForRelease(holder, () => takeLock(database)));
      for (const database of databases) await removeDatabase(database);
    } catch (error) {
      throw storageError('removing databases', error);
    } finally {
      for (const release of releases) release();
    }
  },
};

class DatabaseFiles implements OpenedFiles {
  readonly files: StoreFiles;
  readonly #database: IDBDatabase;
  readonly #owner: string;
  /** Whom the database must name for this to write. */
  #expectedOwner: unknown;
  readonly #release: () => void;
  readonly #contents: readonly BlockFile[];
  /** Flushed, and not yet on its way. */
  #flushed = false;
  #committing: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;
  #failure: VectorSearchError | undefined;
  #closed = false;

  private constructor(database: IDBDatabase, owner: string, release: () => void) {
    this.#database = database;
    this.#owner = owner;
    this.#release = release;
    const checkUsable = (changes: boolean) => {
      if (this.#closed) throw new Error('the files are closed');
      if (changes && this.#failure !== undefined) throw this.#failure;
    };
    this.#contents = storeFileNames.map(
      () =>
        new BlockFile(checkUsable, () => {
          this.#flushed = true;
        }),
    );
    this.files = Object.fromEntries(
      storeFileNames.map((name, i) => [name, this.#contents[i]]),
    ) as unknown as StoreFiles;
    database.onclose = () => {
      this.#failure ??= storageError('a database', new Error('the browser has closed or cleared it'));
    };
  }

  static async open(name: string, release: () => void): Promise<DatabaseFiles> {
    const database = await openDatabase(name, (made) => {
      made.createObjectStore('blocks');
      made.createObjectStore('facts');
    });
    try {
      const owner = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
      const files = new DatabaseFiles(database, owner, release);
      await files.#own();
      await files.#restore();
      return files;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Where not even that has room, all can still be read, and the first change that has tells it. */
  async #own(): Promise<void> {
    const before = await requested(this.#database.transaction('facts').objectStore('facts').get('owner'));
    try {
      const owning = this.#database.transaction('facts', 'readwrite');
      owning.objectStore('facts').put(this.#owner, 'owner');
      await committed(owning);
      this.#expectedOwner = this.#owner;
    } catch (error) {
      if (!isStorageFull(error)) throw error;
      this.#expectedOwner = before;
    }
  }

  settle(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (!this.#flushed) return this.#waiting ?? this.#committing;
    // All that is flushed while a transaction runs goes with the next.
    this.#waiting ??= (this.#committing ?? Promise.resolve()).then(() => {
      this.#waiting = undefined;
      this.#committing = this.#commit().finally(() => {
        this.#committing = undefined;
      });
      return this.#committing;
    });
    return this.#waiting;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await (this.#failure === undefined ? this.settle() : undefined);
    } finally {
      this.#closed = true;
      this.#database.close();
      this.#release();
    }
  }

  async #commit(): Promise<void> {
    try {
      const transaction = this.#database.transaction(['blocks', 'facts'], 'readwrite', {
        durability: 'strict',
      });
      const done = committed(transaction);
      const facts = transaction.objectStore('facts');
      const asked = facts.get('owner');
      asked.onsuccess = () => {
        try {
          if (asked.result !== this.#expectedOwner)
            throw new VectorSearchError('STORAGE_IN_USE', undefined, holder);
          if (this.#expectedOwner !== this.#owner) facts.put(this.#owner, 'owner');
          this.#put(transaction);
        } catch (error) {
          this.#failure = storageError('writing to a database', error);
          transaction.abort();
        }
      };
      await done;
      this.#expectedOwner = this.#owner;
    } catch (error) {
      this.#failure ??= storageError('writing to a database', error);
      throw this.#failure;
    }
  }

  #put(transaction: IDBTransaction): void {
    this.#flushed = false;
    const stored = transaction.objectStore('blocks');
    this.#contents.forEach((file, number) => {
      const { size, blocks } = file.takeChanges();
      if (size !== undefined) transaction.objectStore('facts').put(size, number);
      for (const [index, bytes] of blocks) {
        const key = number * firstOfFile + index;
        if (bytes === undefined) stored.delete(key);
        else stored.put(bytes, key);
      }
    });
    transaction.commit();
  }

  async #restore(): Promise<void> {
    for (const [number, file] of this.#contents.entries()) {
      const facts = this.#database.transaction('facts').objectStore('facts');
      const size = Number((await requested(facts.get(number))) ?? 0);
      const blocks: (readonly [number, Uint8Array])[] = [];
      for (let first = 0; first * blockBytes < size; first += readCount) {
        const start = number * firstOfFile;
        const range = IDBKeyRange.bound(start + first, start + first + readCount - 1);
        const stored = this.#database.transaction('blocks').objectStore('blocks');
        const [keys, values] = await Promise.all([
          requested(stored.getAllKeys(range)),
          requested<Uint8Array[]>(stored.getAll(range)),
        ]);
        keys.forEach((key, i) => {
          blocks.push([Number(key) - start, values[i] as Uint8Array]);
        });
      }
      file.restore(size, blocks);
    }
  }
}

function prefixOf(collection: string): string {
  return `vicinal/${folderName(collection)}/`;
}

async function databasesOf(collection: string): Promise<string[]> {
  const prefix = prefixOf(collection);
  try {
    const databases = await indexedDB.databases();
    return databases
      .map(({ name = '' }) => name)
      .filter((name) => name.startsWith(prefix) && shardOf(name.slice(prefix.length)) !== undefined);
  } catch (error) {
    throw storageError('listing databases', error);
  }
}

/**
Takes the lock of a database, by its name; nothing where somebody else has it. Pages that are not served securely have no
locks: there whoever opens last is the owner.

@returns What gives it free.
*/
function takeLock(database: string): Promise<(() => void) | undefined> {
  if (!navigator.locks) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(database, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined);
        return new Promise<void>((release) => resolve(() => release()));
      })
      .catch(reject);
  });
}

/** A connection that is closed may hold a deletion up for a moment; another's, for as long as it is open. */
async function removeDatabase(name: string): Promise<void> {
  await new Promise<unknown>((resolve, reject) => {
    const giveUp = () => reject(new VectorSearchError('STORAGE_IN_USE', undefined, holder));
    deleteDatabase(name, () => setTimeout(giveUp, releaseMs)).then(resolve, reject);
  });
}
