/** The demo's data and how its page finds a passage in it: no browser needed. */
import { beforeAll, describe, expect, test } from 'vitest';
import { formatAddress, type Place, parseAddress } from '../../web/address.js';
import { holdOut } from '../../web/benchmark/hold-out.js';
import { placeLabels } from '../../web/benchmark/place-labels.js';
import { axisTicks, decimalTicks } from '../../web/benchmark/ticks.js';
import { download } from '../../web/download.js';
import { fashion } from '../../web/fashion/fashion-collection.js';
import { kindRows, kindScopes } from '../../web/fashion/kinds.js';
import { decodeImages, kinds } from '../../web/fashion.js';
import { browserName } from '../../web/page/browser-name.js';
import { neighborKey } from '../../web/page/roving.js';
import { findChoice } from '../../web/passages/choice.js';
import {
  forgetUnknown,
  ownQueries,
  readAddresses,
  readQueries,
  starred,
} from '../../web/passages/own-queries.js';
import { passages as passageCollection } from '../../web/passages/passage-collection.js';
import {
  address,
  comparablePassage,
  findAddress,
  markPattern,
  PassageFilter,
} from '../../web/passages/passage-filter.js';
import { readyQueries } from '../../web/passages/saved-queries.js';
import { scopeRows } from '../../web/passages/scopes.js';
import { wellKnown } from '../../web/passages/well-known.js';
import {
  decodeEmbeddings,
  decodePassages,
  openEmbeddings,
  type Passage,
  reference,
} from '../../web/passages.js';
import { dataFile } from './demo-truth.js';

let passages: Passage[];
let filter: PassageFilter;
beforeAll(async () => {
  passages = await decodePassages(await dataFile('passages-texts.bin'));
  filter = new PassageFilter(passages.map(comparablePassage));
});

describe('demo data', () => {
  test('has an embedding of unit length for every passage', async () => {
    const { count, dim, vectors } = decodeEmbeddings(await dataFile('passages-vectors.bin'));
    expect([count, dim, vectors.length]).toEqual([passages.length, 1024, passages.length * 1024]);
    for (let row = 0; row < count; row++) {
      const squares = vectors
        .subarray(row * dim, (row + 1) * dim)
        .reduce((sum, value) => sum + value * value, 0);
      expect(Math.abs(squares - 1)).toBeLessThan(1e-5);
    }
  });

  test('is refused when it is cut short', async () => {
    const whole = await dataFile('passages-vectors.bin');
    for (const length of [0, 7, 4_000, whole.byteLength - 1]) {
      expect(() => decodeEmbeddings(whole.slice(0, length))).toThrow(RangeError);
    }
  });

  test('gives the same rows slice by slice', async () => {
    const bytes = await dataFile('passages-vectors.bin');
    const { vectors } = decodeEmbeddings(bytes);
    expect(openEmbeddings(bytes).slice(1_000, 2)).toEqual(vectors.slice(1_000 * 1_024, 1_002 * 1_024));
  });

  test('has a label and pixels of every image, as values from 0 to 1', async () => {
    const { count, dim, labels, pixels, slice } = await decodeImages(await dataFile('fashion.bin'));
    expect([count, dim, labels.length, pixels.length]).toEqual([3_615, 784, 3_615, 3_615 * 784]);
    expect(new Set(labels).size).toBe(kinds.length);
    const some = slice(10, 3);
    expect(some).toHaveLength(3 * 784);
    some.forEach((value, i) => {
      expect(value).toBe(Math.fround((pixels[10 * 784 + i] as number) / 255));
    });
  });

  test('has images and texts that are refused by name when they are cut short', async () => {
    const images = await dataFile('fashion.bin');
    const texts = await dataFile('passages-texts.bin');
    for (const length of [0, 9, 4_000, -9, -1]) {
      const refusal = (name: string) => expect.objectContaining({ name: 'RangeError', message: name });
      await expect(decodeImages(images.slice(0, length))).rejects.toEqual(
        refusal(expect.stringMatching(/^fashion\.bin is damaged: its \d+ bytes are no whole gzip file$/)),
      );
      await expect(decodePassages(texts.slice(0, length))).rejects.toEqual(
        refusal(
          expect.stringMatching(/^passages-texts\.bin is damaged: its \d+ bytes are no whole gzip file$/),
        ),
      );
    }
  });

  test('is refused by name when another file came in its place', async () => {
    const page = new TextEncoder().encode('<!doctype html><title>Home</title>');
    expect(() => openEmbeddings(page.buffer)).toThrow(
      'passages-vectors.bin is damaged: its 34 bytes are not what its header says',
    );
    await expect(decodeImages(page.buffer)).rejects.toThrow('fashion.bin is damaged');
    await expect(decodePassages(page.buffer)).rejects.toThrow('passages-texts.bin is damaged');

    const zipped = async (...parts: BlobPart[]): Promise<ArrayBuffer> =>
      new Response(new Blob(parts).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    await expect(decodePassages(await zipped(page))).rejects.toThrow(
      /^passages-texts\.bin .* something else/,
    );
    const short = await zipped(Uint32Array.of(3, 784), new Uint8Array(3 + 2 * 784));
    await expect(decodeImages(short)).rejects.toThrow(/^fashion\.bin .* header/);
  });

  test('is asked for in vain by name', async () => {
    await expect(download(new URL('http://127.0.0.1:1/fashion.bin'), () => undefined)).rejects.toThrow(
      /^fashion\.bin could not be loaded: /,
    );
  });

  test('is small, and of the size that the page expects', async () => {
    const size = async (name: string): Promise<number> => (await dataFile(name)).byteLength;
    const ofPassages = (await size('passages-vectors.bin')) + (await size('passages-texts.bin'));
    const ofFashion = await size('fashion.bin');
    expect(ofPassages + ofFashion).toBeLessThan(10e6);
    // The page tells by these how far it has come.
    expect(passageCollection.totalBytes).toBe(ofPassages);
    expect(fashion.totalBytes).toBe(ofFashion);
  });

  test('has tidy texts in the order of the Bible', () => {
    expect(passages).toHaveLength(3_124);
    expect(passages.filter(({ text }) => /^\s|\s$|[ \t\u00a0]{2}| \n|\n\n|\u00a0/.test(text))).toEqual([]);
    expect(reference(passages[0] as Passage)).toBe('Genesis 1, part 1 of 3');
    expect(reference(passages.at(-1) as Passage)).toBe('Revelation 22, part 2 of 2');
    expect(new Set(passages.map(({ book }) => book)).size).toBe(65);
  });

  test('has every well-known passage', () => {
    expect(
      wellKnown.map(({ address: named }) => findAddress(passages, named)).filter((id) => id < 0),
    ).toEqual([]);
  });
});

describe('finding a passage', () => {
  const found = (query: string): string[] =>
    filter.find(query).map(({ id }) => reference(passages[id] as Passage));

  test('by book and chapter: the book so called comes first', () => {
    expect(found('john 3').slice(0, 5)).toEqual([
      'John 3, part 1 of 3',
      'John 3, part 2 of 3',
      'John 3, part 3 of 3',
      '1 John 3, part 1 of 2',
      '1 John 3, part 2 of 2',
    ]);
    expect(found('1 cor 13')).toEqual(expect.arrayContaining(['1 Corinthians 13']));
  });

  test('a number is a whole number', () => {
    expect(found('genesis 1')).toEqual([
      'Genesis 1, part 1 of 3',
      'Genesis 1, part 2 of 3',
      'Genesis 1, part 3 of 3',
    ]);
  });

  test('by words at the beginning of words, in any order and case', () => {
    expect(found('SAMARIT priest levite')).toEqual(['Luke 10, part 3 of 4']);
    expect(found('levite PRIEST samarit')).toEqual(['Luke 10, part 3 of 4']);
    expect(found('amaritan')).toEqual([]);
  });

  test('an apostrophe is one, straight or curly', () => {
    expect(found("doesn't envy")).toEqual(found('doesn’t envy'));
    expect(found("doesn't envy")).toContain('1 Corinthians 13');
  });

  test('signs that mean something in a pattern are only signs', () => {
    for (const query of ['(', '[a', '*', '\\', 'a|b', '$^']) expect(() => found(query)).not.toThrow();
  });

  test('those come first in which the words stand most densely, where that is asked', () => {
    const { ids, found } = filter.densest('shepherd', 3);
    expect(found).toBe(filter.find('shepherd').length);
    expect(ids.map((id) => reference(passages[id] as Passage))).toEqual([
      'Ezekiel 34, part 1 of 4',
      'John 10, part 1 of 3',
      'Zechariah 11, part 2 of 2',
    ]);
    expect(filter.densest('zeppelin', 3)).toEqual({ ids: [], found: 0 });
  });

  test('nothing asked finds all, and marks nothing', () => {
    expect(found('  ')).toHaveLength(passages.length);
    expect(markPattern(' ')).toBeUndefined();
  });

  test('marks the words where they begin', () => {
    expect('Love is patient; beloved'.split(markPattern('love pat') as RegExp)).toEqual([
      '',
      'Love',
      ' is ',
      'pat',
      'ient; beloved',
    ]);
  });
});

describe('an address', () => {
  test('leads back to its passage', () => {
    passages.forEach((passage, id) => {
      if (id % 97 === 0) expect(findAddress(passages, address(passage))).toBe(id);
    });
    expect(findAddress(passages, 'JHN.3.9')).toBe(-1);
  });
});

describe('a scope', () => {
  test('is the bits of the passages that it includes', () => {
    const chosen = [passages[findAddress(passages, 'JHN.3.2')] as Passage];
    for (const scope of ['all', 'chapters', 'book', 'books', 'old', 'new'] as const) {
      const { bits, count } = scopeRows(passages, chosen, scope);
      const included = passages.filter((_, id) => ((bits[id >>> 5] as number) >>> (id & 31)) & 1);
      expect(included).toHaveLength(count);
      expect(included).not.toContain(chosen[0]);
    }
    expect(scopeRows(passages, chosen, 'all').count).toBe(3_123);
    expect(scopeRows(passages, chosen, 'chapters').count).toBe(3_121);
    expect(scopeRows(passages, chosen, 'new').count).toBe(767);
  });

  test('of several passages leaves out what each of them would', () => {
    const chosen = ['JHN.3.2', 'GEN.1.1'].map((named) => passages[findAddress(passages, named)] as Passage);
    expect(scopeRows(passages, chosen, 'all').count).toBe(3_122);
    expect(scopeRows(passages, chosen, 'chapters').count).toBe(3_118);
    const one = (passage: Passage): number => scopeRows(passages, [passage], 'book').count + 1;
    const both = chosen.reduce((sum, passage) => sum + one(passage), 0);
    expect(scopeRows(passages, chosen, 'book').count).toBe(both - 2);
    expect(scopeRows(passages, chosen, 'books').count).toBe(3_124 - both);
  });

  test('of images goes by kind', async () => {
    const images = await decodeImages(await dataFile('fashion.bin'));
    const count = (scope: string): number => kindRows(images, 0, scope).count;
    expect(kindScopes).toHaveLength(3 + kinds.length);
    expect(count('all')).toBe(3_614);
    expect(count('same') + count('other')).toBe(3_614);
    expect(kinds.map((_, label) => count(String(label))).reduce((sum, each) => sum + each)).toBe(3_614);
  });
});

describe('saved queries', () => {
  test('that come with the page name passages that are there', () => {
    const members = readyQueries.flatMap((query) => query.members);
    expect(members.filter((member) => findAddress(passages, member) < 0)).toEqual([]);
    expect(new Set(readyQueries.map(({ key }) => key)).size).toBe(readyQueries.length);
  });

  test('are found by their key, or by the passages that it lists', () => {
    const choice = (address: string) => findChoice(passages, filter, address, readyQueries);
    const places = (...members: string[]): number[] => members.map((member) => findAddress(passages, member));
    expect(choice('saved/lost-and-found').query?.title).toBe('Lost and found');
    expect(choice('saved/lost-and-found').ids).toEqual(places('LUK.15.1', 'LUK.15.2'));
    expect(choice('saved/JON.2.1+GEN.1.1').ids).toEqual(places('JON.2.1', 'GEN.1.1'));
    expect(choice('JHN.3.2')).toEqual({ ids: places('JHN.3.2') });
    const words = choice('words/shepherd sheep');
    expect(words.words).toEqual({ text: 'shepherd sheep', found: filter.find('shepherd sheep').length });
    expect(words.ids).toEqual(filter.densest('shepherd sheep', 6).ids);
    for (const nothing of [
      '',
      'words/',
      'words/zeppelin',
      'saved/',
      'saved/nobody',
      'saved/JON.2.1+JON.99.1',
      'JHN.3.9',
    ]) {
      expect(choice(nothing)).toEqual({ ids: places('1CO.13.1') });
    }
  });

  test('are read from storage as far as they make sense', () => {
    expect(readAddresses(['JHN.3.2', 'JHN.3.2', 'GEN.1.1'])).toEqual(['JHN.3.2', 'GEN.1.1']);
    for (const nonsense of [null, 3, {}, ['JHN'], [1]]) expect(readAddresses(nonsense)).toBeUndefined();
    const query = { title: 'Deep', members: ['JON.2.1'] };
    expect(
      readQueries([query, null, 'x', { title: 1, members: [] }, { title: 'Empty', members: [] }]),
    ).toEqual([query]);
    expect(readQueries({})).toBeUndefined();
    expect(readQueries([query, { ...query, title: ' ' }, { title: 'Deep', members: ['GEN.1.1'] }])).toEqual([
      { title: 'Deep', members: ['GEN.1.1'] },
    ]);
  });

  test('and stars keep to passages that are there', () => {
    const isPassage = (named: string): boolean => findAddress(passages, named) >= 0;
    starred.update(() => ['GEN.1.1', 'JHN.3.9']);
    ownQueries.update(() => [
      { title: 'One is there', members: ['JHN.3.9', 'JON.2.1'] },
      { title: 'None is', members: ['JHN.3.9'] },
    ]);
    forgetUnknown(isPassage);
    expect(starred.value).toEqual(['GEN.1.1']);
    expect(ownQueries.value).toEqual([{ title: 'One is there', members: ['JON.2.1'] }]);
  });
});

describe("the page's address", () => {
  test('reads back as it was written', () => {
    const places: Place[] = [
      { view: 'passages', choice: '1CO.13.1', settings: {} },
      { view: 'passages', choice: '', settings: {} },
      { view: 'passages', choice: 'saved/JON.2.1+GEN.1.1', settings: { k: 20 } },
      { view: 'passages', choice: 'words/who? #1 & 50 % “ö”', settings: { k: 5 } },
      { view: 'fashion', choice: '12', settings: { metric: 'cosine', among: 'other', variant: 'simd128' } },
      { view: 'fashion', choice: '3', settings: { index: 'graph', ef: 28 } },
      { view: 'collection', choice: 'passages/2359', settings: { shards: 2 } },
      { view: 'fashion', choice: '', settings: {} },
      { view: 'benchmark', choice: 'fashion', settings: {} },
    ];
    for (const place of places) expect(parseAddress(formatAddress(place))).toEqual(place);
    expect(formatAddress(places[0] as Place)).toBe('#1CO.13.1');
  });

  test('leaves out what it does not know', () => {
    expect(parseAddress('#JHN.3.2?metric=far&k=7&index=tree&ef=11&variant=mmx&more=1')).toEqual({
      view: 'passages',
      choice: 'JHN.3.2',
      settings: {},
    });
    expect(parseAddress('#%E0%A4%A?k=5').settings).toEqual({ k: 5 });
    expect(parseAddress('#saved/JON.2.1%2BGEN.1.1').choice).toBe('saved/JON.2.1+GEN.1.1');
  });
});

describe('the name of a browser', () => {
  const name = (userAgent: string): string => {
    const { browser, engine } = browserName({ userAgent });
    return `${browser}, ${engine}`;
  };

  test('is read from what it says of itself', () => {
    const webKit = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko)';
    expect(name(`${webKit} Version/26.1 Safari/605.1.15`)).toBe('Safari or WebKitGTK 26.1, JavaScriptCore');
    expect(name('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0')).toBe(
      'Firefox 153.0, SpiderMonkey',
    );
    expect(name(`${webKit} Chrome/156.0.0.0 Safari/537.36`)).toBe('Chromium 156.0.0.0, V8');
    expect(name(`${webKit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`)).toBe('Edge 156.0.0.0, V8');
    expect(name('curl')).toBe('unknown, unknown');
  });

  test('is the brand that is not made up', () => {
    const brands = [
      { brand: 'Not)A;Brand', version: '8' },
      { brand: 'Chromium', version: '156' },
    ];
    const named = (more: typeof brands) =>
      browserName({ userAgent: '', userAgentData: { brands: more } }).browser;
    expect(named(brands)).toBe('Chromium 156');
    expect(named([...brands, { brand: 'Microsoft Edge', version: '157' }])).toBe('Microsoft Edge 157');
  });
});

describe('the numbers of an axis', () => {
  test('are as many as there is room for, and at least two', () => {
    expect(axisTicks(0.43, 600)).toBe(6);
    expect(axisTicks(0.43, 180)).toBe(3);
    expect(axisTicks(0.43, 70)).toEqual([0, 0.2]);
    expect(axisTicks(12.8, 40)).toEqual([0, 10]);
    expect(axisTicks(1, 40)).toEqual([0, 1]);
    expect(axisTicks(0, 40)).toEqual([0]);
  });

  test('on a logarithmic axis are as many as there is room for', () => {
    expect(decimalTicks(90, 4500, 400)).toEqual([100, 200, 500, 1000, 2000]);
    expect(decimalTicks(0.04, 2.5, 400)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(decimalTicks(0.04, 2.5, 200)).toEqual([0.1, 0.3, 1]);
    expect(decimalTicks(0.04, 2.5, 100)).toEqual([0.1, 1]);
    // One number would not tell a scale.
    expect(decimalTicks(90, 900, 60)).toEqual([100, 300]);
  });
});

describe('rows held out', () => {
  const collection = (count: number) => ({
    count,
    dim: 2,
    slice: (first: number, taken: number) =>
      Float32Array.from({ length: 2 * taken }, (_, i) => first + (i >> 1) + (i & 1) / 2),
  });

  test.for([
    [20, 10],
    [23, 5],
    [100, 3],
  ] as const)('of %d rows, %d are queries and all others are left in order', async ([count, queryCount]) => {
    const held = await holdOut(collection(count), queryCount);
    const places = (values: Float32Array) => {
      expect([...values].filter((_, i) => i % 2 === 1).map((value) => value % 1)).toEqual(
        Array(values.length / 2).fill(0.5),
      );
      return [...values].filter((_, i) => i % 2 === 0);
    };
    const left = places(held.vectors);
    expect([left.length, held.count]).toEqual([count - queryCount, count - queryCount]);
    expect(left).toEqual([...left].sort((a, b) => a - b));
    const queries = places(held.queries);
    expect(queries).toHaveLength(queryCount);
    expect([...left, ...queries].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
  });
});

describe('labels of dots', () => {
  const within = { left: 0, right: 300, top: 0, bottom: 200 };
  const size = { width: 40, height: 14 };

  test('stand right of a dot, or left of it at the right edge', () => {
    const dots = [
      { x: 100, y: 100, ...size },
      { x: 290, y: 100, ...size },
    ];
    expect(placeLabels(dots, [], within, 8)).toEqual([
      { x: 108, y: 100 },
      { x: 242, y: 100 },
    ]);
  });

  test('cover neither one another nor a dot, where there is room', () => {
    const dots = [100, 104, 96, 108].map((y, i) => ({ x: 150 + i, y, ...size }));
    const obstacles = dots.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
    const placed = placeLabels(dots, obstacles, within, 8).map(({ x, y }) => ({
      ...{ left: x, right: x + size.width, top: y - size.height / 2, bottom: y + size.height / 2 },
    }));
    const apart = (a: (typeof placed)[number], b: (typeof placed)[number]) =>
      a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    placed.forEach((label, i) => {
      for (const other of [...placed.slice(i + 1), ...obstacles]) expect(apart(label, other)).toBe(true);
    });
  });
});

describe('arrow keys', () => {
  test('lead to the neighbor in a row and in a column, and nowhere past the ends', () => {
    expect(neighborKey('ArrowRight', 1, 3)).toBe(2);
    expect(neighborKey('ArrowRight', 2, 3)).toBeUndefined();
    expect(neighborKey('ArrowLeft', 0, 3)).toBeUndefined();
    expect(neighborKey('ArrowDown', 1, 9, 3)).toBe(4);
    expect(neighborKey('ArrowUp', 1, 9, 3)).toBeUndefined();
    expect(neighborKey('ArrowDown', 1, 3)).toBeUndefined();
    expect(neighborKey('End', 1, 9)).toBe(8);
    expect(neighborKey('a', 1, 9)).toBeUndefined();
  });
});
