/**
Work on many points, some at a time.

@module
*/
import type { Steps } from '../../bindings/api/steps.js';

/** Points between two looks at whether to stop: a millisecond or two, where payloads have indexes and texts. */
const pointsPerStep = 64;

/** Calls `work` for each item, in their order. */
export function* eachInSteps<Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => void,
): Steps<void> {
  for (const [index, item] of items.entries()) {
    work(item, index);
    if ((index + 1) % pointsPerStep === 0) yield { done: index + 1, total: items.length };
  }
}
