/**
The built demo page, used as a reader would.

@module
*/
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeEmbeddings, decodePassages, type Passage, reference } from '../../../web/passages.js';
import { texts, waitFor } from '../drivers/driver.js';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';

const artifacts = new URL('../../../artifacts/', import.meta.url);
const data = new URL('../../../web/data/', import.meta.url);

export function demoPageSuite(bench: Bench): void {
  describe('demo page', () => {
    let nearest: (from: string, includes: (passage: Passage, chosen: Passage) => boolean) => string[];
    beforeAll(async () => {
      nearest = await bruteForce();
    });

    async function open(way: WayName = 'plain', fragment = ''): Promise<void> {
      await bench.driver.open(bench.site.url(`page/index.html${fragment}`, way));
      await waitFor(
        bench.driver,
        '(!document.querySelector("#app").hidden && document.querySelector("#hits li")) || !document.querySelector("#failure").hidden',
      );
    }

    const title = (text: string) =>
      `document.querySelector('#passage-title').textContent === ${JSON.stringify(text)}`;
    const hits = (
      names: string[],
    ) => `[...document.querySelectorAll('#hits .reference')].map((e) => e.textContent)
      .join('; ') === ${JSON.stringify(names.join('; '))}`;

    test('opens with the neighbors of 1 Corinthians 13, and says what found them', async () => {
      const { driver, expected } = bench;
      await driver.resize(1280, 900);
      await open();
      expect(await texts(driver, '#passage-title')).toEqual(['1 Corinthians 13']);
      expect(await texts(driver, '#hits .reference')).toEqual(nearest('1 Corinthians 13', inOtherChapters));
      expect(await texts(driver, '#outcome')).toEqual([expect.stringMatching(/ ms to compare all 3,123;/)]);
      const facts = (await texts(driver, '#facts > div')).map((fact) => fact.replace(/\s+/g, ' '));
      expect(facts).toContain('Rows 3,124 × 1,024');
      expect(facts).toContain(`Module ${expected.relaxed ? 'relaxed' : 'simd128'}`);
      expect(facts).toContainEqual(expect.stringMatching(/^Memory 1[2-9]\.\d MB$/));
      await keepScreenshot('page');
    });

    test('finds a passage by its words, and follows a neighbor by a click', async () => {
      const { driver } = bench;
      await open();
      await driver.fill('#words', 'nicodemus john 3');
      await waitFor(driver, "document.querySelectorAll('#matches li').length === 1");
      await driver.click('#matches button');
      await waitFor(driver, title('John 3, part 1 of 3'));
      const first = nearest('John 3, part 1 of 3', inOtherChapters);
      await waitFor(driver, hits(first));

      await driver.click('#hits li:nth-child(2) button');
      await waitFor(driver, title(first[1] as string));
      await waitFor(driver, hits(nearest(first[1] as string, inOtherChapters)));

      await driver.evaluate('history.back()');
      await waitFor(driver, title('John 3, part 1 of 3'));
    });

    test('is used by the keyboard alone', async () => {
      const { driver } = bench;
      await open();
      await driver.fill('#words', 'genesis 1');
      await waitFor(
        driver,
        "document.querySelector('#matches .reference').textContent === 'Genesis 1, part 1 of 3'",
      );
      await driver.press('ArrowDown');
      await driver.press('ArrowDown');
      await driver.press('Enter');
      await waitFor(driver, title('Genesis 1, part 2 of 3'));
      expect(await texts(driver, '#matches [aria-current] .reference')).toEqual(['Genesis 1, part 2 of 3']);
    });

    test('searches only where it is told to', async () => {
      const { driver } = bench;
      await open('plain', '#ECC.3.1');
      await driver.select('#scope', 'new');
      const inNewTestament = nearest('Ecclesiastes 3, part 1 of 2', ({ testament }) => testament === 'New');
      await waitFor(driver, hits(inNewTestament));
      expect(await texts(driver, '#outcome')).toEqual([expect.stringContaining('to compare all 768;')]);
    });

    test('says so when no passage has the words', async () => {
      const { driver } = bench;
      await open();
      await driver.fill('#words', 'zeppelin');
      await waitFor(driver, "document.querySelectorAll('#matches li').length === 0");
      expect(await texts(driver, '#match-count')).toEqual(['No passage has these words']);
    });

    test('fits a phone without scrolling sideways', async () => {
      const { driver } = bench;
      await driver.resize(390, 844);
      await open();
      expect(await driver.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await keepScreenshot('page-phone');
      await driver.resize(1280, 900);
    });

    test('works under a strict policy', async () => {
      await open('strict-policy');
      expect(await texts(bench.driver, '#hits .reference')).toHaveLength(10);
    });

    test('tells what failed, and how to go on', async () => {
      await open('no-wasm');
      expect(await texts(bench.driver, '#failure-message')).toEqual([
        expect.stringMatching(/\.wasm.*404.*\(LOAD_FAILED\)$/),
      ]);
      expect(await texts(bench.driver, '#failure-retry')).toEqual(['Try again']);
      expect(await bench.driver.evaluate("document.querySelector('#app').hidden")).toBe(true);
    });

    async function keepScreenshot(name: string): Promise<void> {
      const picture = await bench.driver.screenshot();
      // The signature of a PNG, and more than an empty page compresses to.
      expect([...picture.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
      expect(picture.length).toBeGreaterThan(20_000);
      await mkdir(artifacts, { recursive: true });
      await writeFile(new URL(`${name}-${bench.driver.name}.png`, artifacts), picture);
    }
  });
}

function inOtherChapters(passage: Passage, chosen: Passage): boolean {
  return passage.book !== chosen.book || passage.chapter !== chosen.chapter;
}

/** Ten nearest passages by a plain loop over the same data. */
async function bruteForce() {
  const file = async (name: string): Promise<ArrayBuffer> => {
    const { buffer, byteOffset, byteLength } = await readFile(new URL(name, data));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  const passages = await decodePassages(await file('passages-texts.bin'));
  const { dim, vectors } = decodeEmbeddings(await file('passages-vectors.bin'));

  return (from: string, includes: (passage: Passage, chosen: Passage) => boolean): string[] => {
    const id = passages.findIndex((passage) => reference(passage) === from);
    const chosen = passages[id] as Passage;
    const query = vectors.subarray(id * dim, (id + 1) * dim);
    return passages
      .map((passage, row) => ({
        passage,
        score: query.reduce((sum, value, d) => sum + value * (vectors[row * dim + d] as number), 0),
      }))
      .filter(({ passage }) => includes(passage, chosen))
      .sort((a, b) => b.score - a.score)
      .slice(0, 10)
      .map(({ passage }) => reference(passage));
  };
}
