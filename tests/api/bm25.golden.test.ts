/** BM25 over the demo's passages, held against another implementation: tests/data/sparse. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import init, { SparseIndex } from 'vicinal';
import { beforeAll, describe, expect, it } from 'vitest';

interface Book {
  readonly chapters: readonly { readonly parts: readonly string[] }[];
}

interface Case {
  readonly k1: number;
  readonly b: number;
  readonly query: readonly string[];
  readonly ids: readonly number[];
  readonly scores: readonly number[];
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));
const { cases } = JSON.parse(read('tests/data/sparse/bm25_reference.json').toString()) as { cases: Case[] };
const books = JSON.parse(gunzipSync(read('web/data/passages-texts.bin')).toString()) as Book[];
const passages = books.flatMap(({ chapters }) => chapters.flatMap(({ parts }) => parts));
const numbers = new Map<string, number>();

function counts(words: readonly string[]) {
  const found = new Map<number, number>();
  for (const word of words) {
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    found.set(number, (found.get(number) ?? 0) + 1);
  }
  return { indices: [...found.keys()], values: [...found.values()] };
}

beforeAll(() => init());

describe('BM25', () => {
  const settings = [...new Set(cases.map(({ k1, b }) => `${k1} ${b}`))];
  it.each(settings)('finds what bm25s finds, k1 and b %s', (setting) => {
    const [k1, b] = setting.split(' ').map(Number) as [number, number];
    const index = new SparseIndex({ scoring: 'bm25', k1, b });
    for (const [id, text] of passages.entries())
      index.set(id, counts(text.toLowerCase().match(/[a-z]+/g) ?? []));
    expect(index.size).toBe(3124);
    const held = cases.filter((reference) => reference.k1 === k1 && reference.b === b);
    expect(held.length).toBe(40);
    for (const { query, ids, scores } of held) {
      const hits = index.search(counts(query), 10).toJSON();
      expect(hits.length).toBe(ids.length);
      for (const [rank, hit] of hits.entries()) {
        const expected = scores[rank] as number;
        expect(Math.abs(hit.score - expected)).toBeLessThan(expected * 2e-7);
        // Floats do not part what lies as near together.
        const parted = [rank - 1, rank + 1].every(
          (other) => Math.abs((scores[other] ?? 0) - expected) > expected * 1e-6,
        );
        if (parted && rank < 9) expect(hit.id).toBe(ids[rank]);
      }
    }
    index.dispose();
  });
});
