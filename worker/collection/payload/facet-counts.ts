/**
The values of a field, and how many points have each.

@module
*/

type Value = string | number | boolean;

/** By value. */
export type FacetCounts = ReadonlyMap<Value, number>;

/** Kept before they are cut to those wanted, beside as many as these. */
const spare = 64;

/** Those that most points have: most frequent first, ties by value. Takes no more room than for twice as many. */
export function mostFrequent(counts: FacetCounts, limit: number): [value: Value, count: number][] {
  const best: [Value, number][] = [];
  let last: [Value, number] | undefined;
  for (const entry of counts) {
    if (last !== undefined && compare(entry, last) > 0) continue;
    best.push(entry);
    if (best.length < 2 * limit + spare) continue;
    best.sort(compare);
    best.length = limit;
    last = best.at(-1);
  }
  return best.sort(compare).slice(0, limit);
}

function compare([a, ofA]: [Value, number], [b, ofB]: [Value, number]): number {
  return ofB - ofA || (a < b ? -1 : a > b ? 1 : 0);
}
