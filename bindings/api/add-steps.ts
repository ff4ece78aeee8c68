/**
Adding many rows in steps. Each step copies a piece of the caller's array into the module, so that a batch of any size
needs little more memory than its rows take at rest.

@module
*/
import { rowsAt } from './arguments.js';
import type { Handle } from './handle.js';
import { scratchBytes } from './scratch.js';
import type { Steps } from './steps.js';
import { trainBeforeAdding } from './training-steps.js';

/** Enough that a step's fixed cost (under 10 us) is lost in its copy, and short enough (about 2 ms) to be stopped. */
const stepBytes = 4 << 20;

/** What the module tells of linking that is done. */
const thousandths = 1000;

/**
Adds `rowCount` rows, all or none of them.

@param flat - `[rowCount x dim]`.
@returns Id of the first row, which the next row will get when there are none.
@throws {VectorSearchError} with code `NOT_FINITE`, `ZERO_VECTOR`, `CAPACITY_EXCEEDED` or `OUT_OF_MEMORY`.
*/
export function* addSteps(handle: Handle, flat: Float32Array, rowCount: number, dim: number): Steps<number> {
  const { runtime } = handle;
  const rowsPerStep = Math.max(1, Math.floor(stepBytes / (dim * 4)));
  let added = 0;
  let firstId = 0;
  let done = false;
  handle.beginLongCall('addBatch');
  try {
    // Codecs that learn for long do so between steps, not within the first.
    const learning = yield* trainBeforeAdding(handle, flat, rowCount, dim);
    do {
      const count = Math.min(rowsPerStep, rowCount - added);
      const address = handle.addressInLongCall;
      const rows = runtime.scratch(scratchBytes(count * dim)).putFloats(rowsAt(flat, dim, added, count));
      const id = runtime.checked((raw) => raw.engineAdd(address, rows, count, false), {
        row: added,
        dim,
      });
      if (added === 0) firstId = id;
      added += count;
      yield { done: learning + added, total: learning + rowCount };
    } while (added < rowCount);
    for (let linked = 0; linked < thousandths; ) {
      linked = runtime.checked((raw) => raw.engineLinkStep(handle.addressInLongCall));
      if (linked < thousandths) yield { done: learning + added, total: learning + rowCount };
    }
    done = true;
    return firstId;
  } finally {
    if (!handle.disposed) {
      const address = handle.addressInLongCall;
      runtime.call((raw) => (done ? raw.engineEndAdd(address) : raw.engineUndoAdd(address, added)));
    }
    handle.endLongCall();
  }
}
