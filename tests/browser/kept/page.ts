/** A page with a collection that outlives it, told from outside what to do. Every answer is JSON. */
import {
  type Collection,
  type CollectionOptions,
  deleteCollection,
  openCollection,
  restoreCollection,
} from 'vicinal/worker';

let collection: Collection;
let dim = 0;

/** Numbers that a place tells, in [0, 1). */
const numberAt = (place: number): number => (Math.imul(place + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
const vectorOf = (id: number) => Float32Array.from({ length: dim }, (_, i) => numberAt(id * dim + i));

const kept = {
  /** @returns The tab's role. */
  async open(options: CollectionOptions): Promise<string> {
    dim = options.dim as number;
    collection = await openCollection(options);
    return (await collection.info()).role ?? 'alone';
  },

  /** Points `first` to `last`, with vectors that their ids tell. */
  async upsert(first: number, last: number): Promise<void> {
    const ids = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    await collection.upsert(ids.map((id) => ({ id, vector: vectorOf(id), payload: { even: id % 2 === 0 } })));
  },

  async delete(ids: readonly number[]): Promise<void> {
    await collection.delete(ids);
  },

  optimize(): Promise<unknown> {
    return collection.optimize().then(() => null);
  },

  /** Everything, in the order of ids. */
  async all(): Promise<unknown[]> {
    const points: unknown[] = [];
    for await (const { vector, ...point } of collection.scroll({ withVector: true }))
      points.push({ ...point, vector: [...(vector as Float32Array)] });
    return points;
  },

  /** The nearest to a vector of an id, with a filter and without. */
  async answers(id: number): Promise<unknown[]> {
    const query = vectorOf(id);
    const filter = { must: [{ key: 'even', match: { value: true } }] };
    return [
      await collection.search(query, { k: 10, withPayload: true }),
      await collection.search(query, { k: 10, filter }),
    ];
  },

  /** Saves it, deletes it, and restores it: how many bytes a snapshot takes. */
  async moveThroughSnapshot(options: CollectionOptions): Promise<number> {
    const snapshot = await new Response(collection.snapshot()).blob();
    await collection.close();
    await deleteCollection({ name: options.name });
    collection = await restoreCollection(options, snapshot);
    return snapshot.size;
  },

  /** The code of the error of a snapshot that is none, and whether anything is left of it. */
  async restoreNothing(options: CollectionOptions): Promise<unknown[]> {
    const restoring = restoreCollection({ ...options, name: 'nothing' }, new Blob(['none']));
    const code = await restoring.then(
      () => 'none',
      (error: { readonly code?: string }) => error.code,
    );
    return [code, await deleteCollection({ name: 'nothing' })];
  },

  async role(): Promise<string> {
    return (await collection.info()).role ?? 'alone';
  },

  async storage(): Promise<unknown> {
    return (await collection.info()).storage;
  },
};

Object.assign(globalThis, { kept, isReady: true });
