/** Changes of a shard step by step: what is stopped between two of them leaves all as it was. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import init from '../../../bindings/api/init.js';
import type { Steps } from '../../../bindings/api/steps.js';
import { Store } from '../../../bindings/api/store.js';
import type { EngineOptions } from '../../../bindings/api/types.js';
import { checkFilter } from '../../../worker/collection/filter/check.js';
import { Shard } from '../../../worker/collection/shard.js';
import type { PackedHits, PointBatch } from '../../../worker/collection/shard-protocol.js';
import { SlotNumbers } from '../../../worker/collection/slot-numbers.js';
import { openStorage } from '../../../worker/storage/storage.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { randomVectors } from '../../support/vectors.js';

const dim = 8;
const count = 600;
const colors = ['red', 'green', 'blue'];
const ids = Array.from({ length: count }, (_, id) => id);

beforeAll(async () => {
  await init({
    wasmModule: await readFile(new URL('../../../build/wasm/simd128/vicinal.wasm', import.meta.url)),
  });
});

function drained<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const vectorsOf = (points: number, seed: number) => randomVectors(points, dim, seed);

function batchOf(points: readonly number[], title: string): PointBatch {
  return {
    ids: points,
    payloads: points.map((id) => JSON.stringify({ color: colors[id % 3], title: `${title} ${id}`, n: id })),
    dense: [{ name: '', points: [...points.keys()] }],
    sparse: [],
  };
}

async function filled(options: EngineOptions = {}): Promise<Shard> {
  const shard = await Shard.open({
    vectors: { '': { dim, metric: 'euclidean', index: 'hnsw', ...options } },
    sparseVectors: { words: { text: { fields: ['title'] } } },
    payloadIndex: { color: 'keyword', n: 'integer' },
  });
  drained(shard.upsert(batchOf(ids, 'first'), [vectorsOf(count, 1)]));
  while (shard.indexSome(true) < 1);
  return shard;
}

function hitsOf(
  shard: Shard,
  target: 'dense' | { readonly text: string },
  query = vectorsOf(1, 9),
  exact = false,
): PackedHits {
  return drained(
    shard.search(
      {
        target: target === 'dense' ? { kind: 'dense' } : { kind: 'text', text: target.text },
        using: target === 'dense' ? '' : 'words',
        ...{ k: 20, withPayload: false, withVector: false, params: { exact } },
      },
      query,
    ),
  );
}

/** All that can be read. */
function readOf(shard: Shard) {
  return {
    points: shard.scroll({ limit: 2 * count, withPayload: true, withVector: true }),
    colors: colors.map((value) => shard.count(checkFilter({ must: [{ key: 'color', match: { value } }] }))),
    facet: shard.facet('color', undefined),
    order: shard.ordered({ key: 'n' }, undefined, count),
    nearest: hitsOf(shard, 'dense'),
    texts: ['first', 'second', '17'].map((text) => new Set(hitsOf(shard, { text }).ids)),
  };
}

describe('points whose vectors are replaced in a graph', () => {
  it('are found at once, and linked later', async () => {
    const shard = await filled({ fullScanThreshold: 0 });
    const moved = vectorsOf(200, 2);
    drained(shard.upsert(batchOf(ids.slice(0, 200), 'second'), [moved.slice()]));
    const firstOf = (id: number) => hitsOf(shard, 'dense', moved.slice(id * dim, (id + 1) * dim)).ids[0];
    const found = () => ids.slice(0, 200).filter((id) => firstOf(id) === id);
    expect(found()).toHaveLength(200);
    expect(shard.indexSome(true)).toBeLessThan(1);
    while (shard.indexSome(true) < 1);
    expect(found()).toHaveLength(200);
  });
});

describe('points that are deleted from a graph', () => {
  it('are found no more at once, and are taken out of it later where they are many', async () => {
    const shard = await filled({ fullScanThreshold: 0 });
    const gone = ids.filter((id) => id % 3 > 0);
    const left = ids.filter((id) => id % 3 === 0);
    const rows = vectorsOf(count, 1);
    const firstOf = (id: number) => hitsOf(shard, 'dense', rows.slice(id * dim, (id + 1) * dim)).ids[0];
    drained(shard.delete({ ids: gone }));
    const [field] = shard.dense.values();
    expect(field?.isLinked).toBe(false);
    expect(shard.indexSome(true)).toBeLessThan(1);
    expect(gone.map(firstOf).filter((id) => gone.includes(id as number))).toEqual([]);
    expect(left.map(firstOf)).toEqual(left);
    while (shard.indexSome(true) < 1);
    expect(field?.isLinked).toBe(true);
    expect(left.map(firstOf)).toEqual(left);
    drained(shard.delete({ ids: left.slice(0, 64) }));
    expect(field?.isLinked).toBe(true);
  });
});

describe('a filter over points whose vectors came in another order', () => {
  it('is translated once, until the next change', async () => {
    const shard = await filled();
    drained(shard.delete({ ids: ids.slice(0, 200) }));
    drained(shard.upsert(batchOf(ids.slice(0, 200), 'first'), [vectorsOf(200, 3)]));
    drained(shard.deleteVectors([''], { ids: [0, 3] }));
    drained(shard.updateVectors({ ...batchOf([3, 0], ''), sparse: [] }, [vectorsOf(2, 4)]));
    const filter = checkFilter({ must: [{ key: 'color', match: { value: 'red' } }] });
    const asked = {
      target: { kind: 'dense' },
      using: '',
      filter,
      withPayload: false,
      withVector: false,
    } as const;
    const search = () => drained(shard.search({ ...asked, k: count }, vectorsOf(1, 9))).ids.length;
    const translated = vi.spyOn(SlotNumbers.prototype, 'get');
    const callsOf = (work: () => unknown) => {
      translated.mockClear();
      work();
      return translated.mock.calls.length;
    };
    try {
      const first = callsOf(() => expect(search()).toBe(200));
      // Of the hits alone.
      expect(first - callsOf(() => expect(search()).toBe(200))).toBe(200);
      drained(shard.delete({ ids: [6] }));
      expect(search()).toBe(199);
    } finally {
      translated.mockRestore();
    }
  });
});

describe('a shard in a folder', () => {
  const folder = temporaryFolders();

  it('writes down what many changes have made, however small they are', async () => {
    const path = folder();
    const place = {
      kind: 'file',
      name: 'small',
      path,
      durability: 'relaxed',
      shard: 0,
      shardCount: 1,
    } as const;
    const shard = await Shard.open({ vectors: {}, sparseVectors: {}, payloadIndex: {}, storage: place });
    const changes = (count: number) => {
      for (let change = 0; change < count; change++)
        drained(shard.upsert({ ids: [1], payloads: [`{"n":${change}}`], dense: [], sparse: [] }, []));
    };
    const logBytes = () =>
      Math.max(...[0, 1].map((log) => statSync(join(path, 'shard-0', `log-${log}`)).size));
    changes(32_768);
    expect(shard.checkpointSome('due')).toBe(1);
    expect(logBytes()).toBeGreaterThan(2e6);
    expect(logBytes()).toBeLessThan(4e6);
    changes(1);
    while (shard.checkpointSome('due') < 1);
    changes(2);
    await shard.close();
    const opened = await openStorage(place);
    const store = Store.open(opened.files);
    expect(store.report.records).toBe(2);
    store.dispose();
    await opened.close();
  });
});

describe('an index of payloads', () => {
  const year = { must: [{ key: 'n', range: { gte: 300 } }] };

  it('is made in steps, between which all is read as before, and is not there where it is stopped', async () => {
    const shard = await filled();
    drained(shard.deletePayloadIndex('n'));
    const read = () => [shard.count(checkFilter(year)), shard.payloads.schemas()];
    expect(read()).toEqual([300, { color: 'keyword' }]);
    const making = shard.createPayloadIndex('n', 'integer');
    for (let step = 0; step < 3; step++) {
      expect(making.next().done).toBe(false);
      expect(shard.facet('color', undefined).size).toBe(3);
    }
    making.return();
    expect(read()).toEqual([300, { color: 'keyword' }]);
    let steps = 0;
    for (const making = shard.createPayloadIndex('n', 'integer'); !making.next().done; steps++);
    expect(steps).toBeGreaterThan(3);
    expect(read()).toEqual([300, { color: 'keyword', n: 'integer' }]);
    expect(drained(shard.info()).payloadSchema.n).toEqual({ schema: 'integer', points: count });
  });

  it('is right whatever changes, and is asked, while it is filled', async () => {
    const shard = await filled();
    drained(shard.deletePayloadIndex('n'));
    const some = (from: number) => ids.filter((id) => id % 7 === from);
    const making = shard.createPayloadIndex('n', 'integer');
    for (let step = 0; step < 4; step++) making.next();
    // As a change that comes once a call is stopped, or before an index is filled that was left at opening.
    shard.payloads.createIndex('n', 'integer');
    const filling = shard.payloads.fillSteps();
    for (let step = 0; step < 3; step++) expect(filling.next().done).toBe(false);
    drained(shard.delete({ ids: some(0) }));
    drained(shard.setPayload({ n: -5 }, { ids: some(1) }, undefined));
    drained(shard.upsert(batchOf([5000, 5001], 'new'), [vectorsOf(2, 7)]));
    const left = ids.filter((id) => id % 7 > 1).map((id) => id);
    expect(shard.count(checkFilter(year))).toBe(left.filter((id) => id >= 300).length + 2);
    expect(shard.count(checkFilter({ must: [{ key: 'n', range: { lt: 0 } }] }))).toBe(some(1).length);
    expect(drained(shard.info()).payloadSchema.n?.points).toBe(left.length + some(1).length + 2);
  });
});

describe('optimize', () => {
  const holey = async () => {
    // Without codes, which would be learned anew the first time.
    const shard = await filled({ quantization: null });
    drained(shard.delete({ ids: ids.filter((id) => id % 3 !== 1) }));
    // Some without a vector, and one whose vector came after others'.
    drained(shard.deleteVectors([''], { ids: [1, 4, 100] }));
    drained(shard.updateVectors(batchOf([4], ''), [vectorsOf(1, 5)]));
    return shard;
  };

  it('closes the gaps that many deleted points left, and all is found as before', async () => {
    const shard = await holey();
    const before = readOf(shard);
    drained(shard.optimize());
    expect(shard.points.nextSlot).toBe(count / 3);
    expect(readOf(shard)).toEqual(before);
    drained(shard.upsert(batchOf([0, 1, 2, 1000], 'third'), [vectorsOf(4, 6)]));
    expect(new Set(hitsOf(shard, { text: 'third' }).ids)).toEqual(new Set([0, 1, 2, 1000]));
    expect(hitsOf(shard, 'dense', vectorsOf(4, 6).slice(3 * dim)).ids[0]).toBe(1000);
    expect(shard.count(checkFilter({ must: [{ key: 'color', match: { value: 'green' } }] }))).toBe(201);
  });

  it('closes them among sparse vectors, whatever they are scored by', async () => {
    for (const config of [{}, { modifier: 'idf' }] as const) {
      const shard = await Shard.open({ vectors: {}, sparseVectors: { sparse: config }, payloadIndex: {} });
      const some = Array.from({ length: 20 }, (_, id) => id);
      const vectors = some.map((id) => ({
        indices: Uint32Array.of(id % 5),
        values: Float32Array.of(1 + id),
      }));
      const payloads = some.map(() => null);
      const sparse = [{ name: 'sparse', points: some, vectors }];
      drained(shard.upsert({ ids: some, payloads, dense: [], sparse }, []));
      drained(shard.delete({ ids: some.filter((id) => id % 2 === 0) }));
      drained(shard.optimize());
      expect(shard.points.nextSlot).toBe(10);
      expect(shard.vectorsOf([13], 'sparse')).toEqual([vectors[13]]);
    }
  });

  it.each<[string, EngineOptions]>([
    ['a graph', { quantization: null, fullScanThreshold: 0 }],
    ['codes in a row', { index: 'flat', quantization: { codec: 'product', segments: 8 } }],
    ['lists', { index: 'ivf' }],
    ['lists of codes', { index: 'ivf', quantization: { bits: 8 } }],
  ])('is read between any two steps as before: %s', async (_, options) => {
    const shard = await filled(options);
    drained(
      shard.upsert(
        batchOf(
          ids.map((id) => count + id),
          'second',
        ),
        [vectorsOf(count, 4)],
      ),
    );
    drained(shard.delete({ ids: ids.filter((id) => id % 3 !== 1) }));
    const read = () => ({ ...readOf(shard), nearest: hitsOf(shard, 'dense', vectorsOf(1, 9), true) });
    const before = read();
    let steps = 0;
    for (const optimizing = shard.optimize(); !optimizing.next().done; steps++)
      expect(read()).toEqual(before);
    expect(steps).toBeGreaterThan(5);
    expect(read()).toEqual(before);
  });

  it('leaves all as it was where it is stopped', async () => {
    const shard = await holey();
    const before = readOf(shard);
    const whole = await holey();
    let steps = 0;
    for (const optimizing = whole.optimize(); !optimizing.next().done; ) steps++;
    expect(steps).toBeGreaterThan(5);
    for (let stop = 1; stop <= steps; stop++) {
      const optimizing = shard.optimize();
      for (let step = 0; step < stop; step++) optimizing.next();
      optimizing.return(undefined);
      expect(readOf(shard)).toEqual(before);
    }
    expect(shard.points.nextSlot).toBe(count);
    drained(shard.optimize());
    expect(readOf(shard)).toEqual(before);
  });
});

describe.each<[string, EngineOptions]>([
  ['floats in a row', { index: 'flat' }],
  ['codes alone', { index: 'flat', quantization: { bits: 8, keepVectors: false } }],
  ['codes alone in a graph', { quantization: { bits: 8, keepVectors: false } }],
  ['lists', { index: 'ivf' }],
])('%s', (_, options) => {
  it('are as they were where it is stopped that points are deleted', async () => {
    const shard = await filled(options);
    // Slots and ids are not the same then.
    drained(shard.deleteVectors([''], { ids: [0] }));
    const before = readOf(shard);
    const change = (stop: number): Steps<unknown> =>
      stop % 2 === 0 ? shard.delete({ ids }) : shard.deleteVectors([''], { ids: ids.slice(1) });
    for (const stop of [1, 2, 5, 6]) {
      const steps = change(stop);
      for (let step = 0; step < stop; step++) expect(steps.next().done).toBe(false);
      steps.return(undefined);
      expect(readOf(shard)).toEqual(before);
      while (shard.indexSome(true) < 1);
      expect(readOf(shard)).toEqual(before);
    }
    drained(change(0));
    expect(hitsOf(shard, 'dense').ids).toEqual([]);
  });
});

describe.each<[string, (shard: Shard) => Steps<unknown>]>([
  ['upsert', (shard) => shard.upsert(batchOf(ids.slice(100), 'second'), [vectorsOf(count - 100, 2)])],
  ['delete', (shard) => shard.delete({ ids })],
  ['setPayload', (shard) => shard.setPayload({ title: 'second', color: 'red' }, { ids }, undefined)],
  ['overwritePayload', (shard) => shard.overwritePayload({ title: 'second' }, { filter: undefined })],
  ['deletePayload', (shard) => shard.deletePayload(['title', 'color'], { ids })],
  ['clearPayload', (shard) => shard.clearPayload({ ids })],
  ['deleteVectors', (shard) => shard.deleteVectors([''], { ids })],
  ['updateVectors', (shard) => shard.updateVectors(batchOf(ids, ''), [vectorsOf(count, 2)])],
])('%s', (_, change) => {
  it('is done in steps, and takes back what was done where it is stopped', async () => {
    const shard = await filled();
    const before = readOf(shard);
    for (const stop of [1, 4, 7]) {
      const steps = change(shard);
      for (let step = 0; step < stop; step++) expect(steps.next().done).toBe(false);
      steps.return(undefined);
      expect(readOf(shard)).toEqual(before);
    }
    drained(change(shard));
    expect(readOf(shard)).not.toEqual(before);
  });
});
