/**
Search results on their way between threads: the hits of all queries in three arrays.

@module
*/
import { SearchResults } from '../bindings/api/search-results.js';
import type { PackedResults } from './protocol.js';

export function packResults(results: readonly SearchResults[]): PackedResults {
  const counts = Uint32Array.from(results, (result) => result.count());
  const hitCount = counts.reduce((sum, count) => sum + count, 0);
  const packed = {
    counts,
    ids: new Uint32Array(hitCount),
    scores: new Float32Array(hitCount),
    distances: new Float32Array(hitCount),
    queryTimes: Float64Array.from(results, (result) => result.queryTime()),
  };
  let start = 0;
  for (const { ids, scores, distances } of results) {
    packed.ids.set(ids, start);
    packed.scores.set(scores, start);
    packed.distances.set(distances, start);
    start += ids.length;
  }
  return packed;
}

/** The arrays of each result are its own, so that a caller may keep or send away any of them. */
export function unpackResults({
  counts,
  ids,
  scores,
  distances,
  queryTimes,
}: PackedResults): SearchResults[] {
  let start = 0;
  return Array.from(counts, (count, query) => {
    const end = start + count;
    const result = new SearchResults(
      ids.slice(start, end),
      scores.slice(start, end),
      distances.slice(start, end),
      queryTimes[query] ?? 0,
    );
    start = end;
    return result;
  });
}

/** The result of a single query. */
export function unpackResult(packed: PackedResults): SearchResults {
  return new SearchResults(packed.ids, packed.scores, packed.distances, packed.queryTimes[0] ?? 0);
}
