/**
The built demo page, used as a reader would: its passages, and what all views share.

@module
*/
import { beforeAll, describe, expect, test } from 'vitest';
import type { Passage } from '../../../web/passages.js';
import { type PassageTruth, passageTruth } from '../demo-truth.js';
import { waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

export function demoPageSuite(bench: Bench): void {
  describe('demo page', () => {
    const reader = new DemoReader(bench);
    let truth: PassageTruth;
    beforeAll(async () => {
      truth = await passageTruth();
      await bench.driver.resize(1280, 900);
    });

    test('opens with the neighbors of 1 Corinthians 13, and says what found them', async () => {
      await reader.open();
      expect(await reader.texts('#passage-title')).toEqual(['1 Corinthians 13']);
      await reader.seesPassages(truth.nearest(['1CO.13.1'], inOtherChapters));
      expect(await reader.texts('#outcome')).toEqual([expect.stringMatching(/\sms to compare all 3,123, /)]);

      const facts = (await reader.texts('#runs-on dl > div')).map((fact) => fact.replace(/\s+/g, ' '));
      const name = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKitGTK' }[bench.driver.name];
      const module = bench.expected.relaxed ? 'relaxed' : 'simd128';
      expect(facts).toEqual([
        expect.stringMatching(new RegExp(`^Browser .*${name} \\d+.* its engine: \\w+$`)),
        expect.stringMatching(/^Processor \d+ cores/),
        expect.stringMatching(/^Workers 1 the last started in [\d.,]+ ms$/),
        expect.stringMatching(new RegExp(`^Module ${module} `)),
        expect.stringMatching(/^Rows 3,124 × 1,024 added in [\d.,]+ ms$/),
        expect.stringMatching(/^Index flat, cosine /),
        expect.stringMatching(/^Engine memory 1[2-9]\.\d MB vectors 1[2-9]\.\d MB, norms [\d.]+ KB, ids /),
        expect.stringMatching(/^Module memory 1[2-9]\.\d MB at most [\d.]+ MB so far$/),
        expect.stringMatching(/^Downloaded 4\.4 MB/),
      ]);
      await reader.keepsPicture('passages');
    });

    test('shows how far the data has come', async () => {
      await reader.goTo('', 'slow-data');
      await waitFor(bench.driver, "document.querySelector('.loading progress')?.value >= 0.4");
      expect(await reader.texts('.loading .progress')).toEqual([
        expect.stringMatching(/^Loading the passages…\s+\d\.\d of 4\.4 MB$/),
      ]);
      await reader.keepsPicture('loading');
      await waitFor(bench.driver, "document.querySelector('#hits li')");
    });

    test('finds a passage by its words, and follows a neighbor by a click', async () => {
      const { driver } = bench;
      await reader.move();
      await driver.fill('#words', 'nicodemus john 3');
      await waitFor(driver, "document.querySelectorAll('#matches li').length === 1");
      await driver.click('#matches button');
      await reader.sees('#passage-title', 'John 3, part 1 of 3');
      await reader.seesPassages(truth.nearest(['JHN.3.1'], inOtherChapters));

      await driver.click('#hits li:nth-child(2) a');
      const second = truth.nearest(['JHN.3.1'], inOtherChapters)[1] as string;
      await reader.sees('#passage-title', second);
      await driver.evaluate('history.back()');
      await reader.sees('#passage-title', 'John 3, part 1 of 3');
    });

    test('searches for words as they are typed', async () => {
      const { driver } = bench;
      await reader.move('#ECC.3.1');
      await driver.fill('#words', 'shepherd sheep');
      await reader.sees('#passage-title', '“shepherd sheep”');
      const pooled = truth.pooledFor('shepherd sheep');
      await reader.seesPassages(truth.nearest(pooled, inOtherChapters));
      expect(await driver.evaluate('location.hash')).toBe('#words/shepherd%20sheep');

      await driver.evaluate('history.back()');
      await reader.sees('#passage-title', 'Ecclesiastes 3, part 1 of 2');
      await reader.open('#words/shepherd%20sheep');
      await reader.seesPassages(truth.nearest(pooled, inOtherChapters));
      expect(await driver.evaluate("document.querySelector('#words').value")).toBe('shepherd sheep');
      await reader.keepsPicture('words');
    });

    test('reads out what typing has come to, once it rests, and no times', async () => {
      const { driver } = bench;
      await reader.move('#ECC.3.1');
      const rested = "document.querySelector('#match-count + [role=status]').textContent";
      await waitFor(driver, `${rested}.startsWith('Well-known')`);
      await driver.evaluate(`(async () => {
        globalThis.heard = [];
        new MutationObserver(() => heard.push(${rested}))
          .observe(document.querySelector('#match-count + [role=status]'), { subtree: true, childList: true, characterData: true });
        const words = document.querySelector('#words');
        for (const typed of ['shep', 'shepherd', 'shepherd sheep']) {
          words.value = typed;
          words.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((resolve) => setTimeout(resolve));
        }
      })()`);
      const pooled = truth.pooledFor('shepherd sheep');
      await reader.seesPassages(truth.nearest(pooled, inOtherChapters));
      await waitFor(driver, 'heard.length > 0');
      expect(await driver.evaluate('heard')).toEqual(await reader.texts('#match-count'));
      const best = truth.nearest(pooled, inOtherChapters)[0] as string;
      await waitFor(
        driver,
        `document.querySelector('#outcome + [role=status]').textContent.endsWith(${JSON.stringify(`: ${best}`)})`,
      );
      for (const said of await reader.texts('[role=status]')) expect(said).not.toMatch(/\d\sms/);
    });

    test('keeps what was chosen where words are found nowhere, or taken back', async () => {
      const { driver } = bench;
      await reader.move('#ECC.3.1');
      await driver.fill('#words', 'qxz');
      await reader.sees('#match-count', 'No passage has these words');
      expect(await reader.texts('#passage-title')).toEqual(['Ecclesiastes 3, part 1 of 2']);
      expect(await driver.evaluate('location.hash')).toBe('#ECC.3.1');

      await driver.fill('#words', 'vineyard');
      await reader.sees('#passage-title', '“vineyard”');
      await driver.fill('#words', ' ');
      await reader.sees('#passage-title', 'Ecclesiastes 3, part 1 of 2');
      expect(await driver.evaluate('location.hash')).toBe('#ECC.3.1');
    });

    test('has the words of the address in the box, wherever they come from', async () => {
      const { driver } = bench;
      const box = "document.querySelector('#words').value";
      await reader.move('#GEN.1.1');
      await driver.fill('#words', 'sheep lost');
      await reader.sees('#passage-title', '“sheep lost”');
      await driver.evaluate("location.hash = '#words/vineyard'");
      await waitFor(driver, `${box} === 'vineyard'`);
      await driver.evaluate("location.hash = '#GEN.1.1'");
      await waitFor(driver, `${box} === ''`);
      await driver.evaluate('history.back()');
      await waitFor(driver, `${box} === 'vineyard'`);
    });

    test('is used by the keyboard alone', async () => {
      const { driver } = bench;
      await reader.move();
      await driver.fill('#words', 'genesis 1');
      await reader.sees('#matches .reference', 'Genesis 1, part 1 of 3');
      await driver.press('ArrowDown');
      await driver.press('ArrowDown');
      await driver.press('Enter');
      await reader.sees('#passage-title', 'Genesis 1, part 2 of 3');
      await reader.seesPassages(truth.nearest(['GEN.1.2'], inOtherChapters));
      expect(await reader.texts('#matches [aria-current] .reference')).toEqual(['Genesis 1, part 2 of 3']);

      // What was followed leaves the list, and the focus goes where it led.
      await driver.evaluate("document.querySelector('#hits a').focus()");
      await driver.press('Enter');
      await waitFor(driver, "document.activeElement.id === 'passage-title'");

      await driver.evaluate("document.querySelector('#tab-find').focus()");
      await driver.press('ArrowRight');
      await waitFor(driver, "document.activeElement.id === 'tab-saved'");
      expect(await reader.texts('[role=tab][aria-selected=true]')).toEqual(['Saved queries']);
    });

    test('searches only where it is told to', async () => {
      await reader.move('#ECC.3.1');
      await bench.driver.select('#among', 'new');
      await reader.seesPassages(truth.nearest(['ECC.3.1'], ({ testament }) => testament === 'New'));
      expect(await reader.texts('#outcome')).toEqual([expect.stringContaining('to compare all 768,')]);
      await bench.driver.select('#among', 'book');
      await reader.seesPassages(
        truth.nearest(['ECC.3.1'], (passage, chosen) => passage.code === 'ECC' && !chosen.includes(passage)),
      );
    });

    test('searches by every metric, for as many as are wanted, and the address says so', async () => {
      await reader.move('#ECC.3.1');
      for (const metric of ['manhattan', 'euclidean', 'dot'] as const) {
        await reader.takes('metric', metric);
        await waitFor(
          bench.driver,
          `document.querySelector('#runs-on').innerText.includes('flat, ${metric}')`,
        );
        await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters, { metric }));
      }
      await reader.takes('k', '20');
      await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters, { k: 20 }));
      expect(await bench.driver.evaluate('location.hash')).toBe('#ECC.3.1?metric=dot&k=20');

      await reader.open('#ECC.3.1?metric=manhattan&k=5');
      await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters, { metric: 'manhattan', k: 5 }));
      expect(await reader.texts('#metric :checked + span')).toEqual(['manhattan']);
    });

    test('runs the module that is chosen, in one worker', async () => {
      await reader.move();
      await bench.driver.select('#variant', 'simd128');
      const facts = "document.querySelector('#runs-on').innerText.replace(/\\s+/g, ' ')";
      await waitFor(bench.driver, `/Workers 1 .*Module simd128/.test(${facts})`);
      await reader.open('#1CO.13.1?variant=relaxed');
      const module = bench.expected.relaxed ? 'relaxed' : 'simd128';
      await waitFor(bench.driver, `/Workers 1 .*Module ${module}/.test(${facts})`);
    });

    test('comes to rest where the reader ends, whatever was chosen in haste', async () => {
      const { driver } = bench;
      await reader.move();
      const places = [
        '#fashion/5?metric=cosine',
        '#GEN.1.1?metric=dot&variant=simd128',
        '#fashion/9',
        '#saved/love?metric=manhattan',
        '#benchmark',
        '#fashion/7?metric=dot&variant=simd128',
        '#ECC.3.1?metric=manhattan',
      ];
      await driver.evaluate(`(async () => {
        for (const place of ${JSON.stringify(places)}) {
          location.hash = place;
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
      })()`);
      await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters, { metric: 'manhattan' }));
      await driver.evaluate("location.hash = '#fashion/5'");
      await waitFor(driver, "document.querySelectorAll('#hits canvas').length === 20");
      await waitFor(driver, "/Workers\\s1\\s/.test(document.querySelector('#runs-on').innerText)");
      expect(await reader.texts('#failure')).toEqual([]);
    });

    test('searches by a saved query', async () => {
      await reader.move();
      await bench.driver.click('#tab-saved');
      await bench.driver.click('#ready-queries li:nth-child(2) button');
      await reader.sees('#passage-title', 'Wisdom, a woman who calls');
      await reader.seesPassages(truth.nearest(['PRO.8.1', 'PRO.8.2', 'PRO.9.1'], inOtherChapters));
      expect(await bench.driver.evaluate('location.hash')).toBe('#saved/wisdom');
      expect(await reader.texts('.members a')).toEqual([
        'Proverbs 8, part 1 of 2',
        'Proverbs 8, part 2 of 2',
        'Proverbs 9',
      ]);
      await reader.keepsPicture('saved-query');

      // Its passages leave the page, and the focus goes where one of them led.
      await bench.driver.evaluate("document.querySelector('.members a').focus()");
      await bench.driver.press('Enter');
      await reader.sees('#passage-title', 'Proverbs 8, part 1 of 2');
      await waitFor(bench.driver, "document.activeElement.id === 'passage-title'");
    });

    test('keeps a query of the passages that the reader starred, until it is deleted', async () => {
      const { driver } = bench;
      await reader.move('#JON.2.1');
      await reader.seesPassages(truth.nearest(['JON.2.1'], inOtherChapters));
      await driver.click('#passage .star');
      await driver.click('#hits li:nth-child(1) .star');
      await driver.click('#hits li:nth-child(2) .star');
      await driver.click('#tab-saved');
      await driver.evaluate("document.querySelector('.chips li:nth-child(3) button').focus()");
      await driver.press('Enter');
      await waitFor(driver, "document.activeElement.closest('.chips')");
      expect(await reader.texts('.starred label')).toEqual(['Save 2 starred passages as a query']);
      await driver.fill('#query-title', 'Out of the deep');
      await driver.press('Enter');
      await reader.sees('#passage-title', 'Out of the deep');
      await waitFor(driver, "document.activeElement.closest('.queries')");
      const address = await driver.evaluate<string>('location.hash');
      expect(address).toMatch(/^#saved\/JON\.2\.1\+\w{3}\.\d+\.\d+$/);
      await reader.seesPassages(truth.nearest(address.slice('#saved/'.length).split('+'), inOtherChapters));

      await reader.open(address);
      expect(await reader.texts('#passage-title')).toEqual(['Out of the deep']);
      expect(await reader.texts('#own-queries .reference')).toEqual(['Out of the deep']);
      await driver.click('#own-queries .delete');
      await waitFor(driver, "!document.querySelector('#own-queries')");
      await reader.sees('#passage-title', 'A query without a name');
    });

    test('has the stars of another tab too', async () => {
      const { driver } = bench;
      await reader.move('#JON.2.1');
      // Another tab's writing: first unheard, then heard.
      await driver.evaluate(`localStorage.setItem('vicinal-demo.stars', '["GEN.1.1"]')`);
      await driver.click('#passage .star');
      expect(await driver.evaluate("localStorage.getItem('vicinal-demo.stars')")).toBe(
        '["GEN.1.1","JON.2.1"]',
      );
      await driver.evaluate(`(() => {
        localStorage.setItem('vicinal-demo.stars', '[]');
        dispatchEvent(new StorageEvent('storage', { key: 'vicinal-demo.stars' }));
      })()`);
      await waitFor(driver, "document.querySelector('#passage .star[aria-pressed=false]')");
    });

    test('says so when no passage has the words', async () => {
      await reader.move();
      await bench.driver.fill('#words', 'zeppelin');
      await waitFor(bench.driver, "document.querySelectorAll('#matches li').length === 0");
      expect(await reader.texts('#match-count')).toEqual(['No passage has these words']);
    });

    test('tells what failed, and how to go on', async () => {
      await reader.open('', 'no-wasm');
      await waitFor(bench.driver, "document.querySelector('#failure')");
      expect(await reader.texts('#failure-message')).toEqual([
        expect.stringMatching(/\.wasm.*404.*\(LOAD_FAILED\)$/),
      ]);
      expect(await reader.texts('#failure-retry')).toEqual(['Try again']);
      expect(await reader.texts('#hits li')).toEqual([]);
      expect(await reader.texts('#passage-title')).toEqual(['1 Corinthians 13']);
    });

    test('goes on with the worker that runs where another module does not start', async () => {
      const { driver } = bench;
      await reader.open('#ECC.3.1');
      await driver.evaluate(`(() => {
        globalThis.GoodWorker = Worker;
        globalThis.Worker = class extends Worker {
          constructor(url, options) { super(new URL('nowhere.js', location), options); }
        };
      })()`);
      await driver.select('#variant', 'simd128');
      await waitFor(driver, "document.querySelector('#failure')");
      const facts = "document.querySelector('#runs-on').innerText.replace(/\\s+/g, ' ')";
      expect(await driver.evaluate(facts)).toContain('Workers 1 ');
      await driver.select('#variant', 'automatic');
      await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters));

      await driver.select('#variant', 'simd128');
      await waitFor(driver, "document.querySelector('#failure')");
      await driver.evaluate('void (globalThis.Worker = GoodWorker)');
      await driver.click('#failure-retry');
      await reader.seesPassages(truth.nearest(['ECC.3.1'], inOtherChapters));
      await waitFor(driver, `/Workers 1 .*Module simd128/.test(${facts})`);
    });

    test('opens a collection that could not be loaded when it is tried again', async () => {
      const { driver } = bench;
      await reader.move('#ECC.3.1');
      await driver.evaluate(`(() => {
        globalThis.goodFetch = fetch;
        globalThis.fetch = () => Promise.reject(new TypeError('No connection'));
        location.hash = '#fashion/5';
      })()`);
      await waitFor(driver, "document.querySelector('#failure')");
      expect(await reader.texts('#failure-message')).toEqual([
        expect.stringMatching(/^fashion\S*\.bin could not be loaded: No connection$/),
      ]);
      await driver.evaluate('void (globalThis.fetch = goodFetch)');
      await driver.evaluate("document.querySelector('#failure-retry').focus()");
      await driver.press('Enter');
      await waitFor(driver, "document.querySelectorAll('#hits canvas').length === 20");
      expect(await driver.evaluate('document.activeElement.id')).toBe('main');
    });
  });
}

function inOtherChapters(passage: Passage, chosen: readonly Passage[]): boolean {
  return !chosen.some(({ book, chapter }) => passage.book === book && passage.chapter === chapter);
}
