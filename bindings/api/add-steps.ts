/**
Adding many rows in steps. Each step copies a piece of the caller's array into the module, so that a batch of any size
needs little more memory than its rows take at rest.

@module
*/
import { rowsAt } from './arguments.js';
import type { Handle } from './handle.js';
import { linkSteps } from './link-steps.js';
import { scratchBytes } from './scratch.js';
import type { Steps } from './steps.js';
import { trainBeforeAdding } from './training-steps.js';

/** Enough that a step's fixed cost (under 10 us) is lost in its copy, and short enough (about 2 ms) to be stopped. */
const stepBytes = 4 << 20;

/**
Adds `rowCount` rows, all or none of them. Where there is a graph, progress counts the rows that are linked to it, which
is nearly all of the work.

@param flat - `[rowCount x dim]`.
@param links - Whether they are linked to a graph at once.
@returns Id of the first row, which the next row will get when there are none.
@throws {VectorSearchError} with code `NOT_FINITE`, `ZERO_VECTOR`, `CAPACITY_EXCEEDED` or `OUT_OF_MEMORY`.
*/
export function* addSteps(
  handle: Handle,
  flat: Float32Array,
  rowCount: number,
  dim: number,
  links: boolean,
): Steps<number> {
  const { runtime } = handle;
  const rowsPerStep = Math.max(1, Math.floor(stepBytes / (dim * 4)));
  let added = 0;
  let firstId = 0;
  let done = false;
  handle.beginLongCall('addBatch');
  try {
    // Codecs that learn for long do so between steps, not within the first.
    const linksRows = links && handle.call((raw, engine) => raw.engineHnsw(engine)) !== 0;
    const learning = yield* trainBeforeAdding(handle, flat, rowCount, dim, !linksRows);
    const total = learning + rowCount;
    do {
      const count = Math.min(rowsPerStep, rowCount - added);
      const rows = runtime.scratch(scratchBytes(count * dim)).putFloats(rowsAt(flat, dim, added, count));
      const id = handle.checked((raw, engine) => raw.engineAdd(engine, rows, count, false), {
        row: added,
        dim,
      });
      if (added === 0) firstId = id;
      added += count;
      if (!linksRows || added < rowCount) yield { done: linksRows ? 0 : learning + added, total };
    } while (added < rowCount);
    if (linksRows) {
      for (const share of linkSteps(handle)) {
        if (share < 1) yield { done: Math.floor(rowCount * share), total };
      }
      yield { done: rowCount, total };
    }
    done = true;
    return firstId;
  } finally {
    if (!handle.disposed)
      handle.call((raw, engine) => (done ? raw.engineEndAdd(engine) : raw.engineUndoAdd(engine, added)));
    handle.endLongCall();
  }
}
