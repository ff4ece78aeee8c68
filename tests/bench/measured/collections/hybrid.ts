/**
Words and a vector in one query: BM25 and cosine fused by ranks here, their scores added up by Orama.

@module
*/
import type { Surroundings } from '../searcher.js';
import { LEAST_SIMILARITY } from './orama-collection.js';

/** Ids are row numbers. */
export interface HybridSearch {
  search(words: string, vector: Float32Array, k: number): Promise<number[]>;
  close(): Promise<void>;
}

export type HybridName = 'vicinal' | 'orama';

/** Rows, `[texts x dim]`, each with its text. */
interface Passages {
  readonly texts: readonly string[];
  readonly rows: Float32Array;
  readonly dim: number;
}

/** Hits of words and of vectors that are fused: twice as many as are asked for, or more. */
const FUSED = 50;

type OpenHybrid = (passages: Passages, surroundings: Surroundings) => Promise<HybridSearch>;

const openers: Readonly<Record<HybridName, OpenHybrid>> = {
  async vicinal({ texts, rows, dim }, { variant }) {
    const { openCollection } = await import('vicinal/worker');
    const collection = await openCollection({
      name: 'hybrid',
      dim,
      sparseVectors: { words: { text: { fields: ['text'] } } },
      cacheBytes: 0,
      ...(variant && { variant }),
    });
    await collection.upsert({
      ids: [...texts.keys()],
      vectors: rows,
      payloads: texts.map((text) => ({ text })),
    });
    return {
      async search(words, vector, k) {
        const hits = await collection.query({
          prefetch: [
            { query: { text: words }, using: 'words', k: FUSED },
            { query: vector, k: FUSED },
          ],
          query: { fusion: 'rrf' },
          k,
        });
        return hits.map(({ id }) => Number(id));
      },
      close: () => collection.close(),
    };
  },
  async orama({ texts, rows, dim }) {
    const { create, insertMultiple, search } = await import('@orama/orama');
    const db = create({ schema: { text: 'string', vector: `vector[${dim}]` } });
    const documents = texts.map((text, row) => ({
      id: String(row),
      text,
      vector: Array.from(rows.subarray(row * dim, (row + 1) * dim)),
    }));
    await insertMultiple(db, documents);
    return {
      async search(words, vector, k) {
        const { hits } = await search(db, {
          mode: 'hybrid',
          term: words,
          vector: { value: vector, property: 'vector' },
          similarity: LEAST_SIMILARITY,
          limit: k,
        });
        return hits.map(({ id }) => Number(id));
      },
      close: async () => undefined,
    };
  },
};

export function openHybrid(name: HybridName, passages: Passages, surroundings: Surroundings) {
  return openers[name](passages, surroundings);
}
