/**
Arrays that were sent to a worker and came back, to be filled again: memory that is new costs more than what it holds.

@module
*/

/** Bytes that are kept: of the batch that is sent, and of the one that is made meanwhile. */
const mostBytes = 2 ** 24;
/** Milliseconds without use after which none is. */
const keptMs = 1000;

export class SpareFloats {
  #buffers: ArrayBufferLike[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** An array that holds anything. */
  take(length: number): Float32Array {
    const bytes = 4 * length;
    const index = this.#buffers.findIndex(({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes);
    if (index < 0) return new Float32Array(length);
    const [buffer] = this.#buffers.splice(index, 1);
    return new Float32Array(buffer as ArrayBufferLike, 0, length);
  }

  /** Arrays that nobody uses any more. */
  give(arrays: readonly Float32Array[]): void {
    for (const { buffer } of arrays) this.#buffers.push(buffer);
    let bytes = this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    while (bytes > mostBytes) bytes -= this.#buffers.shift()?.byteLength ?? 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#buffers = [];
    }, keptMs);
    // In Node, where it would keep the process.
    (this.#timer as { unref?(): void }).unref?.();
  }
}
