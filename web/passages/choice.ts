/**
What is chosen among the passages, as the address names it: a passage, a saved query, or words.

@module
*/
import type { Passage } from '../passages.js';
import { findAddress, type PassageFilter } from './passage-filter.js';
import { findQuery, type SavedQuery } from './saved-queries.js';

export interface Choice {
  /** Places of the chosen passage, or of those that are pooled. */
  readonly ids: readonly number[];
  readonly query?: SavedQuery;
  readonly words?: Words;
}

/** Words, searched for by the passages that have them. */
export interface Words {
  readonly text: string;
  /** How many passages have them; a few that have them most densely are pooled. */
  readonly found: number;
}

/** 1 Corinthians 13: "Love is patient and is kind". */
export const OPENING_ADDRESS = '1CO.13.1';

/** The mean of many more would be near to everything. */
const POOLED = 6;

const SAVED = 'saved/';
const WORDS = 'words/';

export function savedAddress(query: SavedQuery): string {
  return SAVED + query.key;
}

export function wordsAddress(text: string): string {
  return WORDS + text;
}

/** The words that an address names; empty where it names something else. */
export function wordsOfAddress(address: string): string {
  return isWordsAddress(address) ? address.slice(WORDS.length).trim() : '';
}

export function isWordsAddress(address: string): boolean {
  return address.startsWith(WORDS);
}

/** What an address chooses; one that names nothing chooses what the page opens with. */
export function findChoice(
  passages: readonly Passage[],
  filter: PassageFilter,
  address: string,
  queries: readonly SavedQuery[],
): Choice {
  const find = (wanted: string): number => findAddress(passages, wanted);
  if (address.startsWith(SAVED)) {
    const query = findQuery(address.slice(SAVED.length), queries, (member) => find(member) >= 0);
    const ids = query?.members.map(find).filter((id) => id >= 0) ?? [];
    if (query && ids.length > 0) return { ids, query };
  }
  if (isWordsAddress(address)) {
    const text = wordsOfAddress(address);
    const { ids, found } = text === '' ? { ids: [], found: 0 } : filter.densest(text, POOLED);
    if (ids.length > 0) return { ids, words: { text, found } };
  }
  const id = find(address);
  return { ids: [id >= 0 ? id : find(OPENING_ADDRESS)] };
}
