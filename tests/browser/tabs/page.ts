/** One of several pages that share a collection, told from outside what to do. */
import { type Collection, openCollection } from 'vicinal/worker';
import { openKept } from '../../support/tabs/kept-collection.js';
import { openInTab, type TabOptions } from '../../support/tabs/open-tab.js';
import { type History, pointValue, runWorkload } from '../../support/tabs/workload.js';
import { indexedDbKeep } from './indexeddb-keep.js';

let collection: Collection;
let history: History = {};
let outcome: { readonly failure?: string } | undefined;

/** What is done here; every answer is JSON. */
const tab = {
  /** @returns The tab's role, or the error. */
  async open(name: string, options: TabOptions = {}): Promise<string> {
    const own = { name, dim: 4, metric: 'euclidean' } as const;
    const openLocal = () => openKept(() => openCollection(own), indexedDbKeep(name));
    try {
      collection = await openInTab(undefined, own, { openLocal, ...options });
      return tab.role();
    } catch (error) {
      return textOf(error);
    }
  },

  async role(): Promise<string> {
    return (await collection.info()).role ?? 'alone';
  },

  /** Begins; `report` tells what was done. */
  work(seed: number, points: readonly string[], count: number): void {
    outcome = undefined;
    const now = () => Date.now();
    const onDone = (all: History) => {
      history = all;
    };
    runWorkload(collection, { seed, points, count, now, onDone }).then(
      () => {
        outcome = {};
      },
      (error) => {
        outcome = { failure: textOf(error) };
      },
    );
  },

  report(): { readonly history: History; readonly outcome: typeof outcome | null } {
    return { history, outcome: outcome ?? null };
  },

  value(point: string): Promise<number | null> {
    return pointValue(collection, point);
  },

  /** @returns The code of what a change rejects with, and after how many milliseconds; no code where it is made. */
  async change(point: string, value: number): Promise<{ readonly code?: string; readonly ms: number }> {
    const start = performance.now();
    try {
      await collection.upsert([{ id: point, vector: [1, 2, 3, 4], payload: { value } }]);
      return { ms: performance.now() - start };
    } catch (error) {
      return { code: (error as { code: string }).code, ms: performance.now() - start };
    }
  },

  close(): Promise<void> {
    return collection.close();
  },
};

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

Object.assign(globalThis, { tab, isReady: true });
