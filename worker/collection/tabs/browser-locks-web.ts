/**
The Web Locks of the page's origin.

@module
*/
import type { TabLocks } from './tab-lock.js';

/** None where pages have none: those that are not secure. */
export function browserLocks(): TabLocks | undefined {
  return typeof BroadcastChannel === 'function'
    ? (globalThis.navigator?.locks as TabLocks | undefined)
    : undefined;
}
