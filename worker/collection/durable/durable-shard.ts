/**
A shard that outlives its worker: what it was like at the last checkpoint, and the changes since.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { runSteps, type Steps } from '../../../bindings/api/steps.js';
import type { StoreVerification } from '../../../bindings/api/store.js';
import type {
  CheckpointReason,
  HeldFiles,
  OpenedShard,
  ShardConfig,
  ShardFile,
  ShardStorage,
} from '../shard-protocol.js';
import { type Change, decodeChange, encodeChange } from './change-record.js';
import {
  type CheckpointMarks,
  noteCheckpoint,
  readCheckpoint,
  type ShardState,
  writeCheckpoint,
} from './checkpoint.js';
import { Journal } from './journal.js';
import {
  checkSameConfig,
  decodeStoredConfig,
  encodeStoredConfig,
  placedAsAsked,
  type StoredConfig,
} from './stored-config.js';
import type { StoredShard } from './stored-shard.js';

const snapshotOrder = ['data', 'log-0', 'log-1', 'root'] as const;

/** Of the mark that ends a log (src/persist/store/store_layout.h). */
const logMarkBytes = 8;

/** A file as it was when it was held: its length, and its last bytes. */
interface HeldFile extends ShardFile {
  readonly end: { readonly offset: number; readonly bytes: Uint8Array };
}

/** How long one piece of a checkpoint takes, in milliseconds, where no part of it takes longer. */
const pieceMs = 20;

export class DurableShard implements StoredShard {
  /** Whether it was there already. */
  readonly wasStored: boolean;
  readonly #journal: Journal;
  readonly #state: ShardState;
  readonly #asked: ShardConfig['vectors'];
  readonly #meta: string;
  readonly #stored: StoredConfig;
  /** Of the last checkpoint. */
  #marks: CheckpointMarks = new Map();
  #checkpoint: Steps<CheckpointMarks> | undefined;
  /** Of the file of checkpoints, when the one under way began. */
  #dataBytesBefore = 0;
  /** Whether checkpoint after checkpoint moves blocks down, until no space is wasted. */
  #isShrinking = false;
  /** What snapshots read, by hold. */
  readonly #held = new Map<number, readonly HeldFile[]>();
  #lastHold = 0;
  /** Whether all changes are in the checkpoint and indexed there. */
  #isWritten = false;
  /** Whether damage was found: the next checkpoint mends what of it is in memory. */
  #isDamaged = false;

  /**
  Opens what is stored, and reads its last checkpoint into `state`. Nothing where `auto` finds nothing but memory.

  @throws {VectorSearchError} with code `INVALID_ARGUMENT` where another collection is stored than is asked for,
  `CORRUPT_DATA` where what is stored is damaged, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, or as the storage does.
  */
  static async open(
    storage: ShardStorage,
    config: ShardConfig,
    state: ShardState,
  ): Promise<DurableShard | undefined> {
    const journal = await Journal.open(storage);
    if (journal === undefined) return undefined;
    try {
      return asDamage(() => new DurableShard(journal, storage, config, state));
    } catch (error) {
      await journal.abandon();
      throw error;
    }
  }

  private constructor(journal: Journal, storage: ShardStorage, config: ShardConfig, state: ShardState) {
    const { store } = journal;
    const { damage, records } = store.report;
    if (damage !== undefined)
      throw new VectorSearchError('CORRUPT_DATA', undefined, `${damage.offset} of the file ${damage.file}`);
    this.#journal = journal;
    this.#state = state;
    this.#asked = config.vectors;
    this.wasStored = store.has('meta');
    if (!this.wasStored && storage.mustExist)
      throw new VectorSearchError('STORAGE_FAILED', undefined, 'what was stored is gone');
    if (!this.wasStored && records > 0)
      throw new VectorSearchError('CORRUPT_DATA', undefined, '0: there are changes of nothing');
    this.#meta = this.wasStored
      ? new TextDecoder().decode(store.readSection('meta'))
      : encodeStoredConfig(config, storage);
    this.#stored = decodeStoredConfig(this.#meta, storage.shard);
    if (!this.wasStored) return;
    checkSameConfig(this.#stored, config, storage);
    const vectors = placedAsAsked(this.#stored.vectors, config.vectors);
    this.#marks = readCheckpoint(store, vectors, state, storage.ifDamaged !== undefined);
    this.#isWritten = records === 0;
  }

  /** Makes the changes since the checkpoint again; or the first checkpoint. Where this throws, it is ended. */
  begin(make: (change: Change) => void): void {
    try {
      if (this.wasStored)
        asDamage(() => {
          for (const record of this.#journal.store.records()) make(decodeChange(record));
        });
      else {
        this.#noteCheckpoint(runSteps(writeCheckpoint(this.#journal.store, this.#meta, this.#state)));
      }
    } catch (error) {
      void this.abandon();
      throw error;
    }
  }

  get opened(): OpenedShard {
    const { shardCount, model, vectors } = this.#stored;
    const { tornBytes } = this.#journal.store.report;
    return {
      kind: this.#journal.kind,
      shardCount,
      created: !this.wasStored,
      tornBytes,
      ...(model !== undefined && { model }),
      vectors: placedAsAsked(vectors, this.#asked),
    };
  }

  /** Bytes of its files. */
  get bytes(): number {
    const { files, store } = this.#journal;
    const logs = (['log-0', 'log-1'] as const).map((name) => files[name].getSize());
    return logs.reduce((sum, bytes) => sum + bytes, store.dataBytes);
  }

  /** A change as it is kept, in pieces, of which some are its arrays. */
  record(change: Change): readonly Uint8Array[] {
    this.#journal.check();
    return encodeChange(change);
  }

  /** Keeps a change that was made. Where this throws, it is not kept. */
  append(record: readonly Uint8Array[]): void {
    this.touch();
    this.#journal.append(record);
  }

  /** To be called before what a checkpoint holds is altered: one that is under way begins anew. */
  touch(): void {
    this.#endCheckpoint();
    this.#isWritten = false;
  }

  get owesFlush(): boolean {
    return this.#journal.owesFlush;
  }

  /** Resolves once what was made may be acknowledged; nothing where it may be already. */
  settle(): Promise<void> | undefined {
    return this.#journal.settle();
  }

  get isAhead(): boolean {
    return this.#journal.isAhead;
  }

  get untold(): unknown {
    return this.#journal.untold;
  }

  release(): void {
    this.#journal.release();
  }

  /** The files as they are, until they are released: what is appended comes behind that, and no checkpoint is made. */
  holdFiles(): HeldFiles {
    this.#endCheckpoint();
    this.#journal.store.flush();
    const files = snapshotOrder.map((name) => {
      const size = this.#journal.store.usedBytes(name);
      // The next record is written over the mark of a log's end.
      const offset = Math.max(0, size - logMarkBytes);
      return { name, size, end: { offset, bytes: this.#read(name, offset, size - offset) } };
    });
    this.#held.set(++this.#lastHold, files);
    return { hold: this.#lastHold, files: files.map(({ name, size }) => ({ name, size })) };
  }

  readFile(hold: number, name: string, offset: number, size: number): Uint8Array {
    const file = this.#held.get(hold)?.find((held) => held.name === name);
    if (file === undefined) throw new VectorSearchError('INVALID_ARGUMENT', 'a file that is held', name);
    const bytes = this.#read(file.name, offset, size);
    file.end.bytes.forEach((byte, index) => {
      const at = file.end.offset + index - offset;
      if (at >= 0 && at < size) bytes[at] = byte;
    });
    return bytes;
  }

  releaseFiles(hold: number): void {
    this.#held.delete(hold);
  }

  /** Checks every byte that is kept. */
  *verify(): Steps<StoreVerification> {
    const found = yield* this.#journal.store.verifySteps();
    if (found.damage.length > 0) {
      this.touch();
      this.#isDamaged = true;
    }
    return found;
  }

  /** Some 20 ms of a checkpoint, where there is reason to make one. Returns the share that is done. */
  checkpointSome(reason: CheckpointReason): number {
    const share = this.#checkpointSome(reason);
    if (reason === 'shrunk' && share >= 1) this.#journal.store.trimLogs(0);
    return share;
  }

  #checkpointSome(reason: CheckpointReason): number {
    if (this.#held.size > 0) return 1;
    // What has moved would have to be linked first: the log has it.
    const hasMoved = [...this.#state.dense.values()].some((field) => field.hasMoved);
    const isWanted = (reason === 'wanted' || reason === 'shrunk') && !this.#isWritten && !hasMoved;
    // The space of what a checkpoint replaces is free only for the next: till then it is what a torn one falls back to.
    const isShrunk = reason === 'shrunk' && this.#isWritten && this.#journal.wastesSpace;
    const isDue = this.#journal.wantsCheckpoint(reason === 'still');
    if (this.#checkpoint === undefined && !isDue && !isWanted && !isShrunk) return 1;
    if (this.#checkpoint === undefined) {
      // Those that somebody waits for are rare, and the time to find what was damaged since.
      const isLong = reason === 'wanted' || (reason === 'shrunk' && !this.#isShrinking);
      const comparesAll = this.#isDamaged || isLong;
      const present = comparesAll ? undefined : this.#marks;
      this.#checkpoint = writeCheckpoint(this.#journal.store, this.#meta, this.#state, present);
      this.#dataBytesBefore = this.#journal.store.dataBytes;
    }
    const checkpoint = this.#checkpoint;
    // Where a step throws, the next call begins anew.
    this.#checkpoint = undefined;
    const end = performance.now() + pieceMs;
    try {
      for (;;) {
        const step = checkpoint.next();
        if (step.done) {
          this.#noteCheckpoint(step.value);
          break;
        }
        if (performance.now() < end) continue;
        this.#checkpoint = checkpoint;
        return Math.min(0.999, step.value.done / step.value.total);
      }
    } catch (error) {
      // What it was to go on from may be what cannot be read: the next writes that anew, from memory.
      const wentOn = this.#marks.size > 0;
      this.#isShrinking = false;
      this.#marks = new Map();
      if (wentOn && error instanceof VectorSearchError && error.code === 'CORRUPT_DATA') return 0;
      throw error;
    }
    // Each moves so many blocks down, and no more.
    const { wastesSpace, store } = this.#journal;
    this.#isShrinking = reason === 'shrunk' && wastesSpace && store.dataBytes < this.#dataBytesBefore;
    return this.#isShrinking ? 0.999 : 1;
  }

  rest(): void {
    this.#journal.rest();
  }

  /** Ends it. What was acknowledged is durable then. */
  async close(): Promise<void> {
    this.#endCheckpoint();
    await this.#journal.close();
  }

  abandon(): Promise<void> {
    this.#checkpoint = undefined;
    return this.#journal.abandon();
  }

  #read(name: ShardFile['name'], offset: number, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const read = this.#journal.files[name].read(bytes.subarray(done), { at: offset + done });
      if (read === 0)
        throw new VectorSearchError('CORRUPT_DATA', undefined, `${offset + done} of the file ${name}`);
      done += read;
    }
    return bytes;
  }

  #noteCheckpoint(marks: CheckpointMarks): void {
    this.#marks = marks;
    this.#journal.noteCheckpoint();
    noteCheckpoint(this.#journal.store, this.#state);
    this.#isWritten = true;
    this.#isDamaged = false;
  }

  #endCheckpoint(): void {
    this.#checkpoint?.return(this.#marks);
    this.#checkpoint = undefined;
  }
}

/** Whatever goes wrong with stored bytes, they are damaged. */
function asDamage<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof VectorSearchError) throw error;
    throw new VectorSearchError('CORRUPT_DATA', undefined, `0: ${error}`, { cause: error });
  }
}
