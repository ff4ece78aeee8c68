/**
The reader's stars and saved queries, kept in this browser.

@module
*/
import { Remembered } from '../remembered.js';
import { keyOf, type SavedQuery } from './saved-queries.js';

export type OwnQuery = Pick<SavedQuery, 'title' | 'members'>;

/** Addresses of the starred passages. */
export const starred = new Remembered<readonly string[]>('vicinal-demo.stars', [], readAddresses);

export const ownQueries = new Remembered<readonly OwnQuery[]>('vicinal-demo.queries', [], readQueries);

export function toggleStar(address: string): void {
  starred.update((stars) =>
    stars.includes(address) ? stars.filter((star) => star !== address) : [...stars, address],
  );
}

/** Makes a query of the starred passages, which are starred no more. One of the same title is replaced. */
export function saveStarred(title: string): SavedQuery {
  const query = { title, members: starred.value };
  ownQueries.update((queries) => [...queries.filter((other) => other.title !== title), query]);
  starred.update(() => []);
  return withKey(query);
}

export function deleteQuery(title: string): void {
  ownQueries.update((queries) => queries.filter((query) => query.title !== title));
}

export function withKey(query: OwnQuery): SavedQuery {
  return { ...query, key: keyOf(query.members) };
}

/** What another version or another page has stored may be anything. */
export function readAddresses(stored: unknown): readonly string[] | undefined {
  const isAddress = (value: unknown): boolean => typeof value === 'string' && /^\w{3}\.\d+\.\d+$/.test(value);
  return Array.isArray(stored) && stored.every(isAddress) ? [...new Set<string>(stored)] : undefined;
}

export function readQueries(stored: unknown): readonly OwnQuery[] | undefined {
  if (!Array.isArray(stored)) return undefined;
  const queries = stored.flatMap((entry: { title?: unknown; members?: unknown } | null): OwnQuery[] => {
    const title = typeof entry?.title === 'string' ? entry.title.trim() : '';
    const members = readAddresses(entry?.members);
    return title !== '' && members?.length ? [{ title, members }] : [];
  });
  // Of several with one title the last counts, as where one is saved.
  return [...new Map(queries.map((query) => [query.title, query])).values()];
}

/** Forgets stars and members of queries that are no passages; queries of which none is left go too. */
export function forgetUnknown(isPassage: (address: string) => boolean): void {
  if (!starred.value.every(isPassage)) starred.update((stars) => stars.filter(isPassage));
  if (ownQueries.value.every(({ members }) => members.every(isPassage))) return;
  ownQueries.update((queries) =>
    queries
      .map(({ title, members }) => ({ title, members: members.filter(isPassage) }))
      .filter(({ members }) => members.length > 0),
  );
}
