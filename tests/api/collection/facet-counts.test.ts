import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mostFrequent } from '../../../worker/collection/payload/facet-counts.js';

it('the most frequent values are those of all, sorted', () => {
  const entry = fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 1, max: 4 }));
  const given = fc.tuple(fc.array(entry, { maxLength: 400 }), fc.integer({ min: 1, max: 30 }));
  fc.assert(
    fc.property(given, ([entries, limit]) => {
      const counts = new Map(entries);
      const sorted = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : Number(a > b)));
      expect(mostFrequent(counts, limit)).toEqual(sorted.slice(0, limit));
    }),
    { seed: 1, numRuns: 300 },
  );
});
