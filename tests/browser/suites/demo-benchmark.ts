/**
The benchmark of the demo page, under a strict policy.

@module
*/
import { describe, expect, test } from 'vitest';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

/** Notes what the page does that a reader does not see: workers that it starts and ends, breaches of the policy. */
const watch = `(() => {
  globalThis.breaches = [];
  document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => breaches.push(violatedDirective));
  globalThis.workersRunning = 0;
  globalThis.Worker = class extends Worker {
    constructor(...options) { super(...options); workersRunning++; }
    terminate() { super.terminate(); workersRunning--; }
  };
})()`;

export function demoBenchmarkSuite(bench: Bench): void {
  describe('demo page: benchmark', () => {
    const reader = new DemoReader(bench);

    test('measures every kind of search and draws what it found', async () => {
      const { driver } = bench;
      await reader.open('#benchmark/fashion', 'strict-policy');
      await driver.evaluate(watch);
      await driver.click('#run');
      await waitFor(driver, "document.querySelector('#run-state')?.textContent === 'Done.'");
      await waitFor(driver, "document.querySelectorAll('.chart svg[role=img]').length === 4");

      const rows = async (chart: string): Promise<string[][]> => {
        await driver.click(`#${chart} summary`);
        const cells = (await reader.texts(`#${chart} tbody tr > *`)).map((cell) => cell.replace(/\s+/g, ' '));
        const columns = (await reader.texts(`#${chart} thead th`)).length;
        return cells.flatMap((_, i) => (i % columns === 0 ? [cells.slice(i, i + columns)] : []));
      };
      const time = expect.stringMatching(/^[\d.]+ ms$/);
      const exact = await rows('chart-exact');
      expect(exact).toEqual(
        ['cosine', 'euclidean', 'manhattan', 'dot'].map((metric) => [metric, time, time]),
      );
      const codes = ['8 bits', '4 bits', '2 bits', '1 bit'];
      expect(await rows('chart-time')).toEqual(['floats', ...codes].map((code) => [code, time]));

      const memory = (await rows('chart-memory')).map(([, figure]) => Number.parseFloat(figure as string));
      expect(memory).toEqual([...memory].sort((a, b) => b - a));
      const recall = (await rows('chart-recall')).slice(1).map(([, ...figures]) => figures.map(Number));
      expect(recall[0]?.[0]).toBeGreaterThan(0.98);
      for (const [byCodes, rescored] of recall) {
        expect(byCodes).toBeGreaterThan(0.5);
        expect(rescored).toBeGreaterThan(0.98);
      }
      expect(await driver.evaluate('workersRunning')).toBe(0);
      expect(await driver.evaluate('breaches')).toEqual([]);
      await driver.evaluate('scrollTo(0, 0)');
      // Last, since Firefox's driver adds a style of its own for a picture, which breaches the policy.
      await reader.keepsPicture('benchmark');
    });

    test('gives its figures as tables where the drawing is lost', async () => {
      const { driver } = bench;
      await reader.open('#benchmark/fashion', 'no-charts');
      await driver.evaluate(`(() => {
        globalThis.unhandled = 0;
        addEventListener('unhandledrejection', () => unhandled++);
      })()`);
      await driver.click('#run');
      await waitFor(
        driver,
        "document.querySelector('#chart-exact details[open] td')?.innerText.endsWith('ms')",
      );
      expect(await reader.texts('#chart-exact .lost')).toEqual([
        'The drawing could not be loaded; here are its figures.',
      ]);
      expect(await driver.evaluate('unhandled')).toBe(0);
    });

    test('stops when told to, and leaves nothing running', async () => {
      const { driver } = bench;
      await reader.open('#benchmark');
      await driver.evaluate(watch);
      await driver.click('#run');
      await waitFor(driver, 'workersRunning === 1');
      await waitFor(driver, "document.querySelector('#chart-exact svg')");
      const facts = (await reader.texts('#runs-on dl > div')).map((fact) => fact.replace(/\s+/g, ' '));
      expect(facts.slice(3)).toEqual([
        expect.stringMatching(/^Module (relaxed|simd128)/),
        expect.stringMatching(/^Module memory [\d.]+ MB at most /),
      ]);
      await reader.keepsPicture('benchmark-running');
      await driver.click('#stop');
      await waitFor(driver, "document.querySelector('#run-state')?.textContent.startsWith('Stopped')");
      expect(await driver.evaluate('workersRunning')).toBe(0);
      expect(await reader.texts('#run')).toEqual(['Run it again']);

      await driver.click('#run');
      await waitFor(driver, 'workersRunning === 1');
      await driver.click('nav a:nth-of-type(2)');
      await waitFor(driver, "document.querySelector('#hits li')");
      expect(await driver.evaluate('workersRunning')).toBe(1);
    });
  });
}
