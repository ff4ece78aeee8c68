/**
The images of the demo page.

@module
*/
import { beforeAll, describe, expect, test } from 'vitest';
import { kinds } from '../../../web/fashion.js';
import { type ImageTruth, imageTruth } from '../demo-truth.js';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

const all = (): boolean => true;

export function demoFashionSuite(bench: Bench): void {
  describe('demo page: fashion images', () => {
    const reader = new DemoReader(bench);
    let truth: ImageTruth;
    beforeAll(async () => {
      truth = await imageTruth();
    });

    test('are loaded when they are first opened, and show the neighbors of one as pictures', async () => {
      const { driver } = bench;
      const requests = `performance.getEntriesByType('resource').filter(({ name }) => /fashion.*bin/.test(name)).length`;
      await reader.open();
      expect(await driver.evaluate(requests)).toBe(0);
      await driver.click('nav a:nth-of-type(2)');
      await waitFor(driver, "document.querySelector('#chosen-title')");
      await reader.seesImages(truth.nearest(6, all));
      expect(await driver.evaluate(requests)).toBe(1);
      expect(await reader.texts('#chosen-title')).toEqual([kinds[truth.images.labels[6] as number]]);
      expect(await driver.evaluate(inkOfFirstHit)).toBe(inkOf(truth.nearest(6, all)[0] as number));
      await reader.keepsPicture('fashion');
    });

    test('lead on by a click', async () => {
      await reader.move('#fashion/100');
      await reader.seesImages(truth.nearest(100, all));
      await bench.driver.click('#hits li:nth-child(3) a');
      const next = truth.nearest(100, all)[2] as number;
      await reader.seesImages(truth.nearest(next, all));
      expect(await bench.driver.evaluate('location.hash')).toBe(`#fashion/${next}`);

      await bench.driver.click('#gallery-images li:nth-child(5) a');
      await reader.seesImages(truth.nearest(4, all));
    });

    test('are filtered by kind, and compared by the metric that is chosen', async () => {
      await reader.move('#fashion/100');
      await bench.driver.select('#among', '8');
      await reader.seesImages(truth.nearest(100, (label) => label === 8));
      await bench.driver.select('#among', 'other');
      await reader.seesImages(truth.nearest(100, (label) => label !== truth.images.labels[100]));
      await reader.takes('k', '5');
      await reader.takes('metric', 'cosine');
      const wanted = { metric: 'cosine', k: 5 } as const;
      await reader.seesImages(truth.nearest(100, (label) => label !== truth.images.labels[100], wanted));
      expect(await bench.driver.evaluate('location.hash')).toBe('#fashion/100?among=other&k=5&metric=cosine');

      await reader.takes('gallery-kind', '3');
      await waitFor(
        bench.driver,
        `[...document.querySelectorAll('#gallery-images a')].every((link) => link.textContent.startsWith('Dress'))`,
      );
    });

    test('are walked through by the arrow keys', async () => {
      const { driver } = bench;
      await reader.move('#fashion/100');
      const focused = () => driver.evaluate<string>("document.activeElement.getAttribute('href')");
      await driver.evaluate("document.querySelector('#gallery-images a').focus()");
      await driver.press('ArrowRight');
      expect(await focused()).toBe('#fashion/1');
      await driver.press('ArrowDown');
      const below = Number((await focused()).split('/')[1]);
      expect(below).toBeGreaterThan(3);
      expect(
        await driver.evaluate('document.querySelectorAll(\'#gallery-images a[tabindex="0"]\').length'),
      ).toBe(1);
      await driver.press('Enter');
      await reader.seesImages(truth.nearest(below, all));
    });

    /** Sum of how opaque the pixels of the first neighbor's picture are. */
    const inkOfFirstHit = `(() => {
      const canvas = document.querySelector('#hits canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((sum, value, i) => sum + (i % 4 === 3 ? value : 0), 0);
    })()`;
    const inkOf = (id: number): number => {
      const { dim, pixels } = truth.images;
      return pixels.subarray(id * dim, (id + 1) * dim).reduce((sum, value) => sum + value, 0);
    };
  });
}
