/**
The benchmark of the demo page, under a strict policy.

@module
*/
import { describe, expect, test } from 'vitest';
import { codeKinds } from '../../../web/benchmark/codes.js';
import { efSearches, graphKinds } from '../../../web/benchmark/graphs.js';
import { waitFor } from '../drivers/driver.js';
import { axeHasNoObjection } from './axe.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

/** Longest that a whole run takes, while the machine has other work. */
const RUN_MS = 90_000;

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

/** @param axe - Whether axe looks too, at what a whole run draws. */
export function demoBenchmarkSuite(bench: Bench, { axe }: { readonly axe: boolean }): void {
  describe('demo page: benchmark', () => {
    const reader = new DemoReader(bench);

    test('measures every kind of search and draws what it found', { timeout: 2 * RUN_MS }, async () => {
      const { driver } = bench;
      await reader.open('#benchmark/fashion', 'strict-policy');
      await driver.evaluate(watch);
      await driver.click('#run');
      await waitFor(driver, "document.querySelector('#run-state')?.textContent === 'Done.'", RUN_MS);
      await waitFor(driver, "document.querySelectorAll('.chart svg[role=img]').length === 4");

      const rows = async (chart: string): Promise<string[][]> => {
        if (chart.startsWith('chart')) await driver.click(`#${chart} summary`);
        const cells = (await reader.texts(`#${chart} tbody tr > *`)).map((cell) => cell.replace(/\s+/g, ' '));
        const columns = (await reader.texts(`#${chart} thead th`)).length;
        return cells.flatMap((_, i) => (i % columns === 0 ? [cells.slice(i, i + columns)] : []));
      };
      const time = expect.stringMatching(/^[\d.]+ ms$/);
      const exact = await rows('chart-exact');
      expect(exact).toEqual(
        ['cosine', 'euclidean', 'manhattan', 'dot'].map((metric) => [metric, time, time]),
      );

      const bySize = await rows('chart-bytes');
      const names = bySize.map(([name]) => name as string);
      expect(names).toEqual(['floats', ...codeKinds.map(({ name }) => name)]);
      const [floats, eightBits] = bySize.map(([, ...figures]) =>
        figures.map((figure) => Number(figure.replace(',', ''))),
      );
      expect(floats?.slice(1)).toEqual([1, 1]);
      // 784 values: floats, and bytes with a few more for each row.
      expect(floats?.[0]).toBeGreaterThanOrEqual(3136);
      expect(eightBits?.[0]).toBeGreaterThanOrEqual(784);
      expect(eightBits?.[0]).toBeLessThan(900);
      expect(eightBits?.[1]).toBeGreaterThan(0.98);
      for (const [name, , byCodes, rescored] of bySize) {
        expect(Number(byCodes), name).toBeGreaterThan(0.3);
        expect(Number(rescored), name).toBeGreaterThan(0.9);
        expect(Number(rescored), name).toBeGreaterThanOrEqual(Number(byCodes));
      }
      const byTime = await rows('chart-time');
      expect(byTime).toEqual(
        bySize.map(([name, , recall, rescored]) => [name, time, recall, time, rescored]),
      );
      const figures = await rows('code-figures');
      expect(figures.map(([name, , , recall]) => [name, recall])).toEqual(
        bySize.map(([name, , recall]) => [name, recall]),
      );

      const byGraph = await rows('chart-graph');
      const walks = graphKinds.flatMap(({ name }) => efSearches.map((ef) => `${name}, ${ef}`));
      expect(byGraph.map(([name]) => name)).toEqual(['exact', ...walks]);
      for (const [name, recall, oneMs, perSecond] of byGraph) {
        expect(Number(recall), name).toBeGreaterThan(0.8);
        expect(oneMs, name).toEqual(time);
        expect(Number(perSecond?.replaceAll(',', '')), name).toBeGreaterThan(10);
      }
      for (const { name } of graphKinds) {
        const recalls = byGraph.filter(([row]) => row?.startsWith(name)).map(([, recall]) => Number(recall));
        expect(recalls.at(-1), name).toBeGreaterThan(recalls[0] as number);
        expect(recalls.at(-1), name).toBeGreaterThan(0.98);
      }

      const dots = await driver.evaluate<string>(
        "document.querySelector('#chart-bytes svg').getAttribute('aria-label')",
      );
      for (const name of names) expect(dots).toContain(`${name}: `);
      // A dot and a ring for each, and its label.
      for (const chart of ['chart-bytes', 'chart-time']) {
        const count = (what: string) =>
          driver.evaluate(`document.querySelectorAll('#${chart} svg ${what}').length`);
        expect(await count('circle')).toBe(2 * names.length);
        const labels = await driver.evaluate<string[]>(
          `[...document.querySelectorAll('#${chart} svg text')].map((label) => label.textContent)`,
        );
        expect(labels).toEqual(expect.arrayContaining(names));
      }
      expect(await driver.evaluate('workersRunning')).toBe(0);
      expect(await driver.evaluate('breaches')).toEqual([]);
      await driver.evaluate('scrollTo(0, 0)');
      // Last, since Firefox's driver adds a style of its own for a picture, which breaches the policy.
      await reader.keepsPicture('benchmark');

      if (axe) {
        await axeHasNoObjection(bench);
        await driver.select('#theme', 'system');
      }

      const chartWidth = "document.querySelector('#chart-bytes svg').getBoundingClientRect().width";
      await driver.resize(390, 844);
      await waitFor(driver, `${chartWidth} < 390`);
      expect(await driver.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
        0,
      );
      await driver.evaluate("document.querySelector('#chart-bytes').scrollIntoView()");
      await reader.keepsPicture('benchmark-phone-charts');
      await driver.resize(1280, 900);
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
