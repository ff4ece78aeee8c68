/**
Files that live as long as this worker, for tests and where nothing else is left.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';
import { type StoreFiles, type SyncFile, storeFileNames } from '../../bindings/api/store-files.js';
import type { OpenedFiles, StorageBackEnd } from './storage.js';

/** Called before each operation on a file; what it throws is what the operation throws, having done nothing. */
export type FileWatcher = (operation: keyof SyncFile, file: string, size: number, at: number) => void;

/** The files of one shard. */
export class MemoryFolder {
  readonly #contents = storeFileNames.map(() => new MemoryBytes());
  #open = false;

  /**
  @param watch - For tests: sees every operation, and may fail it.
  @throws {VectorSearchError} with code `STORAGE_IN_USE`.
  */
  open(watch: FileWatcher = () => {}): OpenedFiles {
    if (this.#open) throw new VectorSearchError('STORAGE_IN_USE', undefined, 'this worker');
    this.#open = true;
    const opened = storeFileNames.map((name, i) => {
      return [name, new MemoryFile(name, this.#contents[i] as MemoryBytes, watch)] as const;
    });
    return {
      files: Object.fromEntries(opened) as unknown as StoreFiles,
      settle: () => undefined,
      close: async () => {
        for (const [, file] of opened) file.close();
        this.#open = false;
      },
    };
  }

  get isOpen(): boolean {
    return this.#open;
  }
}

/** Bytes that grow, with room to grow into. */
class MemoryBytes {
  size = 0;
  #bytes = new Uint8Array(0);

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.bytes);
      this.#bytes = grown;
    } else if (size < this.size) {
      // What is grown into again is zeros.
      this.#bytes.fill(0, size, this.size);
    }
    this.size = size;
  }
}

class MemoryFile implements SyncFile {
  readonly #name: string;
  readonly #contents: MemoryBytes;
  readonly #watch: FileWatcher;
  #closed = false;

  constructor(name: string, contents: MemoryBytes, watch: FileWatcher) {
    this.#name = name;
    this.#contents = contents;
    this.#watch = watch;
  }

  getSize(): number {
    this.#begin('getSize');
    return this.#contents.size;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    this.#begin('read', into.length, at);
    const bytes = this.#contents.bytes.subarray(at, at + into.length);
    into.set(bytes);
    return bytes.length;
  }

  write(from: Uint8Array, { at }: { readonly at: number }): number {
    this.#begin('write', from.length, at);
    if (at + from.length > this.#contents.size) this.#contents.resize(at + from.length);
    this.#contents.bytes.set(from, at);
    return from.length;
  }

  flush(): void {
    this.#begin('flush');
  }

  truncate(size: number): void {
    this.#begin('truncate', size);
    this.#contents.resize(size);
  }

  close(): void {
    this.#closed = true;
  }

  #begin(operation: keyof SyncFile, size = 0, at = 0): void {
    if (this.#closed) throw new Error(`${this.#name} is closed`);
    this.#watch(operation, this.#name, size, at);
  }
}

/** Folders of shards, by collection. */
const folders = new Map<string, Map<number, MemoryFolder>>();

export const memoryBackEnd: StorageBackEnd = {
  works: async () => true,

  async open({ name }, shard) {
    const shards = folders.get(name) ?? new Map<number, MemoryFolder>();
    const folder = shards.get(shard) ?? new MemoryFolder();
    const opened = folder.open();
    folders.set(name, shards.set(shard, folder));
    return opened;
  },

  exists: async ({ name }) => folders.has(name),

  async remove({ name }) {
    const shards = [...(folders.get(name)?.values() ?? [])];
    if (shards.some(({ isOpen }) => isOpen))
      throw new VectorSearchError('STORAGE_IN_USE', undefined, 'this worker');
    folders.delete(name);
  },
};
