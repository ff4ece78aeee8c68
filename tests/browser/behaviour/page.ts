/** The page that runs behaviour suites: what Node's runs prove of the package, proved in a browser. */
import { openCollection } from 'vicinal/worker';
import type { StorageKind } from '../../../worker/storage/storage.js';
import { describeCollection } from '../../api/collection/collection.behaviour.js';
import { openFollower } from '../../support/tabs/open-follower.js';
import { runSuite, type TestOutcome } from './run-suite.js';

export interface StorageOutcome {
  /** What `auto` means there. */
  readonly chosen: StorageKind;
  readonly outcomes: readonly TestOutcome[];
}

/** Runs all, with so many workers a collection; or through one that has asked another for it, as tabs do. */
function runBehaviour(shards: number | 'follower'): Promise<TestOutcome[]> {
  return runSuite(() => {
    if (shards === 'follower') describeCollection('follower', openFollower, 1);
    else describeCollection('collection', (options) => openCollection({ name: 'test', shards, ...options }));
  });
}

/** Runs the suite of storage in a worker. */
function runStorage(kinds: readonly StorageKind[]): Promise<StorageOutcome> {
  const worker = new Worker(new URL('./storage-worker.js', location.href), { type: 'module' });
  return new Promise<StorageOutcome>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(kinds);
  }).finally(() => worker.terminate());
}

Object.assign(globalThis, { runBehaviour, runStorage, isReady: true });
