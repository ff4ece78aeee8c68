/** Asks a collection whenever what is asked has changed; returns the newest answer that is here, unless one failed since. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Settings } from '../address.js';
import type { Search } from './controls.js';
import type { Answer, LiveSearch } from './live-search.js';
import type { RowSet } from './row-set.js';

/** The settings in force: those of the address, else those that the view has by itself. */
export function searchBy(settings: Settings, usual: Search): Search {
  return { ...usual, ...settings };
}

/**
@param among - Makes the rows to search among; `key` changes when they do.
*/
export function useAnswer(
  live: LiveSearch,
  ids: readonly number[],
  search: Search,
  among: () => RowSet,
): Answer | undefined {
  const { metric, k, index, ef, variant, among: scope } = search;
  const key = ids.join();
  // `key` stands for `ids`; with `scope` it stands for what `among` reads.
  const rows = useMemo(among, [key, scope, live]);
  useEffect(() => {
    live.ask({ ids, metric, k, index, efSearch: ef, variant, among: rows });
    return () => live.stop();
  }, [live, key, metric, k, index, index === 'graph' && ef, variant, rows]);
  return live.failure.value === undefined ? live.answer.value : undefined;
}
