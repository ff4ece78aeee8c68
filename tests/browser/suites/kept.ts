/**
Collections that outlive their page, and that tabs share, as `openCollection` opens them.

@module
*/
import { afterEach, describe, expect, test } from 'vitest';
import { type DriverTab, waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';

type Page = Pick<DriverTab, 'open' | 'evaluate'>;

const queries = [1, 77, 200];

export function keptSuite(bench: Bench): void {
  describe('kept', () => {
    const tabs = new Set<DriverTab>();
    let names = 0;

    const load = async (page: Page) => {
      await page.open(bench.site.url('kept/page.html'));
      await waitFor(page, 'globalThis.isReady');
    };
    const openTab = async () => {
      const tab = await bench.driver.openTab();
      tabs.add(tab);
      await load(tab);
      return tab;
    };
    const closeTab = async (tab: DriverTab) => {
      tabs.delete(tab);
      await tab.close();
    };
    /** Calls a function of the page. */
    const ask = <T>(page: Page, name: string, ...values: unknown[]) =>
      page.evaluate<T>(`kept.${name}(${values.map((value) => JSON.stringify(value)).join()})`);
    const answersOf = async (page: Page) => {
      const answers: unknown[] = [];
      for (const id of queries) answers.push(await ask(page, 'answers', id));
      return answers;
    };
    /** The best is chosen by itself with one worker, and named with more. */
    const kinds = (shards: number) => {
      const all = bench.expected.opfs ? ['opfs', 'indexeddb'] : ['indexeddb'];
      return shards === 1 ? ['auto', ...all.slice(1)] : all;
    };
    const nextOptions = (storage: string, shards: number) => ({
      ...{ name: `kept ${++names}`, dim: 16, metric: 'euclidean', index: 'hnsw', storage, shards },
      payloadIndex: { even: 'bool' },
    });

    afterEach(async () => {
      for (const tab of tabs) await closeTab(tab);
      // Whatever the page holds open ends with it.
      await bench.driver.open('about:blank');
    });

    test('a page that is left for another of the site leaves the collection to it', async () => {
      const { driver } = bench;
      const options = nextOptions('auto', 1);
      await load(driver);
      await ask(driver, 'open', options);
      await ask(driver, 'upsert', 1, 10);
      await load(driver);
      expect(await ask(driver, 'open', options)).toBe('writer');
      expect(await ask(driver, 'all')).toHaveLength(10);
    });

    test('a snapshot brings back what was deleted, and what is none leaves nothing', async () => {
      const { driver } = bench;
      for (const storage of kinds(2)) {
        const options = nextOptions(storage, 2);
        await load(driver);
        await ask(driver, 'open', options);
        await ask(driver, 'upsert', 1, 100);
        const all = await ask<unknown[]>(driver, 'all');
        expect(await ask<number>(driver, 'moveThroughSnapshot', options)).toBeGreaterThan(10_000);
        expect(await ask(driver, 'all')).toEqual(all);
        expect(await ask(driver, 'restoreNothing', options)).toEqual(['CORRUPT_DATA', false]);
      }
    });

    test('what is left of a damaged collection can be read and taken along, and the rest is told', async () => {
      const { driver } = bench;
      for (const storage of kinds(2)) {
        const options = nextOptions(storage, 1);
        await load(driver);
        await ask(driver, 'open', options);
        await ask(driver, 'upsert', 1, 100);
        await ask(driver, 'optimize');
        await ask(driver, 'upsert', 101, 110);
        // With no word to the collection, whose last points are in the log alone.
        await driver.reload();
        await waitFor(driver, 'globalThis.isReady');
        expect(await ask(driver, 'damage', storage, options, 50)).toBe(true);
        const ids = Array.from({ length: 10 }, (_, i) => 101 + i);
        expect(await ask(driver, 'openDamaged', options)).toMatchObject({
          ...{ refused: 'CORRUPT_DATA', change: 'READ_ONLY', ids, restoredIds: ids },
          damage: {
            files: [{ shard: 0, file: 'data' }],
            lostShards: [],
            lostPoints: 100,
            lostChanges: false,
          },
        });
      }
    }, 120_000);

    test('floats stay on disk, and are read there', async () => {
      const { driver } = bench;
      for (const storage of kinds(1)) {
        const options = nextOptions(storage, 1);
        const open = async (onDisk: boolean) => {
          await load(driver);
          await ask(driver, 'open', { ...options, onDisk });
        };
        await open(true);
        await ask(driver, 'upsert', 1, 2000);
        await ask(driver, 'delete', [5, 77, 299]);
        await ask(driver, 'optimize');
        const onDisk = await ask<number>(driver, 'vectorBytes');
        const all = await ask<unknown[]>(driver, 'all');
        const answers = await answersOf(driver);
        await open(true);
        expect(await ask(driver, 'all')).toEqual(all);
        expect(await answersOf(driver)).toEqual(answers);
        await ask(driver, 'upsert', 2001, 2010);
        expect(await ask(driver, 'all')).toHaveLength(2007);
        await open(false);
        expect((await ask<unknown[]>(driver, 'all')).slice(0, 1997)).toEqual(all);
        expect(await ask<number>(driver, 'vectorBytes')).toBeGreaterThan(onDisk + 0.9 * 4 * 16 * 2000);
      }
    }, 120_000);

    test('floats of a large collection come into memory once it is open', async () => {
      const { driver } = bench;
      const [dim, points] = [4096, 4200];
      for (const storage of kinds(1)) {
        const codes = { index: 'flat', quantization: { codec: 'scalar' } };
        const options = { ...nextOptions(storage, 1), ...codes, dim };
        await load(driver);
        await ask(driver, 'open', options);
        await ask(driver, 'upsert', 1, points);
        await ask(driver, 'optimize');
        const inMemory = await ask<number>(driver, 'vectorBytes');
        const answers = await answersOf(driver);
        await load(driver);
        await ask(driver, 'open', options);
        expect(await ask<number>(driver, 'vectorBytes')).toBeLessThan(inMemory - 0.9 * 4 * dim * points);
        expect(await answersOf(driver)).toEqual(answers);
        const loaded = async () => (await ask<number>(driver, 'vectorBytes')) > 0.99 * inMemory;
        await expect.poll(loaded, { timeout: 60_000, interval: 100 }).toBe(true);
        expect(await answersOf(driver)).toEqual(answers);
        await ask(driver, 'remove', options);
      }
    }, 120_000);

    for (const shards of [1, 2]) {
      test(`a reload keeps a collection of ${shards} workers, and its answers`, async () => {
        const { driver } = bench;
        for (const storage of kinds(shards)) {
          const options = nextOptions(storage, shards);
          await load(driver);
          await ask(driver, 'open', options);
          await ask(driver, 'upsert', 1, 300);
          await ask(driver, 'delete', [5, 77, 299]);
          await ask(driver, 'optimize');
          await ask(driver, 'upsert', 301, 310);
          const all = await ask<unknown[]>(driver, 'all');
          const answers = await answersOf(driver);
          expect(all).toHaveLength(307);
          // With no word to the collection.
          await driver.reload();
          await waitFor(driver, 'globalThis.isReady');
          await ask(driver, 'open', options);
          expect(await ask(driver, 'storage')).toMatchObject({
            type: storage === 'auto' ? (bench.expected.opfs ? 'opfs' : 'indexeddb') : storage,
            lost: false,
            tornBytes: 0,
          });
          expect(await ask(driver, 'all')).toEqual(all);
          expect(await answersOf(driver)).toEqual(answers);
        }
      }, 120_000);

      test(`two tabs share a collection of ${shards} workers, and the second goes on alone`, async () => {
        for (const storage of kinds(shards)) {
          const options = nextOptions(storage, shards);
          const [first, second] = [await openTab(), await openTab()];
          expect(await ask(first, 'open', options)).toBe('writer');
          expect(await ask(second, 'open', options)).toBe('follower');
          await ask(first, 'upsert', 1, 200);
          expect(await ask(second, 'all')).toHaveLength(200);
          await ask(second, 'delete', [3, 4]);
          await ask(second, 'upsert', 201, 210);
          const all = await ask<unknown[]>(first, 'all');
          expect(all).toHaveLength(208);
          expect(await ask(second, 'all')).toEqual(all);
          const answers = await answersOf(first);
          expect(await answersOf(second)).toEqual(answers);
          const ids = await ask(first, 'idsInSnapshot', options);
          expect(ids).toHaveLength(208);
          expect(await ask(second, 'idsInSnapshot', options)).toEqual(ids);
          await closeTab(first);
          expect(await ask(second, 'all')).toEqual(all);
          expect(await answersOf(second)).toEqual(answers);
          expect(await ask(second, 'role')).toBe('writer');
          await ask(second, 'upsert', 211, 220);
          expect(await ask(second, 'all')).toHaveLength(218);
          await closeTab(second);
        }
      }, 120_000);
    }
  });
}
