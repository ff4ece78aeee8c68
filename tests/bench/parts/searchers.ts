/**
Searchers as turn-takers, each answer checked.

@module
*/
import type { Metric } from 'vicinal';
import type { SearcherName } from '../measured/bench.js';
import type { Truth } from '../rows/truth.js';
import type { NativeForm, NativeSearch } from '../runtimes/native-search.js';
import type { Turn } from '../turns.js';
import type { Loaded } from './session.js';

export const METRICS: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];
export const K = 10;

/** What each search of one comparison has in common. */
export interface Searches {
  readonly metric: Metric;
  readonly k: number;
  /** Searches of one measurement. */
  readonly times: number;
  readonly truth: Truth;
}

/** A searcher that is open in a runtime. */
export interface Opened extends Loaded {
  readonly searcher: SearcherName;
  readonly handle: number;
}

export async function open(loaded: Loaded, searcher: SearcherName, metric: Metric): Promise<Opened> {
  return { ...loaded, searcher, handle: await loaded.runtime.call('open', { searcher, metric }) };
}

/** By another query in every round. */
export function searchTurn(
  who: string,
  { runtime, handle }: Opened,
  { metric, k, times, truth }: Searches,
): Turn {
  return {
    who,
    async take(round) {
      const query = Math.max(0, round);
      const { ms, ids } = await runtime.call('search', handle, query, k, times);
      truth.check(who, metric, query, k, ids);
      return ms;
    },
  };
}

export function nativeTurn(
  who: NativeForm,
  native: NativeSearch,
  { metric, k, times, truth }: Searches,
): Turn {
  return {
    who,
    async take(round) {
      const query = Math.max(0, round);
      const { ms, ids } = await native.search(metric, who, query, k, times);
      truth.check(`native, ${who}`, metric, query, k, ids);
      return ms;
    },
  };
}

/** By all queries in one call. The answers are the same in every round, and all are checked in the first. */
export function batchTurn(
  who: string,
  searchBatch: (k: number) => Promise<{ ms: number; ids: number[][] }>,
  { metric, k, truth }: Omit<Searches, 'times'>,
): Turn {
  return {
    who,
    async take(round) {
      const { ms, ids } = await searchBatch(k);
      if (round === 0) truth.checkAll(who, metric, k, ids);
      return ms;
    },
  };
}
