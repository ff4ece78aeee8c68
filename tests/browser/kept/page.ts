/** A page with a collection that outlives it, told from outside what to do. Every answer is JSON. */
import {
  type Collection,
  type CollectionOptions,
  deleteCollection,
  openCollection,
  restoreCollection,
} from 'vicinal/worker';
import { storeFileNames } from '../../../bindings/api/store-files.js';
import { folderName } from '../../../worker/storage/storage-names.js';

let collection: Collection;
let dim = 0;

/** Numbers that a place tells, in [0, 1). */
const numberAt = (place: number): number => (Math.imul(place + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
const vectorOf = (id: number) => Float32Array.from({ length: dim }, (_, i) => numberAt(id * dim + i));

async function idsOf(read: Collection): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const { id } of read.scroll()) ids.push(id);
  return ids;
}

/** Changes a byte of the vector of an id where it stands in `bytes`; whether it does. */
function changeVector(bytes: Uint8Array, id: number): boolean {
  const wanted = new Uint8Array(vectorOf(id).buffer);
  const at = bytes.findIndex((_, start) => wanted.every((byte, i) => bytes[start + i] === byte));
  if (at >= 0) bytes[at] = (bytes[at] as number) ^ 1;
  return at >= 0;
}

async function damageFile(name: string, id: number): Promise<boolean> {
  let folder = await navigator.storage.getDirectory();
  for (const part of ['vicinal', folderName(name), 'shard-0']) folder = await folder.getDirectoryHandle(part);
  const handle = await folder.getFileHandle('data');
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const isThere = changeVector(bytes, id);
  const file = await handle.createWritable();
  await file.write(bytes);
  await file.close();
  return isThere;
}

async function damageDatabase(name: string, id: number): Promise<boolean> {
  const database = await settled(indexedDB.open(`vicinal/${folderName(name)}/shard-0`));
  const blocks = database.transaction('blocks', 'readwrite').objectStore('blocks');
  let isThere = false;
  // Of the file `data` (worker/storage/indexeddb-files.ts).
  const range = IDBKeyRange.lowerBound(storeFileNames.indexOf('data') * 2 ** 32);
  for (const key of await settled(blocks.getAllKeys(range))) {
    const bytes = (await settled(blocks.get(key))) as Uint8Array;
    if (isThere || !changeVector(bytes, id)) continue;
    isThere = true;
    await settled(blocks.put(bytes, key));
  }
  database.close();
  return isThere;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

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

  /** Points from `first` on, a hundred a call, until one is refused: the first of that call, and its error. */
  async fill(first: number): Promise<unknown> {
    // Databases compress what repeats itself.
    const textOf = (id: number) =>
      Array.from({ length: 200 }, (_, i) =>
        numberAt(id * 200 + i)
          .toString(36)
          .slice(2, 7),
      ).join('');
    for (let next = first; ; next += 100) {
      const ids = Array.from({ length: 100 }, (_, i) => next + i);
      const points = ids.map((id) => ({ id, vector: vectorOf(id), payload: { text: textOf(id) } }));
      try {
        await collection.upsert(points);
        // The browser counts anew what is kept when it is asked, and some time after otherwise.
        await navigator.storage.estimate();
      } catch (error) {
        const { code, message } = error as { readonly code?: string; readonly message: string };
        return { first: next, code, message };
      }
    }
  },

  /** Bytes that the site keeps, as the browser tells. */
  async usage(): Promise<number> {
    return (await navigator.storage.estimate()).usage ?? 0;
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

  ids(): Promise<unknown[]> {
    return idsOf(collection);
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

  close(): Promise<unknown> {
    return collection.close().then(() => null);
  },

  async remove({ name }: CollectionOptions): Promise<void> {
    await collection.close();
    await deleteCollection({ name });
  },

  /** Bytes of memory that vectors take. */
  async vectorBytes(): Promise<number> {
    return (await collection.info()).vectors['']?.memoryBytes as number;
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

  /** Changes a byte of the vector of an id in the files of a collection that nobody has open; whether it is there. */
  damage(kind: string, { name, dim: length }: CollectionOptions, id: number): Promise<boolean> {
    dim = length as number;
    return kind === 'indexeddb' ? damageDatabase(name, id) : damageFile(name, id);
  },

  /** What is left of a damaged one: what is told of it, the code of a change's error, ids, and those in its snapshot. */
  async openDamaged(options: CollectionOptions): Promise<unknown> {
    const codeOf = (opening: Promise<unknown>) =>
      opening.then(
        () => 'none',
        (error: { readonly code?: string }) => error.code,
      );
    const refused = await codeOf(openCollection(options));
    dim = options.dim as number;
    collection = await openCollection({ ...options, ifDamaged: 'readOnly' });
    const { damage } = (await collection.info()).storage;
    const change = await codeOf(collection.delete([1]));
    const ids = await idsOf(collection);
    return { refused, damage, change, ids, restoredIds: await kept.idsInSnapshot(options) };
  },

  /** Those of a collection that is made of a snapshot. */
  async idsInSnapshot(options: CollectionOptions): Promise<unknown> {
    const snapshot = await new Response(collection.snapshot()).blob();
    const again = { ...options, name: `${options.name} again` };
    const restored = await restoreCollection(again, snapshot);
    const ids = await idsOf(restored);
    await restored.close();
    await deleteCollection({ name: again.name });
    return ids;
  },

  async role(): Promise<string> {
    return (await collection.info()).role ?? 'alone';
  },

  async storage(): Promise<unknown> {
    return (await collection.info()).storage;
  },
};

Object.assign(globalThis, { kept, isReady: true });
