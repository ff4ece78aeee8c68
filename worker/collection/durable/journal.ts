/**
The store of a shard, as its changes use it: each is written behind those before it, and is durable before it is
acknowledged (`strict`; together with others where they come at once), or some time after (`relaxed`).

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { Store } from '../../../bindings/api/store.js';
import type { StoreFiles } from '../../../bindings/api/store-files.js';
import { HeldBackFiles } from '../../storage/held-back-files.js';
import { tellsDeletion } from '../../storage/still-there.js';
import { chooseStorage, type OpenedFiles, openStorage } from '../../storage/storage.js';
import type { ShardStorage } from '../shard-protocol.js';
import type { DurableStorage } from './types.js';

/** Longest time until a change is durable under `relaxed`, in milliseconds, beside the call that runs then. */
const relaxedFlushMs = 250;

/** Bytes of changes that are worth a checkpoint, whatever else there is, once nothing else is to be done. */
const leastLogBytes = 4 << 20;
/** And between changes, which wait for it: made again in about a second, too. */
const leastLogBytesBetween = 64 << 20;
/** Changes that are worth one: made again in about a second, however small they are. */
const mostRecords = 1 << 15;
/** Bytes behind its end that a log keeps for the next changes: a file that does not grow is flushed faster. */
const spareLogBytes = 32 << 20;
/** And while it rests. */
const restingLogBytes = 1 << 20;
/** Bytes of free space among blocks that are worth moving blocks. */
const leastWaste = 4 << 20;
/**
Part of the checkpoint that changes since may take before there is a new one. The more, the more is read again when the
shard is opened; the less, the more often unchanged bytes are compared.
*/
const logPart = 1 / 4;
const logPartBetween = 1 / 2;

interface Failure {
  readonly error: unknown;
  /** Whether changes that were made are not in the files, which told it later. */
  readonly isAhead: boolean;
  /** Whether a change that was acknowledged may be among them, and no change has failed for it. */
  readonly isUntold: boolean;
}

export class Journal {
  readonly store: Store;
  readonly #files: OpenedFiles;
  readonly #isStrict: boolean;
  /** Whether changes were written that {@link settle} is to flush. */
  #owesFlush = false;
  /** Changes that were written, and how many of them are durable. */
  #written = 0;
  #durable = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What waits to be durable, where that takes other calls to come in between. */
  #settling: Promise<void> | undefined;
  /** Why nothing can be written any more. */
  #failure: Failure | undefined;

  /**
  Nothing where `auto` finds nothing but memory.

  @throws {VectorSearchError} as the storage and the store do.
  */
  static async open(storage: ShardStorage): Promise<Journal | undefined> {
    const kind = storage.kind === 'auto' ? await chooseStorage(storage) : storage.kind;
    if (kind === 'memory') return undefined;
    const opened = await openStorage({ ...storage, kind });
    const files = storage.ifDamaged === 'readOnly' ? new HeldBackFiles(opened) : opened;
    try {
      return new Journal(kind, files, Store.open(files.files), storage.durability === 'strict');
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  private constructor(
    readonly kind: DurableStorage,
    files: OpenedFiles,
    store: Store,
    isStrict: boolean,
  ) {
    this.#files = files;
    this.store = store;
    this.#isStrict = isStrict;
  }

  get files(): StoreFiles {
    return this.#files.files;
  }

  /** Writes what was held back. */
  release(): void {
    if (!(this.#files instanceof HeldBackFiles)) return;
    this.#files.release();
    this.noteFlushed();
  }

  /** Keeps a change. Where this throws, it is not kept. */
  append(record: readonly Uint8Array[]): void {
    this.check();
    this.store.append(record);
    this.#written++;
    if (this.#isStrict) this.#owesFlush = true;
    else this.#timer ??= setTimeout(() => this.#flushLater(), relaxedFlushMs);
  }

  /** @throws what made an earlier change fail that nobody waited for. */
  check(): void {
    if (this.#failure === undefined) return;
    this.#failure = { ...this.#failure, isUntold: false };
    throw this.#failure.error;
  }

  /** To be called when the store was flushed by other means. */
  noteFlushed(): void {
    this.#clearTimer();
    this.#owesFlush = false;
    const written = this.#written;
    const noteDurable = () => {
      this.#durable = written;
    };
    this.#settling = this.#files.settle()?.then(noteDurable);
    // Who settles is told; the next may take its place before that.
    this.#settling?.catch(() => {});
    if (this.#settling === undefined) noteDurable();
  }

  /** Whether what was made is not in the files: to go on, these are to be opened again. */
  get isAhead(): boolean {
    return this.#failure?.isAhead ?? false;
  }

  /** Why some of what was acknowledged may not be in the files, where no change has failed for it. */
  get untold(): unknown {
    return this.#failure?.isUntold ? this.#failure.error : undefined;
  }

  /** Whether there is something that {@link settle} has to flush. */
  get owesFlush(): boolean {
    return this.#owesFlush;
  }

  /** Resolves once what was written is as durable as it is to be; nothing where it is. */
  settle(): Promise<void> | undefined {
    if (this.#owesFlush) {
      try {
        this.#flush();
      } catch (error) {
        this.#owesFlush = false;
        this.#settling = Promise.reject(error);
      }
    }
    const settling = this.#settling;
    this.#settling = undefined;
    return settling?.catch((error) => {
      // Somebody else's files are left to them, and of files that are gone nothing can be opened.
      const isOurs = !(error instanceof VectorSearchError) || error.code !== 'STORAGE_IN_USE';
      const isAhead = isOurs && !tellsDeletion(error);
      // Strict changes wait for their own.
      const isUntold = !this.#isStrict && this.#durable < this.#written;
      this.#failure ??= { error, isAhead, isUntold };
      throw error;
    });
  }

  /** Whether so much has changed that a checkpoint is due. `isStill`: changes do not wait for it. */
  wantsCheckpoint(isStill: boolean): boolean {
    const { logBytes, logRecords, dataBytes } = this.store;
    const enough = isStill
      ? Math.max(leastLogBytes, dataBytes * logPart)
      : Math.max(leastLogBytesBetween, dataBytes * logPartBetween);
    return logRecords > mostRecords || logBytes > enough;
  }

  /** Whether the last checkpoint takes much less than its file: the next moves blocks down (checkpoint_writer.cpp). */
  get wastesSpace(): boolean {
    const { liveBytes, dataBytes } = this.store;
    return dataBytes > 1.25 * liveBytes + leastWaste;
  }

  /** To be called when a checkpoint is finished: the log before it is spare then. */
  noteCheckpoint(): void {
    this.noteFlushed();
    // That is kept in memory, too, and is written no faster over what there is.
    this.store.trimLogs(this.kind === 'indexeddb' ? 0 : spareLogBytes);
  }

  /** To be called when there are no changes for long. */
  rest(): void {
    this.store.trimLogs(restingLogBytes);
  }

  /** Ends it. What was appended is durable then. */
  async close(): Promise<void> {
    try {
      if (this.#failure === undefined) this.#flush();
      this.rest();
      await this.settle();
    } finally {
      await this.abandon();
    }
  }

  /** Ends it at once. */
  async abandon(): Promise<void> {
    this.#clearTimer();
    this.store.dispose();
    await this.#files.close();
  }

  #flush(): void {
    this.store.flush();
    this.noteFlushed();
  }

  #flushLater(): void {
    this.#timer = undefined;
    // What has failed already has been told, or will be.
    if (this.#failure !== undefined) return;
    this.#owesFlush = true;
    this.settle()?.catch(() => {});
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
