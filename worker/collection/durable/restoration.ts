/**
Files that a snapshot is written into, in the worker: whole once it is finished, and no collection until then.

@module
*/
import { invalidState, VectorSearchError } from '../../../bindings/api/errors.js';
import type { Steps } from '../../../bindings/api/steps.js';
import { Store } from '../../../bindings/api/store.js';
import { type SyncFile, storeFileNames } from '../../../bindings/api/store-files.js';
import {
  chooseStorage,
  type OpenedFiles,
  openStorage,
  removeStorage,
  type StoragePlace,
  storageExists,
} from '../../storage/storage.js';
import type { CollectionStorage } from '../collection-config.js';
import type { ShardConfig } from '../shard-protocol.js';
import { checkSameConfig, decodeStoredConfig } from './stored-config.js';

/** What is restored. */
interface Restored {
  /** As the collection is to be opened. */
  readonly storage: CollectionStorage;
  readonly config: ShardConfig;
  /** Of the snapshot. */
  readonly shardCount: number;
}

export class Restoration {
  readonly #restored: Restored;
  readonly #place: StoragePlace;
  readonly #opened: readonly OpenedFiles[];
  #isWhole = false;

  /** @throws {VectorSearchError} with code `INVALID_ARGUMENT` where there is a collection already; as the storage does. */
  static async open(restored: Restored): Promise<Restoration> {
    const { storage, shardCount } = restored;
    const kind = storage.kind === 'auto' ? await chooseStorage(storage) : storage.kind;
    if (kind === 'memory') throw invalidState('storage that outlives the page', 'none here');
    const place = { ...storage, kind, shardCount };
    if (await storageExists(place))
      throw invalidState(`no collection ${storage.name} yet`, 'one that is kept');
    const opened: OpenedFiles[] = [];
    try {
      for (let shard = 0; shard < shardCount; shard++) opened.push(await openStorage({ ...place, shard }));
      return new Restoration(restored, place, opened);
    } catch (error) {
      for (const files of opened) await files.close();
      throw error;
    }
  }

  private constructor(restored: Restored, place: StoragePlace, opened: readonly OpenedFiles[]) {
    this.#restored = restored;
    this.#place = place;
    this.#opened = opened;
  }

  /** @throws {VectorSearchError} with code `CORRUPT_DATA` for a shard that the snapshot's head does not tell of. */
  write(shard: number, name: string, offset: number, bytes: Uint8Array): void {
    const file: SyncFile | undefined = this.#opened[shard]?.files[name as (typeof storeFileNames)[number]];
    if (file === undefined)
      throw new VectorSearchError('CORRUPT_DATA', undefined, `0 of shard ${shard} in the snapshot`);
    for (let done = 0; done < bytes.length; ) done += file.write(bytes.subarray(done), { at: offset + done });
  }

  /**
  @throws {VectorSearchError} with code `CORRUPT_DATA` where what was written is no whole collection, `INVALID_ARGUMENT` where
  it is another than it is to be opened as.
  */
  *finish(): Steps<void> {
    const { storage, config } = this.#restored;
    for (const [shard, { files }] of this.#opened.entries()) {
      for (const name of storeFileNames) files[name].flush();
      const store = Store.open(files);
      try {
        if (store.report.created)
          throw new VectorSearchError('CORRUPT_DATA', undefined, '0: files of a shard are missing');
        const { damage } = yield* store.verifySteps();
        const [first] = damage;
        if (first !== undefined)
          throw new VectorSearchError('CORRUPT_DATA', undefined, `${first.offset} of the file ${first.file}`);
        // A crash may leave that, a snapshot does not: what it held is lost.
        if (store.report.torn) throw new VectorSearchError('CORRUPT_DATA', undefined, 'the end of a log');
        if (!store.has('meta'))
          throw new VectorSearchError('CORRUPT_DATA', undefined, '0: there is no collection');
        const stored = decodeStoredConfig(new TextDecoder().decode(store.readSection('meta')), shard);
        checkSameConfig(stored, config, { ...storage, shard });
      } finally {
        store.dispose();
      }
    }
    this.#isWhole = true;
  }

  /** Ends it: files that are not whole are removed. */
  async close(): Promise<void> {
    for (const files of this.#opened) await files.close();
    if (!this.#isWhole) await removeStorage(this.#place);
  }

  /** Resolves once what was written is durable; nothing where it is. */
  async settle(): Promise<void> {
    for (const files of this.#opened) await files.settle();
  }

  dispose(): void {
    for (const files of this.#opened) void files.close();
  }
}
