/**
Among which passages to search, seen from the chosen ones.

@module
*/
import type { Passage } from '../passages.js';
import { type RowSet, rowSet } from '../search/row-set.js';

export interface Scope {
  readonly label: string;
  readonly includes: (passage: Passage, chosen: readonly Passage[]) => boolean;
}

const isOther = (passage: Passage, chosen: readonly Passage[]): boolean => !chosen.includes(passage);
const inBook = (passage: Passage, chosen: readonly Passage[]): boolean =>
  chosen.some(({ code }) => code === passage.code);

export const scopes = {
  chapters: {
    label: 'other chapters',
    includes: (passage, chosen) =>
      !chosen.some(({ code, chapter }) => code === passage.code && chapter === passage.chapter),
  },
  book: {
    label: 'the same book',
    includes: (passage, chosen) => inBook(passage, chosen) && isOther(passage, chosen),
  },
  books: { label: 'other books', includes: (passage, chosen) => !inBook(passage, chosen) },
  all: { label: 'all others', includes: isOther },
  old: {
    label: 'the Old Testament',
    includes: (passage, chosen) => passage.testament === 'Old' && isOther(passage, chosen),
  },
  new: {
    label: 'the New Testament',
    includes: (passage, chosen) => passage.testament === 'New' && isOther(passage, chosen),
  },
} satisfies Record<string, Scope>;

export type ScopeName = keyof typeof scopes;

export function isScopeName(name: string): name is ScopeName {
  return Object.hasOwn(scopes, name);
}

/** The passages of a scope. */
export function scopeRows(
  passages: readonly Passage[],
  chosen: readonly Passage[],
  scope: ScopeName,
): RowSet {
  return rowSet(passages.length, (id) => scopes[scope].includes(passages[id] as Passage, chosen));
}
