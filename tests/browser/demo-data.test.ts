/** The demo's data and how its page finds a passage in it: no browser needed. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { address, findAddress, markPattern, PassageFilter } from '../../web/passage-filter.js';
import { decodeEmbeddings, decodePassages, type Passage, reference } from '../../web/passages.js';
import { scopeBits } from '../../web/scopes.js';
import { wellKnown } from '../../web/well-known.js';

async function dataFile(name: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(
    new URL(`../../web/data/${name}`, import.meta.url),
  );
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

let passages: Passage[];
beforeAll(async () => {
  passages = await decodePassages(await dataFile('passages-texts.bin'));
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
    new PassageFilter(passages).find(query).map(({ id }) => reference(passages[id] as Passage));

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
    const id = findAddress(passages, 'JHN.3.2');
    const chosen = passages[id] as Passage;
    for (const scope of ['all', 'chapters', 'books', 'old', 'new'] as const) {
      const { bits, count } = scopeBits(passages, chosen, scope);
      const included = passages.filter((_, other) => ((bits[other >>> 5] as number) >>> (other & 31)) & 1);
      expect(included).toHaveLength(count);
      expect(included).not.toContain(chosen);
    }
    expect(scopeBits(passages, chosen, 'all').count).toBe(3_123);
    expect(scopeBits(passages, chosen, 'chapters').count).toBe(3_121);
    expect(scopeBits(passages, chosen, 'new').count).toBe(767);
  });
});
