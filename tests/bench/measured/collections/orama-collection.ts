/**
Orama: every field of its schema is indexed, and vectors are compared one after another. It takes vectors as arrays.

@module
*/
import type { Where } from '@orama/orama';
import type { OpenCollection } from './point-collection.js';
import type { Condition } from './points.js';

/** Low enough that the nearest are always among what is found, and all that is found is sorted. */
export const LEAST_SIMILARITY = 0;

export const openOrama: OpenCollection = async ({ dim }) => {
  const { create, insertMultiple, search } = await import('@orama/orama');
  const schema = { kind: 'enum', year: 'number', price: 'number', vector: `vector[${dim}]` };
  const db = create({ schema });
  return {
    prepare(rows, payloads) {
      const documents = payloads.map((payload, row) => ({
        ...payload,
        id: String(row),
        vector: Array.from(rows.subarray(row * dim, (row + 1) * dim)),
      }));
      return () => insertMultiple(db, documents);
    },
    async search(query, k, condition) {
      const { hits } = await search(db, {
        mode: 'vector',
        vector: { value: query, property: 'vector' },
        similarity: LEAST_SIMILARITY,
        limit: k,
        where: whereOf(condition),
      });
      return hits.map(({ id }) => Number(id));
    },
    count: async (condition) => (await search(db, { where: whereOf(condition), preflight: true })).count,
    close: async () => undefined,
  };
};

function whereOf(condition: Condition): Where {
  if ('kind' in condition) return { kind: { eq: condition.kind } };
  if ('yearBelow' in condition) return { year: { lt: condition.yearBelow } };
  return { price: { between: condition.price } };
}
