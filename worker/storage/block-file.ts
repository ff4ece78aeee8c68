/**
A file in memory, in blocks, that knows which of them have changed: for storage that cannot be written at once.

@module
*/
import type { SyncFile } from '../../bindings/api/store-files.js';

/** Large enough that reading many is quick, small enough that a short record costs little. */
export const blockBytes = 65_536;

export class BlockFile implements SyncFile {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #changed = new Set<number>();
  #size = 0;
  #resized = false;
  readonly #checkUsable: (changes: boolean) => void;
  readonly #onFlush: () => void;

  /**
  @param checkUsable - Called before every operation, with whether it changes the file; may throw.
  @param onFlush - Called by `flush` where something has changed since `takeChanges`.
  */
  constructor(checkUsable: (changes: boolean) => void, onFlush: () => void) {
    this.#checkUsable = checkUsable;
    this.#onFlush = onFlush;
  }

  /** Fills the file with what is stored. Blocks that are not there stay zeros. */
  restore(size: number, blocks: Iterable<readonly [number, Uint8Array]>): void {
    this.#resize(size);
    for (const [index, bytes] of blocks) this.#blocks[index]?.set(bytes.subarray(0, blockBytes));
    this.takeChanges();
  }

  /** The size where it has changed, and the blocks that have, which are counted as unchanged from here on. */
  takeChanges(): {
    readonly size: number | undefined;
    readonly blocks: ReadonlyMap<number, Uint8Array | undefined>;
  } {
    const indices = [...this.#changed].sort((a, b) => a - b);
    const blocks = new Map(indices.map((index) => [index, this.#stored(index)]));
    const size = this.#resized ? this.#size : undefined;
    this.#changed = new Set();
    this.#resized = false;
    return { size, blocks };
  }

  getSize(): number {
    this.#checkUsable(false);
    return this.#size;
  }

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    this.#checkUsable(false);
    const size = Math.max(0, Math.min(into.length, this.#size - at));
    this.#eachPiece(at, size, (block, from, length, done) =>
      into.set(block.subarray(from, from + length), done),
    );
    return size;
  }

  write(from: Uint8Array, { at }: { readonly at: number }): number {
    this.#checkUsable(true);
    if (from.length === 0) return 0;
    if (at + from.length > this.#size) this.#resize(at + from.length);
    this.#eachPiece(at, from.length, (block, start, length, done, index) => {
      block.set(from.subarray(done, done + length), start);
      this.#changed.add(index);
    });
    return from.length;
  }

  flush(): void {
    this.#checkUsable(true);
    if (this.#resized || this.#changed.size > 0) this.#onFlush();
  }

  truncate(size: number): void {
    this.#checkUsable(true);
    this.#resize(size);
  }

  /** Whoever opened it closes it. */
  close(): void {}

  /** What is stored of a block: its bytes within the file, alone in their buffer; nothing past the end. */
  #stored(index: number): Uint8Array | undefined {
    const block = this.#blocks[index];
    return block?.slice(0, Math.min(blockBytes, this.#size - index * blockBytes));
  }

  #resize(size: number): void {
    if (size === this.#size) return;
    const count = Math.ceil(size / blockBytes);
    const shorter = size < this.#size;
    while (this.#blocks.length < count) {
      this.#changed.add(this.#blocks.length);
      this.#blocks.push(new Uint8Array(blockBytes));
    }
    while (this.#blocks.length > count) {
      this.#blocks.pop();
      this.#changed.add(this.#blocks.length);
    }
    if (shorter && size % blockBytes > 0) {
      // What is grown into again is zeros.
      this.#blocks[count - 1]?.fill(0, size % blockBytes);
      this.#changed.add(count - 1);
    }
    // The block that ended the file is stored as far as the file went.
    if (!shorter && this.#size % blockBytes > 0) this.#changed.add(Math.floor(this.#size / blockBytes));
    this.#size = size;
    this.#resized = true;
  }

  #eachPiece(
    at: number,
    size: number,
    use: (block: Uint8Array, from: number, length: number, done: number, index: number) => void,
  ): void {
    for (let done = 0; done < size; ) {
      const index = Math.floor((at + done) / blockBytes);
      const from = (at + done) % blockBytes;
      const length = Math.min(size - done, blockBytes - from);
      use(this.#blocks[index] as Uint8Array, from, length, done, index);
      done += length;
    }
  }
}
