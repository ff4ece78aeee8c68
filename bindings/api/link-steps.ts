/**
Linking rows to an engine's graph in steps, within another long call.

@module
*/
import type { Handle } from './handle.js';

/** What the module tells of a linking that is done. */
export const thousandths = 1000;

/**
Links every row that is to be linked, and calibrates where a target is set. Each step tells the share of them that is done,
1 last; none where there is nothing to do.

@param renews - Whether all are linked anew, where more were removed than there are.
*/
export function* linkSteps(handle: Handle, renews = false): Generator<number, void, void> {
  const total = pendingLinks(handle);
  if (total === 0 && !(renews && !isLinked(handle))) return;
  for (let share = 0; share < 1; ) {
    const done = handle.checked((raw, engine) => raw.engineLinkStep(engine, renews));
    const left = pendingLinks(handle);
    // One by one rows leave those that are pending; linked together, all leave them in the end.
    const told = left < total ? 1 - left / total : done / thousandths;
    // What follows on linking is not over before the module says so.
    share = done === thousandths ? 1 : Math.min(0.999, Math.max(share, told));
    yield share;
  }
}

/** Rows that are to be linked. */
function pendingLinks(handle: Handle): number {
  return handle.call((raw, engine) => raw.enginePendingLinks(engine));
}

function isLinked(handle: Handle): boolean {
  return handle.call((raw, engine) => raw.engineIsLinked(engine));
}
