/**
The store: what a collection keeps, in files. Not for users: the worker's collections are.

@module
*/

import { allocateBytes } from './allocate.js';
import { checkInteger, isUint8Array } from './arguments.js';
import { invalidArgument } from './errors.js';
import { Handle } from './handle.js';
import { currentRuntime } from './init.js';
import { thousandths } from './link-steps.js';
import { copyDoubles, copyNamed, copyWords } from './module-arrays.js';
import { type RawModule, type Reply, recordRoom, storeFields, viewWords } from './raw-module.js';
import { scratchBytes } from './scratch.js';
import { LoadedEngine, VectorSearchEngine } from './search-engine.js';
import type { Steps } from './steps.js';
import { callStoreFile, StoreFileCalls } from './store-file-calls.js';
import { type StoreFiles, storeFileNames } from './store-files.js';
import type { EngineOptions } from './types.js';

/** Where bytes are not what was written. */
export interface StoreDamage {
  readonly file: keyof StoreFiles;
  /** Where it was noticed. */
  readonly offset: number;
  /** From there, that may not be what was written. */
  readonly bytes: number;
}

/** A part of a section that is read as a whole, or is damaged. */
export interface StoreBlock {
  /** Where it lies in the file `data`. */
  readonly offset: number;
  readonly bytes: number;
}

/** Where the float rows of an engine lie in its section. */
export interface EngineRows {
  readonly dim: number;
  /** Of the first. */
  readonly offset: number;
  /** Of each row, in their order there; empty where rows are kept as codes only. */
  readonly ids: Uint32Array;
}

/** How a store was found. */
export interface StoreReport {
  /** Whether there was none. */
  readonly created: boolean;
  /** Checkpoints since it was created: 1 after creation. */
  readonly generation: number;
  /** Records since the checkpoint. */
  readonly records: number;
  readonly logBytes: number;
  /** Whether the log ended in a write that was never flushed, which is cut off. */
  readonly torn: boolean;
  /** Bytes that were cut off. */
  readonly tornBytes: number;
  /** With damage only what is whole can be read, and nothing be written. */
  readonly damage?: StoreDamage;
}

export interface StoreVerification {
  readonly damage: readonly StoreDamage[];
}

/** Pieces in which bytes go into the module, so that it needs little memory for them. */
const pieceBytes = 2 ** 20;

/**
A log of records, which are changes since the checkpoint, and the checkpoint, which is named sections of bytes.

Every call may throw a `VectorSearchError` with code `STORAGE_FULL`, `STORAGE_FAILED` (the `cause` is what a file has
thrown), `CORRUPT_DATA` (also for changes, where the report tells of damage), `OUT_OF_MEMORY` or `DISPOSED`. After
`STORAGE_FULL` nothing has changed; after `STORAGE_FAILED` the store may have to be opened anew before it can change.
*/
export class Store {
  readonly report: StoreReport;
  readonly #handle: Handle;
  readonly #files: StoreFileCalls;
  #reading: symbol | undefined;

  private constructor(files: StoreFileCalls, handle: Handle) {
    this.#files = files;
    this.#handle = handle;
    const { created, generation, records, torn, tornBytes, damageFile, damageOffset, damageBytes, logBytes } =
      this.#fields();
    this.report = {
      created: created !== 0,
      generation,
      records,
      logBytes,
      torn: torn !== 0,
      tornBytes,
      ...(damageFile >= 0 && { damage: damageOf(damageFile, damageOffset, damageBytes) }),
    };
  }

  /**
  Open a store, or make one in files that are all empty.

  @param files - They stay the caller's, to close after {@link dispose}.
  @throws {VectorSearchError} with code `CORRUPT_DATA` where nothing at all can be read, `UNSUPPORTED_VERSION`,
  `STORAGE_FULL`, `STORAGE_FAILED`, `OUT_OF_MEMORY` or `NOT_INITIALIZED`.
  */
  static open(files: StoreFiles): Store {
    const runtime = currentRuntime();
    const calls = new StoreFileCalls(files, runtime.memory);
    const [low, high] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
    try {
      const address = explained(calls, (raw) => {
        raw.storeFile = callStoreFile;
        return raw.storeOpen(calls.number, low, high);
      });
      return new Store(
        calls,
        new Handle(runtime, address, 'storage', (raw, store) => {
          raw.storeDelete(store);
          calls.close();
        }),
      );
    } catch (error) {
      calls.close();
      throw error;
    }
  }

  /** Checkpoints since it was created. */
  get generation(): number {
    return this.#fields().generationNow;
  }

  /** Bytes of the log since the checkpoint. */
  get logBytes(): number {
    return this.#fields().logBytes;
  }

  /** Records since the checkpoint. */
  get logRecords(): number {
    return this.#fields().logRecords;
  }

  /** Bytes of the file of checkpoints. */
  get dataBytes(): number {
    return this.#fields().dataBytes;
  }

  /** Bytes of it that the checkpoint needs. */
  get liveBytes(): number {
    return this.#fields().liveBytes;
  }

  // --- The log ---

  /**
  The records since the checkpoint, the oldest first: copies. One reading at a time, and none across a checkpoint.
  */
  *records(): Generator<Uint8Array, void, void> {
    const { address, runtime } = this.#handle;
    const reading = Symbol();
    this.#reading = reading;
    runtime.call((raw) => raw.storeRewindRecords(address));
    for (;;) {
      if (this.#reading !== reading) throw invalidArgument('one reading of records at a time', 'another');
      const view = this.#checked((raw, store) => raw.storeNextRecord(store));
      if (view === 0) return;
      yield this.#copyView(view);
    }
  }

  /**
  Add a record. It survives a crash once {@link flush} has returned. After an error it is not there.

  @param record - Its bytes, in one piece or several.
  */
  append(record: Uint8Array | readonly Uint8Array[]): void {
    const pieces = isUint8Array(record) ? [record] : (record as readonly Uint8Array[]);
    const size = pieces.reduce((sum, piece) => sum + checkPiece(piece).length, 0);
    const { before, behind } = recordRoom;
    const room = before + size + behind;
    const scratch = this.#handle.runtime.scratch(scratchBytes(room, 1));
    const address = scratch.reserve(room, 1) + before;
    const bytes = new Uint8Array(this.#handle.runtime.memory.buffer, address, size);
    let position = 0;
    for (const piece of pieces) {
      bytes.set(piece, position);
      position += piece.length;
    }
    this.#checked((raw, store) => raw.storeAppend(store, address, size));
  }

  /** Once this returns, all records appended are durable: with files that need it, once they have settled too. */
  flush(): void {
    this.#checked((raw, store) => raw.storeFlush(store));
  }

  // --- Its files ---

  /** Bytes of a file that hold something: behind them are older records of a log, for new ones to be written over. */
  usedBytes(file: keyof StoreFiles): number {
    return this.#checked((raw, store) => raw.storeUsedBytes(store, storeFileNames.indexOf(file)));
  }

  /**
  Leave no more than so many bytes behind what each log holds: a file that does not grow is flushed faster. Where a file has
  no room, nothing is left by itself.
  */
  trimLogs(spareBytes: number): void {
    const { address, runtime } = this.#handle;
    runtime.call((raw) => raw.storeTrimLogs(address, spareBytes));
  }

  // --- The next checkpoint: what is not named in it is gone. Whatever fails in it abandons it. ---

  /** From here to the end of the checkpoint nothing can be appended. */
  beginCheckpoint(): void {
    this.#checked((raw, store) => raw.storeBeginCheckpoint(store));
  }

  writeSection(name: string, bytes: Uint8Array): void {
    this.beginSection(name);
    this.write(bytes);
    this.endSection();
  }

  /** A section that {@link write} fills, until {@link endSection}. */
  beginSection(name: string): void {
    this.#inCheckpoint(() => {
      this.#named(name, (raw, store, address, size) => raw.storeBeginSection(store, address, size));
    });
  }

  write(bytes: Uint8Array): void {
    this.#inCheckpoint(() => {
      checkPiece(bytes);
      for (let first = 0; first < bytes.length; first += pieceBytes) {
        const piece = bytes.subarray(first, first + pieceBytes);
        const address = this.#handle.runtime.scratch(piece.length).putBytes(piece);
        this.#checked((raw, store) => raw.storeWriteSection(store, address, piece.length));
      }
    });
  }

  /**
  Begin the section with what it began with in the last checkpoint: that is not written again, and no more of it read than
  its end.

  @param size - Of that, in bytes.
  @throws {VectorSearchError} with code `INVALID_ARGUMENT` where there is less, or behind a write; `CORRUPT_DATA` where the
  end of it is damaged.
  */
  keepStart(size: number): void {
    this.#inCheckpoint(() => {
      this.#checked((raw, store) => raw.storeKeepStart(store, size));
    });
  }

  endSection(): void {
    this.#inCheckpoint(() => {
      this.#checked((raw, store) => raw.storeEndSection(store));
    });
  }

  /**
  What `save` of the engine returns, as a section; no copy of it is made. Each step writes some 2 MB. A change of the engine
  makes the next one throw `INVALID_ARGUMENT`.

  @param comparesAll - Whatever {@link noteEngine} tells: what is stored may be damaged.
  */
  *writeEngineSteps(
    name: string,
    engine: VectorSearchEngine,
    comparesAll = false,
  ): Generator<void, void, void> {
    this.beginSection(name);
    this.#inCheckpoint(() => {
      const { address } = engine;
      this.#checked((raw, store) => raw.storeBeginEngine(store, address, comparesAll));
    });
    const write = () => {
      const { address } = engine;
      return this.#checked((raw, store) => raw.storeWriteEngine(store, address)) === 1;
    };
    while (!this.#inCheckpoint(write)) yield;
    this.endSection();
  }

  /**
  To be called once the checkpoint is finished for which {@link writeEngineSteps} wrote the engine, or when
  {@link loadEngine} has read it; it is written under the same name from then on: what of it is as it was is not even
  compared then.
  */
  noteEngine(engine: VectorSearchEngine): void {
    const { address } = engine;
    this.#handle.runtime.call((raw) => raw.storeNoteEngine(address));
  }

  /** Once this returns the sections are the checkpoint, there are no records, and all is durable (see {@link flush}). */
  finishCheckpoint(): void {
    this.#inCheckpoint(() => {
      this.#checked((raw, store) => raw.storeFinishCheckpoint(store));
    });
    this.#reading = undefined;
  }

  /** The last checkpoint and the log stay what they are. Where none is begun: does nothing. */
  abandonCheckpoint(): void {
    this.#checked((raw, store) => raw.storeAbandonCheckpoint(store));
  }

  // --- The checkpoint that is ---

  has(name: string): boolean {
    const { address: store, runtime } = this.#handle;
    const [address, size] = this.#putName(name);
    return runtime.call((raw) => raw.storeHasSection(store, address, size));
  }

  /** @throws {VectorSearchError} with code `INVALID_ARGUMENT` where there is no such section, here and below. */
  sectionBytes(name: string): number {
    this.#checkSection(name);
    return this.#named(name, (raw, store, address, size) => raw.storeSectionBytes(store, address, size));
  }

  /**
  Bytes of a section, checked: a copy.

  @param offset - Default: `0`.
  @param size - Default: all that follow.
  */
  readSection(name: string, offset = 0, size = this.sectionBytes(name) - offset): Uint8Array {
    const total = this.sectionBytes(name);
    checkInteger('the offset', offset, 0, total);
    checkInteger('the size', size, 0, total - offset);
    const { memory } = this.#handle.runtime;
    const bytes = allocateBytes(size);
    let position = 0;
    this.#named(name, (raw, store, address, nameSize) => {
      raw.writePiece = (piece, pieceSize) => {
        bytes.set(new Uint8Array(memory.buffer, piece, pieceSize), position);
        position += pieceSize;
      };
      const reply = raw.storeReadSection(store, address, nameSize, offset, size);
      delete raw.writePiece;
      return reply;
    });
    return bytes;
  }

  /** The blocks of a section, in order. */
  sectionBlocks(name: string): StoreBlock[] {
    this.#checkSection(name);
    const view = this.#named(name, (raw, store, text, size) => raw.storeSectionBlocks(store, text, size));
    const numbers = this.#copyDoubles(view);
    return Array.from({ length: numbers.length / 2 }, (_, i) => ({
      offset: numbers[2 * i] as number,
      bytes: numbers[2 * i + 1] as number,
    }));
  }

  /**
  Where an engine's rows lie in a section that {@link writeEngineSteps} wrote, of which other parts may be damaged.

  @param withoutTable - The end of the section is damaged. Only for engines that keep float rows; the ids may be told
  wrong, and then differ from those that it has.
  @throws {VectorSearchError} with code `CORRUPT_DATA` where what tells it is damaged.
  */
  locateRows(name: string, withoutTable: boolean): EngineRows {
    this.#checkSection(name);
    const view = this.#named(name, (raw, store, text, size) =>
      raw.storeLocateRows(store, text, size, withoutTable),
    );
    const numbers = this.#copyDoubles(view);
    const [dim, offset] = numbers as unknown as [number, number];
    return { dim, offset, ids: Uint32Array.from(numbers.subarray(2)) };
  }

  /**
  An engine from a section that {@link writeEngineSteps} wrote.

  @param leavesRows - As after {@link keepRowsOf}: float rows that have codes too are left in the section.
  @throws {VectorSearchError} with code `CORRUPT_DATA` or `UNSUPPORTED_VERSION` too.
  */
  loadEngine(name: string, leavesRows = false): VectorSearchEngine {
    this.#checkSection(name);
    const address = this.#named(name, (raw, store, text, size) =>
      raw.storeLoadEngine(store, text, size, leavesRows),
    );
    const loaded = new LoadedEngine(this.#handle.runtime, address);
    return new VectorSearchEngine(loaded.dim, loaded.metric, loaded as EngineOptions);
  }

  /**
  Leave an engine's float rows in the section that {@link writeEngineSteps} wrote of it, where it has codes of them and no
  lists. Calls of the engine that need a row read it there, and may throw `CORRUPT_DATA` or `STORAGE_FAILED` then: also where
  another checkpoint was finished since, or the store is disposed.

  @returns Whether they are there from now on.
  */
  keepRowsOf(engine: VectorSearchEngine, name: string): boolean {
    this.#checkSection(name);
    const { address } = engine;
    return (
      this.#named(name, (raw, store, text, size) => raw.storeKeepEngineRows(store, text, size, address)) === 1
    );
  }

  /**
  Check every byte that is kept, in steps of thousandths. The store can be used between them; a checkpoint that is
  finished there makes it begin again.
  */
  *verifySteps(): Steps<StoreVerification> {
    const { runtime } = this.#handle;
    const address = this.#checked((raw, store) => raw.verifierCreate(store));
    const verifier = new Handle(runtime, address, 'storage', (raw, object) => raw.verifierDelete(object));
    try {
      for (let done = 0; done < thousandths; ) {
        done = this.#checked((raw) => raw.verifierStep(address));
        yield { done, total: thousandths };
      }
      const found = this.#copyDoubles(this.#checked((raw) => raw.verifierDamage(address)));
      const damage = Array.from({ length: found.length / 3 }, (_, i) => {
        const [file, offset, bytes] = found.subarray(3 * i) as unknown as [number, number, number];
        return damageOf(file, offset, bytes);
      });
      return { damage };
    } finally {
      verifier.dispose();
    }
  }

  /** Free the memory; the files stay open. Every later call throws `DISPOSED`; disposing again does nothing. */
  dispose(): void {
    this.#handle.dispose();
  }

  #fields(): Record<(typeof storeFields)[number], number> {
    const numbers = this.#checked((raw, store) => raw.storeFields(store));
    return copyNamed(this.#handle.runtime.memory, numbers, storeFields);
  }

  #inCheckpoint<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      if (!this.#handle.disposed) this.abandonCheckpoint();
      throw error;
    }
  }

  #checkSection(name: string): void {
    if (!this.has(name)) throw invalidArgument('the name of a section', name);
  }

  #checked(body: (raw: RawModule, store: number) => Reply): number {
    const { address } = this.#handle;
    return explained(this.#files, (raw) => body(raw, address));
  }

  #named(name: string, body: (raw: RawModule, store: number, name: number, size: number) => Reply): number {
    const [address, size] = this.#putName(name);
    return this.#checked((raw, store) => body(raw, store, address, size));
  }

  #putName(name: string): [address: number, size: number] {
    const bytes = new TextEncoder().encode(name);
    return [this.#handle.runtime.scratch(bytes.length).putBytes(bytes), bytes.length];
  }

  #view(view: number): [address: number, size: number] {
    return [...copyWords(this.#handle.runtime.memory, view, viewWords)] as [number, number];
  }

  #copyDoubles(view: number): Float64Array {
    const [address, count] = this.#view(view);
    return copyDoubles(this.#handle.runtime.memory, address, count);
  }

  #copyView(view: number): Uint8Array {
    const [address, size] = this.#view(view);
    return new Uint8Array(this.#handle.runtime.memory.buffer, address, size).slice();
  }
}

/** @throws {VectorSearchError} with the code of the reply, and as its cause what a file has thrown. */
function explained(files: StoreFileCalls, body: (raw: RawModule) => Reply): number {
  files.forget();
  try {
    return currentRuntime().checked(body);
  } catch (error) {
    throw files.explained(error);
  }
}

function checkPiece(piece: Uint8Array): Uint8Array {
  if (!isUint8Array(piece)) throw invalidArgument('bytes to be a Uint8Array', piece);
  return piece;
}

function damageOf(file: number, offset: number, bytes: number): StoreDamage {
  return { file: storeFileNames[file] as keyof StoreFiles, offset, bytes };
}
