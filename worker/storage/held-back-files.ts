/**
Files whose changes are held back in memory, where who made them sees them, until they are released; or for good.

@module
*/
import type { StoreFiles, SyncFile } from '../../bindings/api/store-files.js';
import { storeFileNames } from '../../bindings/api/store-files.js';
import type { OpenedFiles } from './storage.js';

export class HeldBackFiles implements OpenedFiles {
  readonly files: StoreFiles;
  readonly #opened: OpenedFiles;
  readonly #held: readonly HeldBackFile[];
  /** What was done, on all files in its order. */
  readonly #changes: (() => void)[] = [];

  constructor(opened: OpenedFiles) {
    this.#opened = opened;
    const hold = (change: () => void) => this.#changes.push(change);
    this.#held = storeFileNames.map((name) => new HeldBackFile(opened.files[name], hold));
    this.files = Object.fromEntries(
      storeFileNames.map((name, index) => [name, this.#held[index]]),
    ) as unknown as StoreFiles;
  }

  /** Does what was held back, flushes and all, in its order; changes are made at once from here on. Throws as the files do. */
  release(): void {
    for (const change of this.#changes.splice(0)) change();
    for (const file of this.#held) file.release();
  }

  settle(): Promise<void> | undefined {
    return this.#opened.settle();
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}

class HeldBackFile implements SyncFile {
  readonly #file: SyncFile;
  readonly #hold: (change: () => void) => void;
  #isReleased = false;
  #size: number;
  /** Bytes of the file below, from its start, that are still there. */
  #below: number;
  /** What was written, the oldest first. */
  #written: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(file: SyncFile, hold: (change: () => void) => void) {
    this.#file = file;
    this.#hold = hold;
    this.#size = file.getSize();
    this.#below = this.#size;
  }

  release(): void {
    this.#isReleased = true;
    this.#written = [];
  }

  getSize(): number {
    return this.#isReleased ? this.#file.getSize() : this.#size;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    if (this.#isReleased) return this.#file.read(into, { at });
    const bytes = into.subarray(0, Math.max(0, Math.min(into.length, this.#size - at)));
    const below = bytes.subarray(0, Math.max(0, Math.min(bytes.length, this.#below - at)));
    let done = 0;
    while (done < below.length) {
      const read = this.#file.read(below.subarray(done), { at: at + done });
      if (read === 0) break;
      done += read;
    }
    bytes.fill(0, done);
    for (const { at: start, bytes: written } of this.#written) {
      const from = Math.max(start, at);
      const end = Math.min(start + written.length, at + bytes.length);
      if (from < end) bytes.set(written.subarray(from - start, end - start), from - at);
    }
    return bytes.length;
  }

  write(from: Uint8Array, { at }: { readonly at: number }): number {
    if (this.#isReleased) return this.#file.write(from, { at });
    const bytes = from.slice();
    this.#written.push({ at, bytes });
    this.#size = Math.max(this.#size, at + bytes.length);
    this.#hold(() => {
      for (let done = 0; done < bytes.length; )
        done += this.#file.write(bytes.subarray(done), { at: at + done });
    });
    return bytes.length;
  }

  flush(): void {
    if (this.#isReleased) this.#file.flush();
    else this.#hold(() => this.#file.flush());
  }

  truncate(size: number): void {
    if (this.#isReleased) {
      this.#file.truncate(size);
      return;
    }
    this.#hold(() => this.#file.truncate(size));
    this.#size = size;
    this.#below = Math.min(this.#below, size);
    this.#written = this.#written
      .filter(({ at }) => at < size)
      .map(({ at, bytes }) => ({ at, bytes: bytes.subarray(0, size - at) }));
  }

  /** Whoever opened the file below closes it. */
  close(): void {}
}
