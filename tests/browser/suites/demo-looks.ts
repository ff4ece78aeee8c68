/**
How the views of the demo page look: on small screens, in the dark, and to axe.

@module
*/
import { describe, expect, test } from 'vitest';
import { waitFor } from '../drivers/driver.js';
import { axeHasNoObjection } from './axe.js';
import type { Bench } from './browser.js';
import { DemoReader, demoViews } from './demo-reader.js';

/** @param axe - Whether axe looks too. */
export function demoLooksSuite(bench: Bench, { axe }: { readonly axe: boolean }): void {
  describe('demo page: looks', () => {
    const reader = new DemoReader(bench);
    const title = `fits a phone, wears the colours that are chosen${axe ? ', and has nothing that axe objects to' : ''}`;

    // To open a view may take seconds: it is opened once, for all that is looked at.
    test.each(Object.entries(demoViews))(`%s ${title}`, async (name, address) => {
      const { driver } = bench;
      await driver.resize(390, 844);
      await reader.open(address);
      for (const width of [390, 320]) {
        await driver.resize(width, 844);
        expect(
          await driver.evaluate('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        if (width === 390) await reader.keepsPicture(`${name}-phone`);
      }
      await driver.resize(1280, 900);
      await driver.select('#theme', 'dark');
      expect(await ground()).toBeLessThan(50);
      await reader.keepsPicture(`${name}-dark`);
      await driver.select('#theme', 'light');
      expect(await ground()).toBeGreaterThan(200);
      if (axe) {
        if (name === 'collection') await unfoldCollection();
        await axeHasNoObjection(bench);
      }
      await driver.select('#theme', 'system');
    });

    test("tells what is chosen by the reader's own colours, where those replace the page's", async () => {
      const { driver } = bench;
      await reader.open('#saved/love');
      // Not every driver can ask for such colours: what the page says of them is put in force.
      await driver.evaluate(`(() => {
        for (const { cssRules } of document.styleSheets)
          for (const { media } of cssRules) if (media?.mediaText.includes('forced-colors')) media.mediaText = 'all';
      })()`);
      await waitFor(driver, isHighlighted('.choices [aria-current]'));
      await waitFor(driver, isHighlighted('nav [aria-current]'));
      await waitFor(driver, isHighlighted('#metric :checked + span'));
      const edges = await driver.evaluate<string[]>(
        "[...document.querySelectorAll('.tabs button')].map((tab) => getComputedStyle(tab).borderBottomColor)",
      );
      expect(new Set(edges).size).toBe(2);
      await driver.evaluate("location.hash = '#fashion/6'");
      await waitFor(driver, isHighlighted('#gallery-kind :checked + span'));
      await waitFor(
        driver,
        "getComputedStyle(document.querySelector('.images [aria-current]')).outlineStyle === 'solid'",
      );
      await driver.evaluate("location.hash = '#collection'");
      await waitFor(driver, "document.querySelector('#field-testament [data-value=New]')");
      await driver.click('#field-testament [data-value="New"]');
      await waitFor(driver, isHighlighted('.chips [aria-pressed=true]'));
    });

    function isHighlighted(selector: string): string {
      return `(() => {
        const probe = document.body.appendChild(document.createElement('p'));
        probe.style.background = 'Highlight';
        const { backgroundColor } = getComputedStyle(probe);
        probe.remove();
        const chosen = document.querySelector(${JSON.stringify(selector)});
        return chosen && getComputedStyle(chosen).backgroundColor === backgroundColor;
      })()`;
    }

    function ground(): Promise<number> {
      return bench.driver.evaluate(
        'Number(getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0])',
      );
    }

    /** Everything that is folded away, or not there before something is filtered and ranked. */
    async function unfoldCollection(): Promise<void> {
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
  });
}
