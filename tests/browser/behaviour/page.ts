/** The page that runs behaviour suites: what Node's runs prove of the package, proved in a browser. */
import { openCollection } from 'vicinal/worker';
import type { StorageKind } from '../../../worker/storage/storage.js';
import { describeCollection } from '../../api/collection/collection.behaviour.js';
import { openFollower } from '../../support/tabs/open-follower.js';

export interface StorageOutcome {
  /** What `auto` means there. */
  readonly chosen: StorageKind;
  readonly outcomes: readonly TestOutcome[];
}

/** Runs all, with so many workers a collection; or through one that has asked another for it, as tabs do. */
async function runBehaviour(shards: number | 'follower'): Promise<TestOutcome[]> {
  const runner: VitestRunner = {
    config: {
      root: '/',
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    pool: 'page',
    importFile: () =>
      shards === 'follower'
        ? describeCollection('follower', openFollower, 1)
        : describeCollection('collection', (options) => openCollection({ name: 'test', shards, ...options })),
  };
  const outcomes: TestOutcome[] = [];
  const files = await startTests(['behaviour'], runner);
  const visit = (task: (typeof files)[number]['tasks'][number], path: string) => {
    const name = `${path} > ${task.name}`;
    if (task.type === 'suite') for (const inner of task.tasks) visit(inner, name);
    else
      outcomes.push({
        name,
        state: task.result?.state ?? 'not run',
        errors: (task.result?.errors ?? []).map(({ message, stack }) => `${message}\n${stack}`),
      });
  };
  for (const file of files) {
    const { errors = [] } = file.result ?? {};
    if (errors.length > 0)
      outcomes.push({ name: 'collecting', state: 'fail', errors: errors.map(({ message }) => message) });
    for (const task of file.tasks) visit(task, 'page');
  }
  return outcomes;
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
