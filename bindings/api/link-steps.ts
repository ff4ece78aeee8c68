/**
Linking rows to an engine's graph in steps, within another long call.

@module
*/
import type { Handle } from './handle.js';

/** What the module tells of linking that is done. */
const thousandths = 1000;

/** Links every row that is to be linked. Each step tells the share of it that is done, 1 last; none without such rows. */
export function* linkSteps(handle: Handle): Generator<number, void, void> {
  if (pendingLinks(handle) === 0) return;
  for (let done = 0; done < thousandths; ) {
    done = handle.runtime.checked((raw) => raw.engineLinkStep(handle.addressInLongCall));
    yield done / thousandths;
  }
}

/** Rows that are to be linked. */
export function pendingLinks({ runtime, addressInLongCall: address }: Handle): number {
  return runtime.call((raw) => raw.enginePendingLinks(address));
}
