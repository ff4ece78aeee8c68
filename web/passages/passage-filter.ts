/**
Finding passages by their words or their place, so that one can be chosen.

@module
*/
import type { Passage } from '../passages.js';

export interface Match {
  /** The passage's place in the list. */
  readonly id: number;
  /** Where the first word stands in its text, or -1 where only the reference matches. */
  readonly at: number;
}

const wordCharacter = /[\p{L}\p{N}]/u;
const digit = /\p{N}/u;

/** The form in which texts and words are compared: of the same length, so that places stay places. */
function comparable(text: string): string {
  return text.toLowerCase().replaceAll('’', "'");
}

function wordsOf(query: string): string[] {
  return comparable(query)
    .split(/[\s,.:;]+/)
    .filter((word) => word !== '');
}

/**
Where a word of a text begins with `word`, or -1. A number must be whole. Both are {@link comparable}.
Plain string search: WebKit takes ten times as long for a pattern that looks behind.
*/
function placeOfWord(text: string, word: string): number {
  const isNumber = digit.test(word.at(-1) ?? '');
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const begins = !wordCharacter.test(text[at - 1] ?? '');
    if (begins && !(isNumber && digit.test(text[at + word.length] ?? ''))) return at;
  }
  return -1;
}

function occurrences(text: string, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) count++;
  return count;
}

const LOOKED_AT = 500;
/** One word in a text of a single verse makes it dense, and says little. */
const FEW_CHARACTERS = 600;

/** A passage in the form in which it is compared. */
export interface ComparablePassage {
  readonly name: string;
  readonly text: string;
}

export function comparablePassage({ book, chapter, text }: Passage): ComparablePassage {
  return { name: comparable(`${book} ${chapter}`), text: comparable(text) };
}

/** Finds passages in a list that does not change. */
export class PassageFilter {
  readonly #entries: readonly ComparablePassage[];
  /** What was found last: the page asks several times for the same. */
  #last: { readonly whole: string; readonly matches: readonly Match[] } | undefined;

  constructor(entries: readonly ComparablePassage[]) {
    this.#entries = entries;
  }

  /**
  Passages in which every word of `query` occurs, those first whose reference begins with it ("john 3"), then those
  whose reference has its words, then those whose text has. An empty query matches all.
  */
  find(query: string): readonly Match[] {
    const words = wordsOf(query);
    const whole = words.join(' ');
    if (this.#last?.whole !== whole) this.#last = { whole, matches: this.#search(words, whole) };
    return this.#last.matches;
  }

  #search(words: readonly string[], whole: string): Match[] {
    const named: Match[] = [];
    const related: Match[] = [];
    const containing: Match[] = [];
    this.#entries.forEach(({ name, text }, id) => {
      if (words.every((word) => placeOfWord(name, word) >= 0)) {
        (placeOfWord(name, whole) === 0 ? named : related).push({ id, at: -1 });
        return;
      }
      const places: number[] = [];
      for (const word of words) {
        const at = placeOfWord(text, word);
        if (at >= 0) places.push(at);
        else if (placeOfWord(name, word) < 0) return;
      }
      containing.push({ id, at: Math.min(...places) });
    });
    return [...named, ...related, ...containing];
  }

  /**
  Of the passages that {@link find} finds, the `wanted` in which the words stand most densely: they are most about them.
  Of words that stand nearly everywhere only the first passages are looked at, so that typing stays quick.
  */
  densest(query: string, wanted: number): { readonly ids: readonly number[]; readonly found: number } {
    const words = wordsOf(query);
    const matches = this.find(query);
    const dense = matches.slice(0, LOOKED_AT).map(({ id }) => {
      const { text } = this.#entries[id] as ComparablePassage;
      const count = words.reduce((sum, word) => sum + occurrences(text, word), 0);
      return { id, density: count / (text.length + FEW_CHARACTERS) };
    });
    dense.sort((a, b) => b.density - a.density || a.id - b.id);
    return { ids: dense.slice(0, wanted).map(({ id }) => id), found: matches.length };
  }
}

/** A pattern that matches the words of a query as {@link PassageFilter} does; `undefined` where it has none. */
export function markPattern(query: string): RegExp | undefined {
  const sources = wordsOf(query).map((word) => {
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "['’]");
    return `(?<![\\p{L}\\p{N}])${escaped}${/\d$/.test(word) ? '(?!\\p{N})' : ''}`;
  });
  return sources.length > 0 ? new RegExp(`(${sources.join('|')})`, 'giu') : undefined;
}

/** Short name of a passage in the page's address: `JHN.3.2`. */
export function address({ code, chapter, part }: Passage): string {
  return `${code}.${chapter}.${part}`;
}

/** The passage at an address, or -1. */
export function findAddress(passages: readonly Passage[], wanted: string): number {
  return passages.findIndex((passage) => address(passage) === wanted);
}
