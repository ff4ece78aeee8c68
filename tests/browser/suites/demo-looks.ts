/**
How the demo page looks on small screens and in the dark.

@module
*/
import { describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { DemoReader, demoViews } from './demo-reader.js';

export function demoLooksSuite(bench: Bench): void {
  describe('demo page: looks', () => {
    const reader = new DemoReader(bench);

    test('fits a phone without scrolling sideways, and wears the colours that are chosen', async () => {
      const { driver } = bench;
      const ground = () =>
        driver.evaluate<number>(
          'Number(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0])',
        );
      for (const [name, address] of Object.entries(demoViews)) {
        await driver.resize(390, 844);
        await reader.open(address);
        for (const width of [390, 320]) {
          await driver.resize(width, 844);
          expect(
            await driver.evaluate('document.documentElement.scrollWidth - innerWidth'),
            name,
          ).toBeLessThanOrEqual(0);
          if (width === 390) await reader.keepsPicture(`${name}-phone`);
        }
        await driver.resize(1280, 900);
        await driver.select('#theme', 'dark');
        expect(await ground()).toBeLessThan(50);
        await reader.keepsPicture(`${name}-dark`);
        await driver.select('#theme', 'light');
        expect(await ground()).toBeGreaterThan(200);
        await driver.select('#theme', 'system');
      }
    });
  });
}
