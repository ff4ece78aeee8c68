/**
The behaviour suites, within the browser.

@module
*/
import { describe, expect, test } from 'vitest';
import type { StorageOutcome } from '../behaviour/page.js';
import type { TestOutcome } from '../behaviour/run-suite.js';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';

/** Tests of each storage that there are at least. */
const fewestOfStorage = 15;

/** Tests of a collection that there are at least: a page that ran none would find no failure either. */
const fewest = 40;

export function behaviourSuite(bench: Bench): void {
  describe('behaviour', () => {
    const ways = [
      ['in one worker', 1],
      ['in two workers', 2],
      ['through a follower', "'follower'"],
    ] as const;
    for (const [name, argument] of ways) {
      test(`a collection ${name}`, async () => {
        const { driver, site } = bench;
        await driver.open(site.url('behaviour/page.html'));
        await waitFor(driver, 'globalThis.isReady');
        const outcomes = await driver.evaluate<TestOutcome[]>(`runBehaviour(${argument})`);
        expect(outcomes.filter(({ state }) => state !== 'pass')).toEqual([]);
        expect(outcomes.length).toBeGreaterThanOrEqual(fewest);
      }, 120_000);
    }

    test('the storage of collections', async () => {
      const { driver, site, expected } = bench;
      const kinds = expected.opfs ? ['opfs', 'indexeddb'] : ['indexeddb'];
      await driver.open(site.url('behaviour/page.html'));
      await waitFor(driver, 'globalThis.isReady');
      const { chosen, outcomes } = await driver.evaluate<StorageOutcome>(
        `runStorage(${JSON.stringify(kinds)})`,
      );
      expect(chosen).toBe(kinds[0]);
      expect(outcomes.filter(({ state }) => state !== 'pass')).toEqual([]);
      expect(outcomes.length).toBeGreaterThanOrEqual(fewestOfStorage * kinds.length);
    }, 120_000);
  });
}
