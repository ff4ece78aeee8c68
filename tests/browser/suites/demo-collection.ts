/**
The collection of the demo page: filtered, searched, explained, measured and changed by clicks.

@module
*/
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inkOf } from '../../../web/collection/ink.js';
import { kinds } from '../../../web/fashion.js';
import { address as addressOf } from '../../../web/passages/passage-filter.js';
import type { Passage } from '../../../web/passages.js';
import { type ImageTruth, imageTruth, type PassageTruth, passageTruth } from '../demo-truth.js';
import { type DriverTab, waitFor } from '../drivers/driver.js';
import { startSite } from '../site.js';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

const BAG = kinds.indexOf('Bag');
/** Hits of a search. */
const K = 12;

export function demoCollectionSuite(shared: Bench): void {
  describe('demo page: collection', () => {
    const bench = Object.create(shared) as { -readonly [Field in keyof Bench]: Bench[Field] };
    const reader = new DemoReader(bench);
    let passages: readonly Passage[];
    let words: PassageTruth;
    let images: ImageTruth;
    beforeAll(async () => {
      words = await passageTruth();
      passages = words.passages;
      images = await imageTruth();
      await bench.driver.resize(1280, 900);
    });

    describeOnSite(bench, 'of passages', () => {
      test('shows its points, and how many each value of a field would leave', async () => {
        await startsAt('#collection/passages');
        await reader.sees('#count', '3,124 points');
        await seesChips('testament', countsOf(passages, 'testament'));
        await seesChips('book', countsOf(passages, 'book').slice(0, 10));
        expect((await reader.texts('#points .reference'))[0]).toBe('Genesis 1, part 1');
        await reader.keepsPicture('collection');
      });

      test('counts what a filter built by clicks leaves', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages');
        await clicks('#field-testament [data-value="New"]');
        const inNew = passages.filter(({ testament }) => testament === 'New');
        await seesMatching(inNew);
        // Of the field itself all values stay to choose from.
        await seesChips('testament', countsOf(passages, 'testament'));
        await seesChips('book', countsOf(inNew, 'book').slice(0, 10));

        await clicks('#field-book [data-value="Luke"]');
        await clicks('#field-book [data-value="John"]');
        await seesMatching(inNew.filter(({ book }) => book === 'Luke' || book === 'John'));
        await clicks('#join-book label:has(input[value="must_not"])');
        const others = inNew.filter(({ book }) => book !== 'Luke' && book !== 'John');
        await seesMatching(others);

        await driver.fill('#chapter-from', '3');
        await driver.fill('#chapter-to', '9');
        const within = ({ chapter }: Passage) => chapter >= 3 && chapter <= 9;
        await seesMatching(others.filter(within));
        const alone = passages.filter(within).length;
        await reader.sees('#field-chapter .alone', `${alone.toLocaleString('en')} points by itself`);

        await driver.fill('#text-words', 'Peace God');
        await seesMatching(others.filter(within).filter((passage) => hasWords(passage, 'peace', 'god')));
        expect(JSON.parse(await text('#filter-json'))).toEqual({
          must: [
            { key: 'testament', match: { value: 'New' } },
            { key: 'chapter', range: { gte: 3, lte: 9 } },
            { key: 'text', match: { text: 'Peace God' } },
          ],
          must_not: [{ key: 'book', match: { any: ['Luke', 'John'] } }],
        });
        await reader.keepsPicture('collection-filter');

        await clicks('#clear-filter');
        await reader.sees('#count', '3,124 points');
        expect(await text('#filter-json')).toBe('{}');
      });

      test('is filtered by the keyboard alone', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages');
        await driver.evaluate(`document.querySelector('#field-testament [data-value="Old"]').focus()`);
        await driver.press('Enter');
        await seesMatching(passages.filter(({ testament }) => testament === 'Old'));
        await driver.press('Enter');
        await reader.sees('#count', '3,124 points');
        // A button that leaves does not take the focus with it.
        await driver.press('Enter');
        await presses('#clear-filter');
        await waitFor(driver, "document.activeElement.closest('#filter button')");
        await reader.sees('#count', '3,124 points');
        // A point that is followed leaves the list, and the focus goes where it led.
        await driver.evaluate("document.querySelector('#points a').focus()");
        await driver.press('Enter');
        await waitFor(driver, "document.activeElement.id === 'point-title'");
      });

      test('shows no count that is of another filter', async () => {
        await startsAt('#collection/passages');
        await bench.driver.evaluate(`(() => {
          const count = document.querySelector('#count');
          globalThis.counts = [];
          new MutationObserver(() => counts.push(count.textContent))
            .observe(count, { subtree: true, childList: true, characterData: true });
        })()`);
        await clicks('#field-testament [data-value="New"]');
        await reader.sees('#count', '768 of 3,124 match');
        await clicks('#clear-filter');
        await reader.sees('#count', '3,124 points');
        const counts = await bench.driver.evaluate<string[]>('counts');
        expect(new Set(counts)).toEqual(new Set(['', '768 of 3,124 match', '3,124 points']));
      });

      test('is filtered as it was left when the reader comes back', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages');
        await clicks('#field-testament [data-value="New"]');
        await reader.sees('#count', '768 of 3,124 match');
        await clicks('#page-next');
        await reader.sees('#page', '11 to 20, in the order of their ids');
        await driver.evaluate("location.hash = '#benchmark'");
        await waitFor(driver, "document.querySelector('#run')");
        await driver.evaluate('history.back()');
        await reader.sees('#count', '768 of 3,124 match');
        await reader.sees('#page', '11 to 20, in the order of their ids');
      });

      test('says so where no point matches', async () => {
        await startsAt('#collection/passages');
        await bench.driver.fill('#text-words', 'zeppelin');
        await reader.sees('#count', '0 of 3,124 match');
        await reader.sees('#page', 'No point matches.');
      });

      test('is paged through in the order of ids', async () => {
        await startsAt('#collection/passages');
        await clicks('#field-testament [data-value="New"]');
        const ids = idsOf(({ testament }) => testament === 'New');
        await seesPoints(ids.slice(0, 10));
        await clicks('#page-next');
        await seesPoints(ids.slice(10, 20));
        await reader.sees('#page', '11 to 20, in the order of their ids');
        await presses('#page-before');
        await seesPoints(ids.slice(0, 10));
        // It has no more to do, and keeps the focus.
        await waitFor(bench.driver, "document.activeElement.matches('#page-before[aria-disabled=true]')");
      });

      test('ranks by words, by meaning and by both', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages');
        await driver.fill('#rank-words', 'Nicodemus');
        const having = passages.filter((passage) => hasWords(passage, 'nicodemus')).map(titleOf);
        await waitFor(driver, `document.querySelectorAll('#hits li').length === ${having.length}`);
        expect((await reader.texts('#hits .reference')).sort()).toEqual(having.sort());
        expect(new Set(await reader.texts('#hits mark'))).toEqual(new Set(['Nicodemus']));
        await reader.keepsPicture('collection-words');

        const chosen = (await reader.texts('#hits .reference'))[0] as string;
        await clicks('#hits a');
        await reader.sees('#point-title', chosen);
        await waitFor(driver, `document.querySelectorAll('#hits li').length === ${K}`);
        expect(await reader.texts('#ranking :checked + span')).toEqual(['both']);
        const both = await reader.texts('#hits .reference');
        expect(both).not.toContain(chosen);
        expect(both.filter((title) => having.includes(title)).length).toBeGreaterThan(1);

        await clicks('#ranking label:has(input[value="words"])');
        await waitFor(driver, `document.querySelectorAll('#hits li').length < ${having.length + 1}`);
        await clicks('#field-book [data-value="Luke"]');
        await clicks('#ranking label:has(input[value="meaning"])');
        const from = addressOf(passages.find((passage) => titleOf(passage) === chosen) as Passage);
        const nearest = words.nearest(
          [from],
          ({ book }, [own]) => book === 'Luke' && titleOf(own as Passage) === chosen,
          { k: K },
        );
        await reader.seesPassages(nearest.map(withoutParts));
      });

      test('groups what it finds by a field', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages/2359');
        await clicks('#field-testament [data-value="New"]');
        await reader.sees('#count', '768 of 3,124 match');
        await clicks('#grouped');
        await waitFor(driver, "document.querySelectorAll('.group h3').length === 6");
        const groups = await driver.evaluate<[string, string[]][]>(
          `[...document.querySelectorAll('.group')].map((group) => [
            group.querySelector('h3').textContent,
            [...group.querySelectorAll('.reference')].map((link) => link.textContent),
          ])`,
        );
        const best = words.nearest(
          ['MAT.2.1'],
          ({ testament }, [chosen]) => testament === 'New' && !!chosen,
          {
            k: 768,
          },
        );
        const bookOf = (reference: string) => reference.replace(/ \d+(, part.*)?$/, '');
        const expected = new Map<string, string[]>();
        for (const reference of best) {
          if (reference === 'Matthew 2, part 1 of 3') continue;
          const hits = expected.get(bookOf(reference)) ?? [];
          expected.set(bookOf(reference), hits);
          if (hits.length < 3) hits.push(withoutParts(reference));
        }
        expect(groups).toEqual([...expected].slice(0, 6));
      });

      test('takes no number that it would have to round', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages/2359');
        await clicks('.point-card summary');
        await waitFor(driver, "document.querySelector('#set-key')");
        await driver.select('#set-key', 'chapter');
        await driver.fill('#set-value', '99999999999999999999');
        await clicks('#set-payload');
        await waitFor(
          driver,
          "document.querySelector('.point-editor [role=status]').textContent.startsWith('chapter is not set: 99999999999999999999 ')",
        );
        expect(await reader.texts('#point-title')).toEqual(['Matthew 2, part 1']);
      });

      // What follows changes points: each test others, and what it counts begins with what it finds.
      test('has its counts changed by a payload that is set, and by a point that is deleted', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages/2359');
        await clicks('.point-card summary');
        await waitFor(driver, "document.querySelector('#set-key')");
        await driver.select('#set-key', 'testament');
        await driver.fill('#set-value', 'Newest');
        await clicks('#set-payload');
        await seesChips('testament', [
          ['Old', 2356],
          ['New', 767],
          ['Newest', 1],
        ]);
        await clicks('#field-testament [data-value="Newest"]');
        await reader.sees('#count', '1 of 3,124 match');

        await clicks('#delete-point');
        await reader.sees('#count', '0 of 3,123 match');
        await waitFor(driver, "document.activeElement.id === 'results-title'");
        expect(await driver.evaluate('location.hash')).toBe('#collection/passages');
        await clicks('#clear-filter');
        await reader.sees('#count', '3,123 points');
        await seesChips('testament', [
          ['Old', 2356],
          ['New', 767],
        ]);
      });

      test('keeps what was changed through a reload, and downloads nothing again', async () => {
        const { driver } = bench;
        await startsAt('#collection/passages/2360');
        const count = await pointCount();
        await sets('book', 'Second Matthew');
        await startsAt('#collection/passages/7');
        await deletesPoint();
        await seesPointCount(count - 1);
        await reader.open('#collection/passages/2360');
        await seesPointCount(count - 1);
        await reader.sees('#point-title', 'Second Matthew 2, part 2');
        expect(
          await driver.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)"),
        ).toEqual(expect.not.arrayContaining([expect.stringContaining('.bin')]));
        await waitFor(driver, "document.querySelector('#kept-where')");
        expect(await text('#kept-where')).toMatch(keptText('this one runs it'));
        expect(await figure('Opened')).toMatch(/^after \d+\.\d\ss$/);
      });

      test('is shared with another tab, which sees what is changed', { timeout: 180_000 }, async () => {
        await startsAt('#collection/passages/2361');
        const count = await pointCount();
        await withTab('#collection', async (tab) => {
          await waitFor(tab, "document.querySelector('#kept-where')");
          expect(await tab.evaluate("document.querySelector('#kept-where').textContent")).toMatch(
            keptText('one of them runs it'),
          );
          await tab.evaluate('void (HTMLAnchorElement.prototype.click = () => {})');
          await tab.evaluate("document.querySelector('#snapshot').click()");
          await waitFor(tab, "document.querySelector('#kept-told').textContent.includes('.tar is saved')");
          await sets('testament', 'Newest');
          await waitFor(tab, `document.querySelector('#field-testament [data-value="Newest"]')`);
          await deletesPoint();
          await seesPointCount(count - 1, tab);

          // What is forgotten is forgotten in all tabs.
          await clicks('#kept summary');
          await clicks('#forget');
          await seesPointCount(passages.length);
          await seesPointCount(passages.length, tab);
        });
      });
    });

    describeOnSite(bench, 'of passages, its filling stopped', () => {
      test('takes what is missing where a reload had stopped its filling', async () => {
        const { driver } = bench;
        await reader.goTo('#collection');
        await waitFor(
          driver,
          "document.querySelector('.progress')?.textContent.startsWith('Taking the points')",
        );
        await waitFor(
          driver,
          "document.querySelector('.progress .quiet')?.textContent > '1' || document.querySelector('#points')",
        );
        await reader.open('#collection');
        await reader.sees('#count', '3,124 points');
        await seesChips('testament', countsOf(passages, 'testament'));
        await seesPoints(passages.slice(0, 10).map((_, id) => id));
      });
    });

    describeOnSite(bench, 'of images', () => {
      // First, since a filling that is not over is among the figures.
      test('tells its figures, as a table and as Prometheus reads them', async () => {
        const { driver } = bench;
        await startsAt('#collection/fashion/6');
        // It has ended once all points are linked to the graph.
        await waitFor(driver, "/search/.test(document.querySelector('#figures table')?.textContent)");
        await waitFor(driver, "/upsert/.test(document.querySelector('#figures table').textContent)");
        const calls = await reader.texts('#figures tbody th');
        expect(calls).toEqual(expect.arrayContaining(['upsert', 'facet', 'count', 'retrieve', 'search']));
        expect(await figure('Points')).toBe('3,615');
        expect(await figure('Workers')).toBe('1');
        expect(await figure('Linked')).toMatch(/^after \d+\.\d\ss$/);
        expect(await figure('Memory')).toMatch(/^\d+\.\d\sMB$/);
        expect(await text('#prometheus')).toContain('vicinal_points{collection="fashion images"} 3615\n');
      });

      test('finds the nearest to a point under a filter, and explains how', async () => {
        const { driver } = bench;
        await startsAt('#collection/fashion');
        await clicks('#field-kind [data-value="Bag"]');
        await waitFor(driver, "document.querySelector('#count').textContent.includes(' match')");
        const bags = idsOfImages((label) => label === BAG);
        await seesPoints(bags.slice(0, 24));
        const chosen = bags[2] as number;
        await clicks('#points li:nth-child(3) a');
        await reader.seesImages(images.nearest(chosen, (label) => label === BAG, { k: K }));
        expect(await driver.evaluate('location.hash')).toBe(`#collection/fashion/${chosen}`);
        expect(await reader.texts('#point-title')).toEqual(['Bag']);

        await waitFor(driver, `document.querySelector('.strategy')?.dataset.strategy === 'scan'`);
        const { count } = images.images;
        expect(await reader.texts('#explanation tbody tr > *')).toEqual([
          'kind match',
          'index',
          `${bags.length} of ${count.toLocaleString('en')}`,
          expect.stringMatching(/ms$/),
        ]);

        // So many match that they are not compared one by one.
        await clicks('#join-kind label:has(input[value="must_not"])');
        await waitFor(driver, `document.querySelector('.strategy')?.dataset.strategy === 'walk'`);
        expect(await reader.texts('#hits .caption > span:first-child')).not.toContain('Bag');
        await reader.keepsPicture('collection-nearest');
      });

      test('is spread over the shards that are chosen, which find the same', async () => {
        const { driver } = bench;
        await startsAt('#collection/fashion/6');
        await reader.takes('shards', '2');
        await waitFor(driver, "/Workers\\s*2/.test(document.querySelector('#figures')?.textContent)", 60_000);
        expect(await driver.evaluate('location.hash')).toBe('#collection/fashion/6?shards=2');
        await driver.fill('#ink-from', '40');
        await driver.fill('#ink-to', '42');
        const dark = (id: number) => {
          const ink = inkOf(images.images, id);
          return ink >= 40 && ink <= 42;
        };
        const all = images.nearest(6, () => true, { k: images.images.count });
        await reader.seesImages(all.filter(dark).slice(0, K));
        expect(await reader.texts('#explanation h3')).toEqual(['Shard 1', 'Shard 2']);
        const parts = await figure('Points');
        expect(parts.split(' + ').map((part) => Number(part.replace(',', '')))).toSatisfy(
          ([first, second]: number[]) =>
            (first as number) > 0 && (first as number) + (second as number) === 3615,
        );
      });

      test('ends its workers when it is left', async () => {
        const { driver } = bench;
        await startsAt('#collection/fashion?shards=2');
        await waitFor(driver, "/Workers\\s*2/.test(document.querySelector('#runs-on').textContent)");
        await driver.evaluate("location.hash = '#benchmark'");
        await waitFor(driver, "/Workers\\s*0/.test(document.querySelector('#runs-on').textContent)");
      });

      test('tells what failed, and is opened when it is tried again', async () => {
        const { driver } = bench;
        await reader.open('#fashion/6');
        await driver.evaluate(`(() => {
          globalThis.GoodWorker = Worker;
          globalThis.Worker = class extends Worker {
            constructor(url, options) { super(new URL('nowhere.js', location), options); }
          };
          location.hash = '#collection/fashion';
        })()`);
        await waitFor(driver, "document.querySelector('#failure')");
        await driver.evaluate('void (globalThis.Worker = GoodWorker)');
        await clicks('#failure-retry');
        await reader.sees('#count', '3,615 points');
      });

      test('is checked, and comes back from a file that it was saved in', async () => {
        const { driver } = bench;
        await startsAt('#collection/fashion/6');
        await presses('#verify');
        await waitFor(driver, "document.querySelector('#kept-told').textContent.startsWith('All ')");
        expect(await driver.evaluate('document.activeElement.id')).toBe('verify');
        // The file, in place of a folder of downloads.
        await driver.evaluate(`(() => {
          const make = URL.createObjectURL;
          URL.createObjectURL = (blob) => make.call(URL, globalThis.saved = blob);
          HTMLAnchorElement.prototype.click = () => {};
        })()`);
        await clicks('#snapshot');
        await waitFor(
          driver,
          "document.querySelector('#kept-told').textContent.startsWith('fashion-images.tar is saved')",
        );
        await deletesPoint();
        await reader.sees('#count', '3,614 points');

        await takesFile("new Blob(['none'])");
        await waitFor(
          driver,
          "document.querySelector('#kept-told[role=alert]')?.textContent.includes('(CORRUPT_DATA)')",
        );
        await reader.sees('#count', '3,614 points');
        await takesFile('globalThis.saved');
        await reader.sees('#count', '3,615 points');
        // The field was replaced with the collection.
        expect(await driver.evaluate('document.activeElement.id')).toBe('main');
      });
    });

    /**
    Goes to an address of the collection, and finds the view as it is at first: nothing filtered, ranked or grouped. In
    a page that shows the collection already it stays open, since to open it anew takes seconds.
    */
    async function startsAt(fragment: string): Promise<void> {
      const { driver } = bench;
      const chosen = /\/(\d+)/.exec(fragment)?.[1];
      // By way of no chosen point: its card is made anew.
      const isOpen = await driver.evaluate(`(async () => {
        if (!document.querySelector('.workbench')) return false;
        document.querySelector('#clear-filter')?.click();
        document.querySelector('#grouped:checked')?.click();
        // The page draws, and knows of that, before it is told of more.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const words = document.querySelector('#rank-words');
        if (words) words.value = '';
        words?.dispatchEvent(new Event('input', { bubbles: true }));
        location.hash = '${fragment.replace(`/${chosen}`, '')}';
        return true;
      })()`);
      if (!isOpen) return reader.open(fragment);
      const [, shards = '1'] = /shards=(\d)/.exec(fragment) ?? [];
      await waitFor(
        driver,
        `document.querySelector('#shards :checked').value === '${shards}'
          && document.querySelector('#points li') && !document.querySelector('.point-card')`,
      );
      await pointCount();
      if (chosen === undefined) return;
      await driver.evaluate(`void (location.hash = '${fragment}')`);
      await waitFor(driver, "document.querySelector('.point-card') && document.querySelector('#hits li')");
    }

    /** How many points there are, where nothing is filtered. */
    async function pointCount(): Promise<number> {
      await waitFor(
        bench.driver,
        "/^\\s*[\\d,]+ points\\s*$/.test(document.querySelector('#count')?.textContent)",
      );
      return Number((await text('#count')).replace(/\D/g, ''));
    }

    async function seesPointCount(
      count: number,
      tab: Pick<DriverTab, 'evaluate'> = bench.driver,
    ): Promise<void> {
      const wanted = `${count.toLocaleString('en')} points`;
      await waitFor(tab, `document.querySelector('#count')?.textContent.trim() === '${wanted}'`);
    }

    /** Sets a key of the chosen point's payload. */
    async function sets(key: string, value: string): Promise<void> {
      await clicks('.point-card summary');
      await waitFor(bench.driver, "document.querySelector('#set-key')");
      await bench.driver.select('#set-key', key);
      await bench.driver.fill('#set-value', value);
      await clicks('#set-payload');
      await reader.sees('.point-editor [role=status]', `${key} is set`);
    }

    async function deletesPoint(): Promise<void> {
      await waitFor(bench.driver, "document.querySelector('.point-card details')");
      await bench.driver.evaluate("void (document.querySelector('.point-card details').open = true)");
      await clicks('#delete-point');
    }

    async function withTab(fragment: string, use: (tab: DriverTab) => Promise<void>): Promise<void> {
      const tab = await bench.driver.openTab();
      try {
        await tab.open(bench.site.url(`page/index.html${fragment}`));
        await use(tab);
      } finally {
        await tab.close();
      }
    }

    /** Gives the field for a file that is to be restored what an expression in the page makes. */
    async function takesFile(blob: string): Promise<void> {
      await bench.driver.evaluate(`(() => {
        const field = document.querySelector('#restore');
        field.focus();
        const chosen = new DataTransfer();
        chosen.items.add(new File([${blob}], 'snapshot.tar'));
        field.files = chosen.files;
        field.dispatchEvent(new Event('change', { bubbles: true }));
      })()`);
    }

    function keptText(runs: string): RegExp {
      const place = bench.expected.opfs ? 'OPFS' : 'IndexedDB';
      return new RegExp(
        `^Kept in this browser \\(${place}, \\d+\\.\\d\\sMB\\), shared with other tabs: ${runs}\\.$`,
      );
    }

    /** Clicks as soon as there is what is to be clicked: some comes with an answer. */
    async function clicks(selector: string): Promise<void> {
      await waitFor(bench.driver, `document.querySelector(${JSON.stringify(selector)})`);
      await bench.driver.click(selector);
    }

    /** As {@link clicks}, by the keyboard. */
    async function presses(selector: string): Promise<void> {
      await waitFor(bench.driver, `document.querySelector(${JSON.stringify(selector)})`);
      await bench.driver.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
      await bench.driver.press('Enter');
    }

    function idsOf(includes: (passage: Passage) => boolean): number[] {
      return passages.flatMap((passage, id) => (includes(passage) ? [id] : []));
    }

    function idsOfImages(includes: (label: number) => boolean): number[] {
      return [...images.images.labels].flatMap((label, id) => (includes(label) ? [id] : []));
    }

    async function seesMatching(matching: readonly Passage[]): Promise<void> {
      expect(matching.length).toBeGreaterThan(0);
      await reader.sees('#count', `${matching.length.toLocaleString('en')} of 3,124 match`);
    }

    /** Waits until the chips of a field are these, with these counts. */
    async function seesChips(field: string, counts: readonly (readonly [string, number])[]): Promise<void> {
      const wanted = counts.map(([value, count]) => `${value} ${count.toLocaleString('en')}`).join('; ');
      await waitFor(
        bench.driver,
        `[...document.querySelectorAll('#field-${field} [data-value]')].map((chip) => chip.textContent).join('; ')
          === ${JSON.stringify(wanted)}`,
      );
    }

    /** Waits until the points that are listed are these. */
    async function seesPoints(ids: readonly number[]): Promise<void> {
      await waitFor(
        bench.driver,
        `[...document.querySelectorAll('#points a')].map((link) => link.hash.match(/\\d+/)[0]).join() === '${ids.join()}'`,
      );
    }

    /** What a figure of the collection is. */
    function figure(name: string): Promise<string> {
      return bench.driver.evaluate(
        `[...document.querySelectorAll('.gauges div')].find((gauge) => gauge.textContent.startsWith('${name}'))
          .querySelector('dd').textContent`,
      );
    }

    /** The text of an element that may be folded away. */
    function text(selector: string): Promise<string> {
      return bench.driver.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
    }
  });
}

/**
A group of tests with a site of its own: of another port, so that browsers keep nothing there of what was before. The
first test that opens a collection fills it; those after it find it kept.
*/
function describeOnSite(
  bench: { driver: Bench['driver']; site: Bench['site'] },
  title: string,
  define: () => void,
): void {
  describe(title, () => {
    beforeAll(async () => {
      bench.site = await startSite();
    });
    afterAll(async () => {
      await bench.driver.open('about:blank');
      await bench.site.close();
    });
    define();
  });
}

/** How many have each value of a field: most first, ties by value. */
function countsOf(passages: readonly Passage[], field: 'book' | 'testament'): [string, number][] {
  const counts = new Map<string, number>();
  for (const { [field]: value } of passages) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1));
}

/** As the collection names a passage, which knows nothing of the other parts. */
function titleOf({ book, chapter, part, parts }: Passage): string {
  return `${book} ${chapter}${parts > 1 ? `, part ${part}` : ''}`;
}

function withoutParts(reference: string): string {
  return reference.replace(/ of \d+$/, '');
}

function hasWords({ text }: Passage, ...words: readonly string[]): boolean {
  const all = new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  return words.every((word) => all.has(word));
}
