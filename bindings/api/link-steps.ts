/**
Linking rows to an engine's graph in steps, within another long call.

@module
*/
import type { Handle } from './handle.js';

/** Links every row that is to be linked. Each step tells the share of them that is done, 1 last; none without such rows. */
export function* linkSteps(handle: Handle): Generator<number, void, void> {
  const total = pendingLinks(handle);
  for (let left = total; left > 0; ) {
    handle.runtime.checked((raw) => raw.engineLinkStep(handle.addressInLongCall));
    left = pendingLinks(handle);
    yield 1 - left / total;
  }
}

/** Rows that are to be linked. */
export function pendingLinks({ runtime, addressInLongCall: address }: Handle): number {
  return runtime.call((raw) => raw.enginePendingLinks(address));
}
