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

    for (const theme of ['light', 'dark']) {
      test(`has nothing that axe objects to, ${theme}`, { timeout: 2 * RUN_MS }, async () => {
        const { driver } = bench;
        for (const [name, address] of Object.entries(demoViews)) {
          await reader.open(address);
          await driver.select('#theme', theme);
          if (name === 'benchmark') await finishBenchmark();
          expect(await violations(), name).toEqual([]);
        }
        await driver.select('#theme', 'system');
      });
    }

    async function finishBenchmark(): Promise<void> {
      await bench.driver.click('#run');
      await waitFor(bench.driver, "document.querySelector('#run-state')", RUN_MS);
      await waitFor(bench.driver, "document.querySelectorAll('.chart svg').length === 4");
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
