/** Several tabs at once, closed, crashed and frozen at random: one history of all that they saw. */
import { type Collection, type CollectionOptions, openCollection, type PointRecord } from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { openKept } from '../../../support/tabs/kept-collection.js';
import { isLinearizable, type Operation } from '../../../support/tabs/linearizable.js';
import { openInTab } from '../../../support/tabs/open-tab.js';
import { Origin, type Tab } from '../../../support/tabs/origin.js';
import { isOneHistory, type TabHistory } from '../../../support/tabs/whole-history.js';
import { type History, pointValue, runWorkload } from '../../../support/tabs/workload.js';

const options: CollectionOptions = { name: 'history', dim: 4, metric: 'euclidean' };
const limits = { pingMs: 20, silenceMs: 400, gatherMs: 100 };
const points = ['a', 'b', 'c'];
const now = () => performance.now();

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the check itself', () => {
  const write = (value: number, start: number, end: number): Operation => ({
    ...{ kind: 'write', value, start, end },
  });
  const read = (value: number | null, start: number, end: number): Operation => ({
    ...{ kind: 'read', value, start, end },
  });

  it('takes what can have been', () => {
    expect(isLinearizable([write(1, 0, 10), read(null, 1, 2), read(1, 3, 4), read(1, 11, 12)])).toBe(true);
    expect(isLinearizable([{ ...write(1, 0, 1), isOpen: true }, read(null, 5, 6), read(1, 7, 8)])).toBe(true);
  });

  it('finds lost, undone and repeated writes', () => {
    expect(isLinearizable([write(1, 0, 1), read(null, 2, 3)])).toBe(false);
    expect(isLinearizable([write(1, 0, 10), read(1, 1, 2), read(null, 3, 4)])).toBe(false);
    expect(
      isLinearizable([write(1, 0, 10), read(1, 1, 2), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)]),
    ).toBe(false);
  });
});

describe.each([
  { tabs: 2, seed: 1 },
  { tabs: 2, seed: 2 },
  { tabs: 5, seed: 3 },
  { tabs: 5, seed: 4 },
  { tabs: 5, seed: 5 },
])('$tabs tabs, seed $seed', ({ tabs, seed }) => {
  it('saw one history', async () => {
    const origin = new Origin();
    const random = randomFrom(seed);
    let kept: readonly PointRecord[] = [];
    const open = async (): Promise<{ tab: Tab; collection: Collection }> => {
      const tab = origin.openTab();
      const openLocal = () =>
        openKept(() => openCollection(options), {
          load: async () => kept,
          save: async (saved) => {
            // Some are lost on their way, some on the way back.
            if (tab.isCrashed) await new Promise(() => {});
            kept = structuredClone(saved);
            if (tab.isCrashed) await new Promise(() => {});
          },
        });
      return { tab, collection: await openInTab(tab, options, { openLocal, ...limits }) };
    };
    const histories: TabHistory[] = [];
    const left: (() => Promise<void>)[] = [];
    let started = 0;
    /** One tab after another in the same place: each ends in one of the ways that tabs end in. */
    const live = async (lives: number) => {
      for (let life = 0; life < lives; life++) {
        const { tab, collection } = await open();
        const workSeed = 100 * seed + ++started;
        let history: History = {};
        const endAt = Math.floor(5 + random() * 10);
        const way = random();
        let crash = () => {};
        const crashed = new Promise<void>((resolve) => {
          crash = () => {
            tab.crash();
            resolve();
          };
        });
        const work = runWorkload(collection, {
          ...{ seed: workSeed, points, count: 20, now },
          onDone: (all, done) => {
            history = structuredClone(all);
            if (done !== endAt || life === lives - 1) return;
            // Amid the next operation.
            if (way < 0.4) setTimeout(crash, random() * 8);
            else if (way < 0.6) setTimeout(() => void collection.close(), random() * 8);
            else if (way < 0.8) {
              tab.freeze();
              setTimeout(() => tab.thaw(), random() * 100);
            }
          },
        });
        const whole = await Promise.race([work, crashed]);
        // What a crashed tab had asked for last may have been done.
        histories.push({ seed: workSeed, history: whole ?? history, isCut: whole === undefined });
        work.catch(() => {});
        left.push(() => collection.close());
      }
    };
    await Promise.all(Array.from({ length: tabs }, () => live(3)));
    const last = await open();
    for (const point of points) {
      const told = histories.flatMap(({ history }) => history[point] ?? []);
      expect(told.length).toBeGreaterThan(10);
      const value = await pointValue(last.collection, point);
      expect(isOneHistory(histories, point, value, now())).toBe(true);
    }
    await last.collection.close();
    for (const close of left.reverse()) await close();
  });
});
