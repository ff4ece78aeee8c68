/** Random changes of a collection, against a map that is changed alike. */
import fc from 'fast-check';
import {
  type Collection,
  type CollectionOptions,
  openCollection,
  type PointId,
  type PointRecord,
} from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { naiveScore } from '../../support/vectors.js';

const dim = 4;

interface ModelPoint {
  readonly vector: Float32Array;
  readonly payload: Readonly<Record<string, string | number>> | null;
}

type Model = Map<PointId, ModelPoint>;

const ids = fc.oneof(
  fc.integer({ min: 0, max: 12 }),
  fc.integer({ min: 0, max: 6 }).map((n) => `p${n}`),
);
const vectors = fc
  .array(fc.integer({ min: -8, max: 8 }), { minLength: dim, maxLength: dim })
  .map((values) => Float32Array.from(values));
const colors = fc.constantFrom('red', 'green', 'blue');
const payloads = fc.oneof(
  fc.constant(null),
  fc.record({ color: colors, size: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: [] }),
);
const points = fc.array(fc.record({ id: ids, vector: vectors, payload: payloads }), {
  minLength: 1,
  maxLength: 12,
});
const filterOf = (color: string) => ({ must: [{ key: 'color', match: { value: color } }] });
const withColor = (model: Model, color: string) =>
  [...model].filter(([, { payload }]) => payload?.color === color);

/** A change of both. What it is shows where a run fails. */
interface Change {
  readonly name: string;
  readonly args: unknown;
  run(collection: Collection, model: Model): Promise<void>;
}

function changeOf<Args>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (args: Args, collection: Collection, model: Model) => Promise<unknown>,
): fc.Arbitrary<Change> {
  return args.map((given) => ({
    name,
    args: given,
    run: async (collection, model) => void (await run(given, collection, model)),
  }));
}

const upsert = changeOf(
  'upsert',
  fc.tuple(points, fc.integer({ min: 1, max: 5 })),
  async ([given, batchSize], collection, model) => {
    expect(await collection.upsert(given, { batchSize })).toEqual({ count: given.length });
    for (const { id, vector, payload } of given) model.set(id, { vector, payload });
  },
);
const remove = changeOf('delete', fc.array(ids, { maxLength: 5 }), async (given, collection, model) => {
  const there = new Set(given.filter((id) => model.has(id)));
  expect(await collection.delete(given)).toEqual({ count: there.size });
  for (const id of there) model.delete(id);
});
const removeColor = changeOf('delete by filter', colors, async (color, collection, model) => {
  const there = withColor(model, color);
  expect(await collection.delete({ filter: filterOf(color) })).toEqual({ count: there.length });
  for (const [id] of there) model.delete(id);
});
const setPayload = changeOf(
  'setPayload',
  fc.tuple(fc.array(ids, { maxLength: 4 }), fc.integer({ min: 10, max: 19 })),
  async ([given, size], collection, model) => {
    await collection.setPayload({ size }, given);
    for (const id of given) {
      const point = model.get(id);
      if (point !== undefined) model.set(id, { ...point, payload: { ...point.payload, size } });
    }
  },
);
const clearPayload = changeOf('clearPayload', colors, async (color, collection, model) => {
  await collection.clearPayload({ filter: filterOf(color) });
  for (const [id, point] of withColor(model, color)) model.set(id, { ...point, payload: null });
});
const updateVector = changeOf(
  'updateVectors',
  fc.tuple(ids, vectors),
  async ([id, vector], collection, model) => {
    const point = model.get(id);
    const update = collection.updateVectors([{ id, vector }]);
    if (point === undefined) return expect(update).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await update;
    return model.set(id, { ...point, vector });
  },
);
const optimize = changeOf('optimize', fc.constant(undefined), (_, collection) => collection.optimize());

const changes = fc.oneof(
  { weight: 5, arbitrary: upsert },
  { weight: 2, arbitrary: remove },
  { weight: 1, arbitrary: removeColor },
  { weight: 2, arbitrary: setPayload },
  { weight: 1, arbitrary: clearPayload },
  { weight: 2, arbitrary: updateVector },
  { weight: 1, arbitrary: optimize },
);

/** Closes the collection, and opens it again: what it is made of is its test's to know. */
const reopening: Change = { name: 'close and open', args: undefined, run: async () => {} };
const durableChanges = fc.oneof(
  { weight: 4, arbitrary: changes },
  { weight: 1, arbitrary: fc.constant(reopening) },
);

/** In the order in which points are listed. */
function inOrder(model: Model): PointId[] {
  return [...model.keys()].sort((a, b) => {
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a < b ? -1 : 1;
  });
}

async function expectAlike(collection: Collection, model: Model, query: Float32Array, color: string) {
  const records: PointRecord[] = [];
  for await (const record of collection.scroll({ withVector: true })) records.push(record);
  expect(records.map(({ id }) => id)).toEqual(inOrder(model));
  for (const { id, payload, vector } of records) {
    expect(vector).toEqual(model.get(id)?.vector);
    expect(payload ?? {}).toEqual(model.get(id)?.payload ?? {});
  }
  const allowed = withColor(model, color);
  expect(await collection.count({ filter: filterOf(color) })).toBe(allowed.length);
  const hits = await collection.search(query, { k: 4, filter: filterOf(color) });
  const scores = allowed
    .map(([, { vector }]) => naiveScore('euclidean', query, vector))
    .sort((a, b) => b - a);
  expect(hits).toHaveLength(Math.min(4, allowed.length));
  hits.forEach(({ id, score }, rank) => {
    // Equal scores may stand in any order where there is room for only some of them.
    expect(score).toBeCloseTo(scores[rank] as number, 4);
    expect(model.get(id)?.payload?.color).toBe(color);
  });
}

const folder = temporaryFolders();

describe.each([
  { shards: 1, index: 'flat', storage: 'memory' },
  { shards: 3, index: 'flat', storage: 'memory' },
  { shards: 2, index: 'hnsw', storage: 'memory' },
  { shards: 1, index: 'flat', storage: 'file' },
  { shards: 2, index: 'hnsw', storage: 'file' },
] as const)('$index in $shards workers, kept in $storage', ({ shards, index, storage }) => {
  it('holds what a map holds after any changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(storage === 'memory' ? changes : durableChanges, { minLength: 1, maxLength: 12 }),
        vectors,
        colors,
        async (made, query, color) => {
          const options: CollectionOptions = {
            ...{ name: 'model', dim, metric: 'euclidean', index, shards, storage },
            ...(storage === 'file' && { path: folder() }),
            payloadIndex: { color: 'keyword' },
          };
          let collection = await openCollection(options);
          try {
            const model: Model = new Map();
            for (const change of made) {
              if (change === reopening) {
                await collection.close();
                collection = await openCollection(options);
              } else await change.run(collection, model);
              await expectAlike(collection, model, query, color);
            }
          } finally {
            await collection.close();
          }
        },
      ),
      { seed: 20261128, numRuns: 30 },
    );
  }, 120_000);
});
