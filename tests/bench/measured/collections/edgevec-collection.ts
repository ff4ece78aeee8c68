/**
The graph of edgevec with its metadata, by the strategy that it chooses itself.

@module
*/
import { loadEdgevec } from '../edgevec.js';
import type { OpenCollection } from './point-collection.js';
import type { Condition } from './points.js';

/** As this package's defaults. */
const LIST = 64;
const FIRST_ID = 1;

export const openEdgevecCollection: OpenCollection = async ({ dim }, surroundings) => {
  const { open } = await loadEdgevec({ dim }, surroundings);
  const index = open((config) => {
    config.metric = 'l2';
    config.m = 16;
    config.m0 = 32;
    config.ef_construction = 200;
    config.ef_search = LIST;
  });
  return {
    prepare: (rows, payloads) => () => {
      payloads.forEach((payload, row) => {
        index.insertWithMetadata(rows.subarray(row * dim, (row + 1) * dim), payload);
      });
    },
    async search(query, k, condition) {
      const options = JSON.stringify({ filter: textOf(condition), strategy: 'auto' });
      const { results } = JSON.parse(index.searchFiltered(query, k, options)) as {
        results: { readonly id: number }[];
      };
      return results.map(({ id }) => id - FIRST_ID);
    },
    close: async () => index.free(),
  };
};

function textOf(condition: Condition): string {
  if ('kind' in condition) return `kind = "${condition.kind}"`;
  if ('yearBelow' in condition) return `year < ${condition.yearBelow}`;
  const [atLeast, below] = condition.price;
  return `price >= ${atLeast} AND price < ${below}`;
}
