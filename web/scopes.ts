/**
Among which passages to search, seen from the chosen one.

@module
*/
import type { Passage } from './passages.js';

export interface Scope {
  readonly label: string;
  readonly includes: (passage: Passage, chosen: Passage) => boolean;
}

export const scopes = {
  chapters: {
    label: 'other chapters',
    includes: (passage, chosen) => passage.code !== chosen.code || passage.chapter !== chosen.chapter,
  },
  books: { label: 'other books', includes: (passage, chosen) => passage.code !== chosen.code },
  all: { label: 'all others', includes: (passage, chosen) => passage !== chosen },
  old: {
    label: 'the Old Testament',
    includes: (passage, chosen) => passage !== chosen && passage.testament === 'Old',
  },
  new: {
    label: 'the New Testament',
    includes: (passage, chosen) => passage !== chosen && passage.testament === 'New',
  },
} satisfies Record<string, Scope>;

export type ScopeName = keyof typeof scopes;

/** The passages of a scope as a search takes them: bit `id % 32` of word `id / 32`. */
export function scopeBits(
  passages: readonly Passage[],
  chosen: Passage,
  scope: ScopeName,
): { bits: Uint32Array; count: number } {
  const bits = new Uint32Array(Math.ceil(passages.length / 32));
  let count = 0;
  passages.forEach((passage, id) => {
    if (!scopes[scope].includes(passage, chosen)) return;
    const word = id >>> 5;
    bits[word] = (bits[word] ?? 0) | (1 << (id & 31));
    count++;
  });
  return { bits, count };
}
