/**
When the space of what was removed is worth reclaiming.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';

/** Fewer than this are never too many. */
const minRemoved = 4096;

/** What was removed from an index since it was last compacted. */
export class RemovedCount {
  readonly #compact: () => void;
  #count = 0;

  constructor(compact: () => void) {
    this.#compact = compact;
  }

  /** So many more were removed; or fewer, where some are brought back. */
  add(count: number): void {
    this.#count += count;
  }

  /** Compacts all where more were removed than are left. Not within a change: what it removes may be brought back. */
  reclaim(left: number): void {
    if (this.#count <= Math.max(minRemoved, left)) return;
    this.reset();
    try {
      this.#compact();
    } catch (error) {
      // It goes on as large as it is.
      if (!(error instanceof VectorSearchError) || error.code !== 'OUT_OF_MEMORY') throw error;
    }
  }

  /** All was compacted. */
  reset(): void {
    this.#count = 0;
  }
}
