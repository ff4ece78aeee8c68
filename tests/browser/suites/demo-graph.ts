/**
The index of the demo page: exact search or a graph, and the slider of its `efSearch`.

@module
*/
import { beforeAll, describe, expect, test } from 'vitest';
import { type ImageTruth, imageTruth } from '../demo-truth.js';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

export function demoGraphSuite(bench: Bench): void {
  describe('demo page: search by a graph', () => {
    const reader = new DemoReader(bench);
    let truth: ImageTruth;
    beforeAll(async () => {
      truth = await imageTruth();
    });

    const recall = async () => Number((await reader.texts('#sample-recall'))[0]);
    const shows = (efSearch: number) =>
      waitFor(bench.driver, `document.querySelector('.ef output')?.textContent === '${efSearch}'`);

    test('finds nearly the exact neighbors, and tells what it is', async () => {
      const { driver } = bench;
      await reader.open('#fashion/100');
      expect(await reader.texts('#ef')).toEqual([]);
      await reader.takes('index', 'graph');
      await waitFor(driver, "document.querySelector('#outcome')?.textContent.includes('to walk the graph')");
      const wanted = truth.nearest(100, () => true);
      const found = await driver.evaluate<number[]>(
        "[...document.querySelectorAll('#hits a')].map((link) => Number(link.hash.match(/\\d+/)[0]))",
      );
      const common = found.filter((id) => wanted.includes(id)).length;
      expect(found).toHaveLength(wanted.length);
      expect(common).toBeGreaterThan(0.9 * wanted.length);
      expect(await reader.texts('#outcome')).toEqual([
        expect.stringMatching(`walk the graph, which found ${common} of the ${wanted.length} nearest, `),
      ]);
      const facts = (await reader.texts('#runs-on dl > div')).map((fact) => fact.replace(/\s+/g, ' '));
      expect(facts).toContainEqual(
        expect.stringMatching(/^Index hnsw, euclidean \d levels, [\d.]+ edges a row$/),
      );
      expect(facts).toContainEqual(
        expect.stringMatching(/^Engine memory .*, codes [\d.]+ MB, graph [\d.]+ MB, /),
      );

      await reader.takes('index', 'exact');
      await reader.seesImages(wanted);
      expect(await driver.evaluate('location.hash')).toBe('#fashion/100');
    });

    test('shows recall and time as efSearch is moved by the keyboard', async () => {
      const { driver } = bench;
      await reader.move('#JHN.3.2?index=graph');
      await shows(64);
      await waitFor(driver, "document.querySelector('#sample-recall')");
      const usual = await recall();
      expect(usual).toBeGreaterThan(0.97);
      expect(await reader.texts('#sample-time')).toEqual([expect.stringMatching(/^[\d.]+ ms$/)]);
      await reader.keepsPicture('graph');

      await driver.evaluate("document.querySelector('#ef').focus()");
      for (const efSearch of [40, 28, 20, 14, 10]) {
        await driver.press('ArrowLeft');
        await shows(efSearch);
      }
      await waitFor(driver, `Number(document.querySelector('#sample-recall').textContent) < ${usual}`);
      expect(await driver.evaluate('location.hash')).toBe('#JHN.3.2?index=graph&ef=10');
      expect(await driver.evaluate("document.querySelector('#ef').getAttribute('aria-valuetext')")).toBe(
        '10 rows kept in view',
      );
      // No fewer than the results that are wanted.
      await driver.press('ArrowLeft');
      await shows(10);
      await reader.takes('k', '20');
      await shows(20);
      await waitFor(driver, "document.querySelector('.effect').textContent.includes('of the 20 nearest')");
      expect(await recall()).toBeGreaterThan(0.8);
    });

    test('compares all rows where few are to be searched among', async () => {
      await reader.open('#fashion/100?index=graph&among=8');
      await reader.seesImages(truth.nearest(100, (label) => label === 8));
      expect(await reader.texts('#outcome')).toEqual([expect.stringMatching(/\sms to compare all \d+, /)]);
    });
  });
}
