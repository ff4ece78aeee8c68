/**
What axe objects to in the demo page: nothing.

@module
*/
import { describe, expect, test } from 'vitest';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';
import { RUN_MS } from './demo-benchmark.js';
import { DemoReader, demoViews } from './demo-reader.js';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

export function demoAccessibilitySuite(bench: Bench): void {
  describe('demo page: accessibility', () => {
    const reader = new DemoReader(bench);

    test('has nothing that axe objects to, light or dark', { timeout: 2 * RUN_MS }, async () => {
      const { driver } = bench;
      for (const [name, address] of Object.entries(demoViews)) {
        await reader.open(address);
        if (name === 'benchmark') await finishBenchmark();
        if (name === 'collection') await openCollection();
        for (const theme of ['light', 'dark']) {
          await driver.select('#theme', theme);
          await driver.evaluate(
            'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => true)',
          );
          expect(await violations(), `${name}, ${theme}`).toEqual([]);
        }
        await driver.select('#theme', 'system');
      }
    });

    async function finishBenchmark(): Promise<void> {
      await bench.driver.click('#run');
      await waitFor(bench.driver, "document.querySelector('#run-state')", RUN_MS);
      await waitFor(bench.driver, "document.querySelectorAll('.chart svg').length === 4");
    }

    /** Everything that is folded away, or not there before something is filtered and ranked. */
    async function openCollection(): Promise<void> {
      const { driver } = bench;
      await driver.click('#field-testament [data-value="New"]');
      await driver.fill('#chapter-from', '2');
      await driver.fill('#text-words', 'king');
      await driver.fill('#rank-words', 'star');
      await driver.evaluate(
        `document.querySelectorAll('main details').forEach((details) => { details.open = true; })`,
      );
      await waitFor(driver, "document.querySelector('#hits mark') && document.querySelector('#ranking')");
      await driver.evaluate(`document.querySelector('#ranking input[value="meaning"]').click()`);
      await waitFor(driver, "document.querySelectorAll('#explanation tbody tr').length === 3");
    }

    async function violations(): Promise<string[]> {
      const src = JSON.stringify(bench.site.url('axe/axe.min.js'));
      await bench.driver.evaluate(`new Promise((resolve, reject) => {
        const script = document.createElement('script');
        Object.assign(script, { src: ${src}, onload: () => resolve(true), onerror: reject });
        document.head.append(script);
      })`);
      const found = await bench.driver.evaluate<Violation[]>(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.parse(JSON.stringify(violations)))",
      );
      return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
    }
  });
}
