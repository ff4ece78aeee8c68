/**
Node has no tabs: its processes do not share what its locks guard.

@module
*/
import type { TabLocks } from './tab-lock.js';

export function browserLocks(): TabLocks | undefined {
  return undefined;
}
