/**
Saved queries: named sets of passages, searched for by the mean of their embeddings.

@module
*/

export interface SavedQuery {
  /** What names it in the page's address. */
  readonly key: string;
  readonly title: string;
  /** Addresses of its passages. */
  readonly members: readonly string[];
}

/** Those that come with the page. */
export const readyQueries: readonly SavedQuery[] = [
  { key: 'love', title: 'Love', members: ['1CO.13.1', '1JN.4.1', '1JN.4.2'] },
  { key: 'wisdom', title: 'Wisdom, a woman who calls', members: ['PRO.8.1', 'PRO.8.2', 'PRO.9.1'] },
  { key: 'vanity', title: 'All is vanity', members: ['ECC.1.1', 'ECC.2.2', 'JOB.14.1'] },
  { key: 'complaint', title: 'A complaint out of the depths', members: ['JOB.3.1', 'LAM.3.1'] },
  {
    key: 'voyages',
    title: 'Ships, storms and harbours',
    members: ['ACT.27.2', 'ACT.27.3', 'ACT.21.1', 'JON.1.1'],
  },
  { key: 'lost-and-found', title: 'Lost and found', members: ['LUK.15.1', 'LUK.15.2'] },
  { key: 'healing', title: 'The sick are healed', members: ['MRK.2.1', 'JHN.9.1', 'MAT.9.2'] },
  { key: 'empty-tomb', title: 'The empty tomb', members: ['MAT.28.1', 'MRK.16.1', 'JHN.20.1'] },
  { key: 'dreams', title: 'Dreams and who reads them', members: ['GEN.40.1', 'GEN.41.1', 'DAN.2.2'] },
  { key: 'beasts', title: 'Visions of beasts', members: ['DAN.7.1', 'REV.13.1', 'EZK.1.1'] },
  { key: 'temple', title: 'The measures of the temple', members: ['EZK.40.1', '1KI.6.1', 'EZK.41.1'] },
  { key: 'kings', title: 'Kings who did evil', members: ['2KI.21.1', '1KI.16.2'] },
  { key: 'family-trees', title: 'Family trees', members: ['1CH.1.1', 'GEN.5.1', 'MAT.1.1'] },
  { key: 'praise', title: 'Lovers praise each other', members: ['SNG.4.1', 'SNG.5.2', 'SNG.7.1'] },
];

/** How a reader's own query is named in the address: by its passages, so that the link works for others too. */
export function keyOf(members: readonly string[]): string {
  return members.join('+');
}

/**
The query that a key names: one of `known`, else the passages that it lists.

@returns `undefined` where it is neither.
*/
export function findQuery(
  key: string,
  known: readonly SavedQuery[],
  isPassage: (address: string) => boolean,
): SavedQuery | undefined {
  const found = known.find((query) => query.key === key);
  if (found) return found;
  const members = [...new Set(key.split('+'))];
  return members.every(isPassage) ? { key, title: 'A query without a name', members } : undefined;
}
