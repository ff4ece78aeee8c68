/**
A snapshot through another tab: every piece a call of its own, so that no more of it is on its way than is read.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Collection } from '../collection.js';

/**
What a follower asks for: a piece of one of its snapshots, or an end of it. The first is the same whichever writer is
asked, so that one of them may answer it, and the next one go on.
*/
export interface PieceRequest {
  readonly snapshot: number;
  readonly part: 'first' | 'next' | 'none';
}

/** @param ask - Makes the call. Nothing: there are no more. */
export function snapshotByPieces(
  snapshot: number,
  ask: (request: PieceRequest) => Promise<Uint8Array | undefined>,
): ReadableStream<Uint8Array> {
  let part: 'first' | 'next' = 'first';
  // Who does not answer has ended, and holds nothing, or hears of it later.
  const leave = () => ask({ snapshot, part: 'none' }).catch(() => {});
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const asked = part;
        part = 'next';
        const piece = await ask({ snapshot, part: asked }).catch((error) => {
          // Nobody cancels a stream that has failed; and the call may be made yet.
          void leave();
          throw error;
        });
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      async cancel() {
        if (part === 'next') await leave();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The snapshots that one tab reads, where they are made. */
export class SnapshotsRead {
  readonly #readers = new Map<number, ReadableStreamDefaultReader<Uint8Array>>();

  async piece(collection: Collection, { snapshot, part }: PieceRequest): Promise<Uint8Array | undefined> {
    if (part === 'first') this.#readers.set(snapshot, collection.snapshot().getReader());
    const reader = this.#readers.get(snapshot);
    if (part === 'none') {
      this.#readers.delete(snapshot);
      await reader?.cancel();
      return undefined;
    }
    // Another writer would go on with other files.
    if (reader === undefined)
      throw new VectorSearchError('WORKER_CRASHED', 'the tab that began the snapshot', 'its end');
    try {
      const { value, done } = await reader.read();
      if (done) this.#readers.delete(snapshot);
      return value;
    } catch (error) {
      this.#readers.delete(snapshot);
      throw error;
    }
  }

  /** Nobody reads them any more. */
  end(): void {
    for (const reader of this.#readers.values()) void reader.cancel().catch(() => {});
    this.#readers.clear();
  }
}
