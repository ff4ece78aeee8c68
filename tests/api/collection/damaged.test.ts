/** Collections in folders whose bytes are not what was written: what is left of them, and that it is told what is not. */
import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Collection,
  type CollectionDamage,
  type CollectionOptions,
  openCollection,
  type Point,
  restoreCollection,
  type StoredVectors,
} from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { naiveSearch, randomVectors, rowOf } from '../../support/vectors.js';
import { openedCollections } from './support/opened-collections.js';

const folder = temporaryFolders();

/** Places all over a file. */
const placeOf = (bytes: Buffer, round: number) =>
  Math.floor((round * 0.6180339887 * bytes.length) % bytes.length);

/** The same, of bytes that are not zero: of which there are many where nothing is. */
function usedPlace(bytes: Buffer, round: number): number {
  const place = placeOf(bytes, round);
  const used = bytes.findIndex((byte, at) => at >= place && byte !== 0);
  return used < 0 ? place : used;
}

/** All kinds of vectors and indexes. */
const everything = (path: string, shards = 1): CollectionOptions => ({
  ...{ name: 'all', storage: 'file', path, shards },
  vectors: {
    graph: { dim: 8, index: 'hnsw', metric: 'euclidean', fullScanThreshold: 10 },
    codes: { dim: 8, quantization: { codec: 'scalar', bits: 8 } },
    lists: { dim: 8, index: 'ivf', metric: 'dot' },
  },
  sparseVectors: { terms: {}, text: { text: { fields: ['words'], language: 'english' } } },
  payloadIndex: { color: 'keyword', size: 'integer' },
});

const words = ['running foxes', 'lazy dogs', 'brown bears and foxes', 'nothing of it'];

function pointOf(id: number, seed: number): Point {
  const vector = rowOf(randomVectors(1, 8, 1000 * seed + id), 8, 0);
  return {
    id: id % 3 === 0 ? `point ${id}` : id,
    vector: {
      graph: vector,
      ...(id % 5 !== 0 && { codes: vector }),
      ...(id % 7 !== 0 && { lists: vector }),
      ...(id % 4 !== 0 && { terms: { indices: [id % 7, 100 + (id % 11)], values: [1, 0.5] } }),
    },
    payload: { color: ['red', 'green', 'blue'][id % 3] as string, size: id, words: words[id % 4] as string },
  };
}

const pointsOf = (first: number, end: number, seed = 1) =>
  Array.from({ length: end - first }, (_, index) => pointOf(first + index, seed));

const textOf = (point: object): string =>
  JSON.stringify(point, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value));

/** Each point as JSON, by id. */
async function pointsIn(collection: Collection): Promise<Map<string | number, string>> {
  const points = new Map<string | number, string>();
  for await (const point of collection.scroll({ withVector: true })) points.set(point.id, textOf(point));
  return points;
}

/** Everything that a point has been when a change was acknowledged. */
class Acknowledged {
  readonly #versions = new Map<string | number, Set<string>>();
  now = new Map<string | number, string>();

  async note(collection: Collection): Promise<void> {
    this.now = await pointsIn(collection);
    for (const [id, text] of this.now)
      this.#versions.set(id, (this.#versions.get(id) ?? new Set()).add(text));
  }

  expectAllIn(found: ReadonlyMap<string | number, string>): void {
    for (const [id, text] of found) expect([...(this.#versions.get(id) ?? [])]).toContain(text);
  }
}

/** The files of all shards, without locks. */
function filesOf(path: string): [file: string, bytes: Buffer][] {
  const files = readdirSync(path).flatMap((shard) =>
    ['root', 'log-0', 'log-1', 'data'].map((name) => join(path, shard, name)),
  );
  return files.map((file) => [file, readFileSync(file)]);
}

function writeFiles(files: readonly (readonly [file: string, bytes: Buffer])[]): void {
  for (const [file, bytes] of files) writeFileSync(file, bytes);
}

describe('a damaged collection', () => {
  const { open, closeLater } = openedCollections();

  /** Opens it as it is, and leaves it; what it says of damage. */
  async function look(options: CollectionOptions, use: (collection: Collection) => Promise<void>) {
    const collection = await openCollection({ ...options, ifDamaged: 'readOnly' });
    try {
      await use(collection);
      return (await collection.info()).storage;
    } finally {
      await collection.close();
    }
  }

  const isRefused = (options: CollectionOptions) =>
    openCollection(options).then(
      async (collection) => {
        await collection.close();
        return false;
      },
      (error) => {
        expect(error).toMatchObject({ code: 'CORRUPT_DATA' });
        return true;
      },
    );

  /** What every read says must be what the points say. */
  async function expectToAgree(collection: Collection, points: ReadonlyMap<string | number, string>) {
    expect(await collection.count()).toBe(points.size);
    expect(await collection.count({ filter: { must: [{ key: 'size', range: { gte: 0 } }] } })).toBe(
      points.size,
    );
    const facet = await collection.facet({ key: 'color' });
    expect(facet.reduce((sum, { count }) => sum + count, 0)).toBe(points.size);
    const ids = [...points.keys()];
    const [some] = await collection.retrieve(ids.slice(-1), { withVector: true });
    if (some !== undefined) expect(textOf(some)).toBe(points.get(some.id));
    for (const using of ['graph', 'codes', 'lists']) {
      const stored = [...points.values()].map(
        (text) => JSON.parse(text).vector[using] as number[] | undefined,
      );
      const query = rowOf(randomVectors(1, 8, 5), 8, 0);
      const hits = await collection.search(query, { using, k: 200, params: { exact: true } });
      const rows = stored.flatMap((vector, place) => (vector ? [{ id: ids[place], vector }] : []));
      const metric = using === 'graph' ? 'euclidean' : using === 'codes' ? 'cosine' : 'dot';
      const flat = Float32Array.from(rows.flatMap(({ vector }) => vector));
      const expected = naiveSearch(metric, flat, query, 200).map(({ id }) => rows[id]?.id);
      expect(new Set(hits.map(({ id }) => id))).toEqual(new Set(expected));
      expect(hits[0]?.id).toBe(expected[0]);
    }
    const byTerm = await collection.query({ query: { indices: [1], values: [1] }, using: 'terms', k: 200 });
    const withTerm = [...points.values()].filter((text) =>
      JSON.parse(text).vector.terms?.indices.includes(1),
    );
    expect(byTerm.length).toBe(withTerm.length);
    const byWord = await collection.query({ query: { text: 'fox' }, using: 'text', k: 200 });
    expect(byWord.length).toBe([...points.values()].filter((text) => /fox/.test(text)).length);
  }

  async function expectToRefuse(collection: Collection) {
    for (const change of [
      collection.upsert(pointsOf(0, 1)),
      collection.delete([1]),
      collection.setPayload({ a: 1 }, [1]),
      collection.overwritePayload({ a: 1 }, [1]),
      collection.deletePayload(['size'], [1]),
      collection.clearPayload([1]),
      collection.updateVectors([{ id: 1, vector: { graph: new Float32Array(8) } }]),
      collection.deleteVectors(['graph'], [1]),
      collection.createPayloadIndex('other', 'keyword'),
      collection.deletePayloadIndex('size'),
      collection.optimize(),
    ])
      await expect(change).rejects.toMatchObject({ code: 'READ_ONLY' });
  }

  /** A collection with changes in its checkpoint and behind it, as files. */
  async function written(options: CollectionOptions): Promise<Acknowledged> {
    const acknowledged = new Acknowledged();
    const collection = await open(options);
    const change = async (made: Promise<unknown>) => {
      await made;
      await acknowledged.note(collection);
    };
    await change(collection.upsert(pointsOf(0, 60)));
    await change(collection.delete([1, 'point 3', 50]));
    await collection.optimize();
    await change(collection.upsert(pointsOf(60, 90)));
    await change(collection.upsert(pointsOf(10, 20, 2)));
    await change(collection.setPayload({ more: true }, [4, 5, 62]));
    await change(
      collection.updateVectors(
        [7, 8, 64].map((id) => ({ id, vector: { graph: new Float32Array(8).fill(id / 100) } })),
      ),
    );
    await change(collection.delete({ filter: { must: [{ key: 'size', range: { gte: 85 } }] } }));
    const left = folder();
    cpSync(options.path as string, left, { recursive: true });
    await collection.close();
    writeFiles(filesOf(left).map(([file, bytes]) => [file.replace(left, options.path as string), bytes]));
    return acknowledged;
  }

  /**
  Opens files as they are, whatever was done to them: served is what was acknowledged, what is missing is told, and they
  stay as they are. Returns what was found.
  */
  async function check(
    options: CollectionOptions,
    acknowledged: Acknowledged,
    isTorn: boolean,
    isThorough: boolean,
  ) {
    const files = filesOf(options.path as string);
    let found = new Map<string | number, string>();
    const { damage, tornBytes } = await look(options, async (collection) => {
      found = await pointsIn(collection);
      acknowledged.expectAllIn(found);
      const { storage, status } = await collection.info();
      if (storage.damage === undefined) return;
      expect(status).toBe('red');
      expect((await collection.verify()).damage).toEqual(storage.damage.files);
      await expectToRefuse(collection);
      if (isThorough) {
        await expectToAgree(collection, found);
        const restored = await restoreCollection(everything(folder(), 1), collection.snapshot());
        closeLater(restored);
        expect(await pointsIn(restored)).toEqual(found);
        expect(await restored.verify()).toMatchObject({ ok: true });
        await expectToAgree(restored, found);
      }
    });
    const isMissing = [...acknowledged.now].some(([id, text]) => found.get(id) !== text);
    if (damage === undefined) {
      expect(isMissing && !isTorn && tornBytes === 0).toBe(false);
      writeFiles(files);
      expect(await isRefused(options)).toBe(false);
      return { found, damage };
    }
    expect(filesOf(options.path as string)).toEqual(files);
    expect(damage.files.length + damage.lostShards.length).toBeGreaterThan(0);
    if (isMissing) expect(damage.lostChanges || damage.lostPoints !== 0).toBe(true);
    if (typeof damage.lostPoints === 'number')
      expect(damage.lostPoints).toBe(acknowledged.now.size - found.size);
    expect(await isRefused(options)).toBe(true);
    return { found, damage };
  }

  it('serves what was acknowledged, and tells what is missing, whichever byte is another', async () => {
    const options = everything(folder());
    const acknowledged = await written(options);
    const whole = filesOf(options.path as string);
    const sized = whole.filter(([, bytes]) => bytes.length > 0);
    const counts = { damaged: 0, some: 0, all: 0 };
    for (let round = 0; round < 48; round++) {
      const [file, bytes] = sized[round % sized.length] as (typeof sized)[number];
      const changed = Buffer.from(bytes);
      const at = usedPlace(bytes, round);
      changed[at] = (changed[at] as number) ^ (1 << (round % 8));
      writeFiles(whole);
      writeFileSync(file, changed);
      const { found, damage } = await check(options, acknowledged, false, round % 6 === 0);
      if (damage === undefined) continue;
      counts.damaged++;
      if (found.size === acknowledged.now.size) counts.all++;
      else if (found.size > 0) counts.some++;
    }
    expect(counts.damaged).toBeGreaterThan(12);
    expect(counts.some).toBeGreaterThan(3);
    expect(counts.all).toBeGreaterThan(0);
  }, 240_000);

  it('serves what was acknowledged, and tells what is missing, wherever a file ends', async () => {
    const options = everything(folder());
    const acknowledged = await written(options);
    const whole = filesOf(options.path as string);
    let damaged = 0;
    for (let round = 0; round < 28; round++) {
      const [file, bytes] = whole[round % whole.length] as (typeof whole)[number];
      writeFiles(whole);
      truncateSync(file, round < 8 ? 0 : placeOf(bytes, round));
      // The end of a log that is cut off is a change that was never acknowledged, for all that anyone can tell.
      const { damage } = await check(options, acknowledged, /log/.test(file), round % 6 === 0);
      if (damage !== undefined) damaged++;
    }
    expect(damaged).toBeGreaterThan(5);
  }, 240_000);

  it('loses no shard but the one of which nothing can be read', async () => {
    const options = everything(folder(), 2);
    const collection = await open(options);
    await collection.upsert(pointsOf(0, 60));
    const before = await pointsIn(collection);
    await collection.close();
    const path = options.path as string;
    for (const name of ['root', 'log-0', 'log-1'])
      writeFileSync(join(path, 'shard-1', name), Buffer.alloc(5000, 7));
    const files = filesOf(path);
    expect(await isRefused(options)).toBe(true);
    let damage: CollectionDamage | undefined;
    await look(options, async (damaged) => {
      const found = await pointsIn(damaged);
      expect(found.size).toBeGreaterThan(10);
      expect(found.size).toBeLessThan(50);
      for (const [id, text] of found) expect(text).toBe(before.get(id));
      damage = (await damaged.info()).storage.damage;
      await expectToRefuse(damaged);
      const restored = await restoreCollection(everything(folder(), 2), damaged.snapshot());
      closeLater(restored);
      expect(await pointsIn(restored)).toEqual(found);
    });
    expect(damage).toMatchObject({ lostShards: [1], lostPoints: 'unknown', lostChanges: true });
    expect(damage?.files).toMatchObject([{ shard: 1, file: 'root', offset: 0 }]);
    expect(filesOf(path)).toEqual(files);
    for (const name of ['root', 'log-0', 'log-1'])
      writeFileSync(join(path, 'shard-0', name), Buffer.alloc(5000, 7));
    await look(options, async (damaged) => {
      expect(await damaged.count()).toBe(0);
      expect((await damaged.info()).storage.damage?.lostShards).toEqual([0, 1]);
    });
    const { shards: _, ...fewer } = options;
    await expect(openCollection({ ...fewer, shards: 'auto', ifDamaged: 'readOnly' })).rejects.toMatchObject({
      code: 'CORRUPT_DATA',
    });
  });

  it('is the one that is asked for, or refused', async () => {
    const options = everything(folder());
    await written(options);
    const data = join(options.path as string, 'shard-0', 'data');
    const bytes = readFileSync(data);
    bytes[bytes.indexOf('"color"')] = 1;
    writeFileSync(data, bytes);
    const other = { vectors: { ...options.vectors, graph: { dim: 9 } }, ifDamaged: 'readOnly' } as const;
    await expect(openCollection({ ...options, ...other })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const misspelt = { ...options, ifDamaged: 'readonly' as 'readOnly' };
    await expect(openCollection(misspelt)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('opens as any other where it is whole, or new, and keeps what is done', async () => {
    const options = { ...everything(folder(), 2), ifDamaged: 'readOnly' } as const;
    const collection = await open(options);
    await collection.upsert(pointsOf(0, 20));
    await collection.close();
    const again = await open({ ...options, payloadIndex: { ...options.payloadIndex, words: 'text' } });
    await again.delete([1]);
    const before = await pointsIn(again);
    expect((await again.info()).storage).not.toHaveProperty('damage');
    await again.close();
    const plain = await open(everything(options.path as string, 2));
    expect(await pointsIn(plain)).toEqual(before);
    expect(Object.keys((await plain.info()).payloadSchema)).toContain('words');
  });

  describe('of many blocks', () => {
    const count = 5000;
    const dim = 32;
    const rows = randomVectors(count, dim, 11);
    const large = (path: string): CollectionOptions => ({
      ...{ name: 'large', storage: 'file', path, dim, index: 'hnsw', metric: 'euclidean' },
      sparseVectors: { terms: {} },
    });
    const pointAt = (id: number): Point => ({
      id,
      vector: {
        '': rowOf(rows, dim, id),
        terms: {
          indices: Array.from({ length: 12 }, (_, i) => 31 * i + ((id * 7 + i) % 31)),
          values: Array.from({ length: 12 }, (_, i) => 1 + ((id + i) % 9)),
        },
      },
      payload: {
        number: id,
        text: Array.from({ length: 20 }, (_, i) => Math.imul(id + i, 0x9e3779b1)).join(),
      },
    });
    const options = large(folder());
    let whole: ReturnType<typeof filesOf> = [];
    let data: [file: string, bytes: Buffer];

    async function make() {
      if (whole.length > 0) return;
      const collection = await open(options);
      await collection.upsert(Array.from({ length: count }, (_, id) => pointAt(id)));
      await collection.delete([100, 3000]);
      await collection.close();
      whole = filesOf(options.path as string);
      data = whole.find(([file]) => file.endsWith('data')) as typeof data;
    }

    /** What is left where a byte is another. */
    async function left(at: number) {
      writeFiles(whole);
      const bytes = Buffer.from(data[1]);
      bytes[at] = (bytes[at] as number) ^ 16;
      writeFileSync(data[0], bytes);
      const ids: number[] = [];
      const { damage } = await look(options, async (collection) => {
        for await (const { id, payload, vector } of collection.scroll({ withVector: true })) {
          const point = pointAt(id as number);
          expect(payload).toEqual(point.payload);
          const stored = vector as { readonly '': StoredVectors; readonly terms: object };
          const given = point.vector as unknown as typeof stored;
          expect(stored['']).toEqual(given['']);
          expect(textOf(stored.terms)).toBe(textOf(given.terms));
          ids.push(id as number);
        }
        if (ids.length === 0) return;
        const last = ids.at(-1) as number;
        const query = rowOf(rows, dim, last);
        expect((await collection.search(query, { k: 1 }))[0]).toMatchObject({ id: last, distance: 0 });
      });
      return { ids, damage };
    }

    it('keeps all vectors where the graph is damaged, to its end', async () => {
      await make();
      const lastRow = data[1].indexOf(Buffer.from(rowOf(rows, dim, count - 1).buffer));
      expect(lastRow).toBeGreaterThan(0);
      // Blocks lie in the order in which they were written: the graph comes behind the rows.
      const graphBytes = count * 33 * 4;
      for (const at of [lastRow + graphBytes / 2, lastRow + graphBytes]) {
        const { ids, damage } = await left(at);
        expect(damage).toMatchObject({ lostPoints: 0, lostChanges: false });
        expect(ids.length).toBe(count - 2);
      }
    }, 240_000);

    it('loses no points but those of the block', async () => {
      await make();
      const partsLost: number[] = [];
      const places = [
        data[1].indexOf('[4000,{"number":4000'),
        data[1].indexOf('[1000,{"number":1000'),
        data[1].indexOf(Buffer.from(rowOf(rows, dim, 2500).buffer)),
      ];
      for (const at of places) {
        expect(at).toBeGreaterThan(0);
        const { ids, damage } = await left(at);
        const missing = count - 2 - ids.length;
        expect(damage?.files).toHaveLength(1);
        // Two slots are empty: where they lie in the block nobody can tell.
        if (damage?.lostPoints !== 'unknown') expect(damage?.lostPoints).toBe(missing);
        partsLost.push(missing / count);
      }
      expect(Math.max(...partsLost)).toBeLessThan(0.95);
      expect(Math.min(...partsLost)).toBeGreaterThan(0);
    }, 240_000);

    it('is right wherever it is damaged', async () => {
      await make();
      let damaged = 0;
      for (let round = 0; round < 8; round++) {
        const { damage } = await left(usedPlace(data[1], round));
        if (damage !== undefined) damaged++;
      }
      expect(damaged).toBeGreaterThan(4);
    }, 240_000);
  });

  it.each(['verify', 'optimize'])('is mended where it is in memory, once %s finds it', async (by) => {
    const [count, dim] = [3000, 64];
    const path = folder();
    const options: CollectionOptions = {
      name: 'mended',
      dim,
      index: 'flat',
      storage: 'file',
      path,
      shards: 1,
    };
    const collection = await open(options);
    const vectors = randomVectors(count, dim);
    await collection.upsert({ ids: Array.from({ length: count }, (_, id) => id), vectors });
    await collection.optimize();
    const file = join(path, 'shard-0', 'data');
    const bytes = readFileSync(file);
    const at = bytes.indexOf(Buffer.from(rowOf(vectors, dim, 1500).buffer));
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(file, bytes);
    if (by === 'verify') expect((await collection.verify()).ok).toBe(false);
    else await collection.upsert([{ id: count, vector: rowOf(vectors, dim, 0) }]);
    await collection.optimize();
    expect((await collection.verify()).ok).toBe(true);
    await collection.close();
    const again = await open(options);
    expect((await again.retrieve([1500], { withVector: true }))[0]?.vector).toEqual(
      rowOf(vectors, dim, 1500),
    );
  });
});
