/**
What the module asks of a store's files, done; what fails there, kept.

@module
*/
import { moduleErrorCodes, VectorSearchError } from './errors.js';
import { type FileCall, storeFileOperations } from './raw-module.js';
import { isStorageFull, type StoreFiles, type SyncFile, storeFileNames } from './store-files.js';

interface FileFailure {
  /** "write to log-0" */
  readonly what: string;
  readonly cause: unknown;
}

const storageFull = -(moduleErrorCodes.indexOf('STORAGE_FULL') + 1);
const storageFailed = -(moduleErrorCodes.indexOf('STORAGE_FAILED') + 1);

/** Those of open stores, by number. */
const opened = new Map<number, StoreFileCalls>();
let lastNumber = 0;

/** See {@link FileCall}; for files that are not open any more, too. */
export const callStoreFile: FileCall = (files, ...operation) =>
  opened.get(files)?.call(...operation) ?? storageFailed;

export class StoreFileCalls {
  /** The module's number of these. */
  readonly number = ++lastNumber;
  readonly #files: readonly SyncFile[];
  readonly #memory: WebAssembly.Memory;
  /** The last. */
  #failure: FileFailure | undefined;

  constructor(files: StoreFiles, memory: WebAssembly.Memory) {
    this.#files = storeFileNames.map((name) => files[name]);
    this.#memory = memory;
    opened.set(this.number, this);
  }

  /** After this, whatever is asked of the files fails. */
  close(): void {
    opened.delete(this.number);
  }

  /** See {@link FileCall}. Throws nothing: an exception would go through the module. */
  call(operation: number, file: number, offset: number, address: number, size: number): number {
    try {
      return this.#operate(operation, this.#files[file] as SyncFile, offset, address, size);
    } catch (cause) {
      this.#failure = { what: `${storeFileOperations[operation]} of ${storeFileNames[file]}`, cause };
      return isStorageFull(cause) ? storageFull : storageFailed;
    }
  }

  /** What has failed until now is not the reason of a later error. */
  forget(): void {
    this.#failure = undefined;
  }

  /** The error of a call, with what a file has thrown where that was the reason. */
  explained(error: unknown): unknown {
    if (!(error instanceof VectorSearchError) || this.#failure === undefined) return error;
    const { what, cause } = this.#failure;
    const { code, actual } = error;
    if (code !== 'STORAGE_FULL' && code !== 'STORAGE_FAILED') return error;
    // A store that takes no change any more is not full.
    const isFull = cause instanceof VectorSearchError && cause.code === 'STORAGE_FULL';
    if (cause instanceof VectorSearchError && (!isFull || code === 'STORAGE_FULL')) return cause;
    return new VectorSearchError(code, undefined, code === 'STORAGE_FULL' ? actual : `${what}: ${cause}`, {
      cause,
    });
  }

  #operate(operation: number, file: SyncFile, offset: number, address: number, size: number): number {
    switch (storeFileOperations[operation]) {
      case 'getSize':
        return file.getSize();
      case 'read':
        return this.#whole(address, size, (bytes, done) => file.read(bytes, { at: offset + done }));
      case 'write': {
        const written = this.#whole(address, size, (bytes, done) => file.write(bytes, { at: offset + done }));
        if (written < size) throw new Error(`${written} of ${size} bytes were written`);
        return 0;
      }
      case 'flush':
        file.flush();
        return 0;
      default:
        file.truncate(offset);
        return 0;
    }
  }

  /** Goes on where an operation did a part only, until it does nothing. The view of memory is made for each. */
  #whole(address: number, size: number, some: (bytes: Uint8Array, done: number) => number): number {
    for (let done = 0; done < size; ) {
      const moved = some(new Uint8Array(this.#memory.buffer, address + done, size - done), done);
      if (!(moved > 0)) return done;
      done += moved;
    }
    return size;
  }
}
