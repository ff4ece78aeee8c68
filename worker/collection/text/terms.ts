/**
Texts to sparse vectors of term frequencies, for an index that scores by `bm25`.

@module
*/
import type { SparseVector } from '../../../bindings/api/types.js';
import { type Language, loadStemmer } from './languages.js';
import { termIndex } from './term-hash.js';
import { wordsOf } from './tokenizer.js';

/** How texts become terms. Texts and queries of one index need the same. */
export interface TextOptions {
  /** Whose words are stemmed, so that `walking` finds `walked`; `none`: words as they are. Default: `english`. */
  readonly language?: Language | undefined;
}

/** Words whose index is remembered: most words of a text are among those of others, and stemming takes its time. */
const rememberedWords = 1 << 16;

/** Turns texts into terms. */
export class TextAnalyzer {
  readonly #stem: (word: string) => string;
  /** By word. */
  readonly #indices = new Map<string, number>();

  private constructor(stem: (word: string) => string) {
    this.#stem = stem;
  }

  /** @throws {VectorSearchError} (as a rejection) with code `INVALID_ARGUMENT`. */
  static async load({ language = 'english' }: TextOptions = {}): Promise<TextAnalyzer> {
    return new TextAnalyzer(await loadStemmer(language));
  }

  /** The terms of a text, in its order. */
  stems(text: string): string[] {
    return wordsOf(text).map((word) => this.#stem(word));
  }

  /** How often each term is in a text, by ascending {@link termIndex}. */
  terms(text: string): SparseVector {
    const counts = new Map<number, number>();
    for (const word of wordsOf(text)) {
      const index = this.#indexOf(word);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const indices = Uint32Array.from(counts.keys()).sort();
    return { indices, values: Float32Array.from(indices, (index) => counts.get(index) as number) };
  }

  #indexOf(word: string): number {
    const known = this.#indices.get(word);
    if (known !== undefined) return known;
    const index = termIndex(this.#stem(word));
    if (this.#indices.size >= rememberedWords) this.#indices.clear();
    this.#indices.set(word, index);
    return index;
  }
}
