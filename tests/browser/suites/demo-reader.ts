/**
The built demo page in the hands of a reader.

@module
*/
import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { texts, waitFor } from '../drivers/driver.js';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';

const artifacts = new URL('../../../artifacts/', import.meta.url);

/** Every view with something chosen in it. */
export const demoViews = {
  passages: '#JHN.3.2',
  saved: '#saved/love',
  fashion: '#fashion/6',
  graph: '#fashion/6?index=graph',
  collection: '#collection/passages/2359',
  'collection-images': '#collection/fashion?shards=2',
  benchmark: '#benchmark',
};

export class DemoReader {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Goes to the page afresh, at an address of its own, and waits until something is found or has failed. */
  async open(fragment = '', way: WayName = 'plain'): Promise<void> {
    await this.goTo(fragment, way);
    await waitFor(this.#bench.driver, "document.querySelector('#hits li, #points li, #failure, #run')");
  }

  /**
  As {@link open}, within the page where it is open already, which saves the seconds that loading it takes: by way of
  another view, so that nothing is left of what was chosen before. What was found before may still be seen at first,
  until the new answer replaces it: whoever clicks on it waits for the new one.
  */
  async move(fragment = ''): Promise<void> {
    const { driver, site } = this.#bench;
    const page = JSON.stringify(site.url('page/index.html'));
    const isOpen = await driver.evaluate<boolean>(
      `location.href.split('#')[0] === ${page} && Boolean(document.querySelector('#hits li'))`,
    );
    if (!isOpen) return this.open(fragment);
    await driver.evaluate("void (location.hash = '#benchmark')");
    await waitFor(driver, "document.querySelector('#run')");
    await driver.evaluate(`void (location.hash = ${JSON.stringify(fragment)})`);
    await waitFor(driver, "document.querySelector('#hits li, #failure')");
  }

  /** Goes to the page and does not wait. */
  async goTo(fragment = '', way: WayName = 'plain'): Promise<void> {
    await this.#bench.driver.open(this.#bench.site.url(`page/index.html${fragment}`, way));
  }

  texts(selector: string): Promise<string[]> {
    return texts(this.#bench.driver, selector);
  }

  /** Waits until an element has a text. */
  async sees(selector: string, text: string): Promise<void> {
    await waitFor(
      this.#bench.driver,
      `document.querySelector(${JSON.stringify(selector)})?.textContent.trim() === ${JSON.stringify(text)}`,
    );
  }

  /** Waits until the nearest passages are these, in this order. */
  async seesPassages(references: readonly string[]): Promise<void> {
    await waitFor(
      this.#bench.driver,
      `[...document.querySelectorAll('#hits .reference')].map((link) => link.textContent).join('; ')
        === ${JSON.stringify(references.join('; '))}`,
    );
  }

  /** Waits until the nearest images are these, in this order. */
  async seesImages(ids: readonly number[]): Promise<void> {
    await waitFor(
      this.#bench.driver,
      `[...document.querySelectorAll('#hits a')].map((link) => link.hash.match(/\\d+/)[0]).join() === '${ids.join()}'`,
    );
  }

  /** Takes one of the choices that stand side by side. */
  async takes(group: string, value: string): Promise<void> {
    await this.#bench.driver.click(`#${group} label:has(input[value="${value}"])`);
  }

  /** Keeps a picture of what is seen, for people to look at. */
  async keepsPicture(name: string): Promise<void> {
    const picture = await this.#bench.driver.screenshot();
    // The signature of a PNG, and more than an empty page compresses to.
    expect([...picture.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(picture.length).toBeGreaterThan(8_000);
    await mkdir(artifacts, { recursive: true });
    await writeFile(new URL(`page-${name}-${this.#bench.driver.name}.png`, artifacts), picture);
  }
}
