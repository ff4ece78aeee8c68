/**
What engines with a graph (index `hnsw`) do, whichever thread they live in. Held against exact search all along.

@module
*/
import {
  CompressedVectorStore,
  type EngineOptions,
  type Metric,
  type Progress,
  type QuantizationOptions,
  type SearchOptions,
  type SearchResults,
  VectorSearchEngine,
} from 'vicinal';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clusteredVectors, naiveScore, randomVectors, recallAt10, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';

const dim = 24;
const rowCount = 2400;
const queryCount = 30;
const metrics: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];

const kinds: readonly (QuantizationOptions | null)[] = [
  null,
  { bits: 8 },
  { bits: 4 },
  { bits: 8, keepVectors: false },
];

const rows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.5, seed: 1 });
const queries = clusteredVectors(queryCount, dim, { centerCount: 40, spread: 0.5, seed: 3 });
const moreRows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.5, seed: 5 });

const recall = (results: readonly SearchResults[], metric: Metric) =>
  recallAt10(results, metric, rows, queries);

/** Share of the hits of `wanted`, query by query, that `found` has too; there must be as many. */
function shareOf(wanted: readonly SearchResults[], found: readonly SearchResults[]): number {
  let common = 0;
  let total = 0;
  wanted.forEach(({ ids }, query) => {
    const has = new Set(found[query]?.ids);
    expect(has.size).toBe(ids.length);
    common += ids.filter((id) => has.has(id)).length;
    total += ids.length;
  });
  return common / total;
}

const plain = (results: readonly SearchResults[]) =>
  results.map(({ ids, scores, distances }) => [[...ids], [...scores], [...distances]]);

export function describeHnsw(name: string, maker: EngineMaker): void {
  const opened: AnyEngine[] = [];
  const keep = (engine: AnyEngine) => {
    opened.push(engine);
    return engine;
  };
  const create = async (metric?: Metric, options: EngineOptions = {}) =>
    keep(await maker.create(dim, metric, { index: 'hnsw', ...options }));
  /** Of a graph that is soon built. */
  const createFilled = async (metric?: Metric, options?: EngineOptions) => {
    const engine = await create(metric, { efConstruction: 60, ...options });
    await engine.addBatch(rows);
    return engine;
  };

  describe(name, () => {
    /** Never changed. */
    let standing: AnyEngine;
    beforeAll(async () => {
      standing = await maker.create(dim, 'euclidean', { index: 'hnsw', fullScanThreshold: 20 });
      await standing.addBatch(rows);
      return () => standing.dispose();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
    });

    it('tells what it is like', async () => {
      const engine = await create();
      const options = { m: 16, efConstruction: 200, fullScanThreshold: 1000, seed: 0, targetRecall: null };
      const empty = { linked: 0, pending: 0, removed: 0, levels: 0, meanDegree: 0, maxDegree: 0 };
      expect(await engine.stats()).toMatchObject({
        index: 'hnsw',
        lists: null,
        graph: { ...options, ...empty },
        quantization: { codec: 'scalar', bits: 8, keepVectors: true },
      });
      await engine.addBatch(rows);
      await engine.remove(7);
      const stats = await engine.stats();
      expect(stats.graph).toMatchObject({ ...options, linked: rowCount - 1, pending: 0, removed: 1 });
      const { levels, levelSizes, meanDegree, maxDegree, degrees, removedRatio } =
        stats.graph ?? expect.fail('no graph');
      expect(removedRatio).toBeLessThan(1 / rowCount + 1e-9);
      expect(removedRatio).toBeGreaterThan(0);
      expect(levelSizes).toHaveLength(levels);
      expect(levelSizes[0]).toBe(rowCount - 1);
      // About one in m of them on each next level.
      expect(levelSizes[1]).toBeGreaterThan(rowCount / 32);
      expect(levelSizes[1]).toBeLessThan(rowCount / 8);
      expect([...levelSizes]).toEqual([...levelSizes].sort((a, b) => b - a));
      expect(degrees).toHaveLength(33);
      expect(degrees.reduce((sum, count) => sum + count)).toBe(rowCount - 1);
      expect(degrees.reduce((sum, count, degree) => sum + count * degree) / (rowCount - 1)).toBeCloseTo(
        meanDegree,
        9,
      );
      expect(degrees[maxDegree]).toBeGreaterThan(0);
      expect([...degrees.subarray(maxDegree + 1)].every((count) => count === 0)).toBe(true);
      expect(degrees[0]).toBe(0);
      expect(levels).toBeGreaterThanOrEqual(2);
      expect(meanDegree).toBeGreaterThan(4);
      expect(maxDegree).toBeGreaterThanOrEqual(meanDegree);
      expect(maxDegree).toBeLessThanOrEqual(32);
      // A list of 32 edges a row and some bytes more.
      expect(stats.indexBytes / rowCount).toBeGreaterThan(32 * 4);
      expect(stats.indexBytes / rowCount).toBeLessThan(2 * 32 * 4);
      const { vectorBytes, normBytes, codeBytes, codecBytes, indexBytes, idBytes } = stats;
      expect(stats.memoryBytes).toBe(vectorBytes + normBytes + codeBytes + codecBytes + indexBytes + idBytes);
      expect((await (await create('manhattan')).stats()).quantization).toBeNull();
      expect((await keep(await maker.create(dim)).stats()).graph).toBeNull();
    });

    it('has edges to every vector, whatever was changed', async () => {
      const engine = await create('euclidean', { m: 4, efConstruction: 20 });
      expect(await engine.checkGraph()).toEqual({ linked: 0, reachable: 0 });
      await engine.addBatch(rows);
      expect(await engine.checkGraph()).toEqual({ linked: rowCount, reachable: rowCount });
      for (let id = 0; id < rowCount / 2; id++) await engine.remove(id);
      const half = { linked: rowCount / 2, reachable: rowCount / 2 };
      expect(await engine.checkGraph()).toEqual(half);
      await engine.compact();
      expect(await engine.checkGraph()).toEqual(half);
      expect(await keep(await maker.create(dim)).checkGraph()).toBeNull();
    });

    it('needs about as many bytes as is told before', async () => {
      const engine = await create('cosine', { m: 8 });
      const reserved = await engine.reserve(rowCount);
      expect(reserved).toBe(VectorSearchEngine.bytesNeeded(rowCount, dim, 'cosine', { index: 'hnsw', m: 8 }));
      expect(reserved).toBeGreaterThan(
        VectorSearchEngine.bytesNeeded(rowCount, dim, 'cosine', { quantization: {} }) + rowCount * 16 * 4,
      );
      await engine.addBatch(rows);
      await engine.compact();
      const { memoryBytes } = await engine.stats();
      expect(Math.abs(memoryBytes / reserved - 1)).toBeLessThan(0.05);
    });

    it.each(
      metrics.flatMap((metric) =>
        kinds
          .filter((quantization) => metric !== 'manhattan' || quantization === null)
          .map((quantization) => [metric, quantization] as const),
      ),
    )('finds nearly all of what exact search finds: %s, %j', async (metric, quantization) => {
      const engine = await createFilled(metric, { quantization, fullScanThreshold: 0 });
      const found = recall(await engine.searchBatch(queries, 10, { efSearch: 100 }), metric);
      expect(found).toBeGreaterThan(quantization?.keepVectors === false ? 0.95 : 0.985);
      if (quantization?.keepVectors !== false) {
        expect(await engine.estimateRecall(queries, 10, { efSearch: 100 })).toBeCloseTo(found, 10);
        expect(recall(await engine.searchBatch(queries, 10, { exact: true }), metric)).toBe(1);
      }
    });

    it('tells scores and distances as exact search does', async () => {
      const [result] = await standing.searchBatch(queries, 10);
      const query = rowOf(queries, dim, 0);
      for (const { id, score, distance } of result ?? []) {
        expect(score).toBeCloseTo(naiveScore('euclidean', rowOf(rows, dim, id), query), 5);
        expect(distance).toBe(-score);
      }
      const scoreThreshold = result?.scores[4] as number;
      const near = await standing.search(query, 10, { scoreThreshold });
      expect([...near.ids]).toEqual([...(result?.ids.slice(0, 5) ?? [])]);
    });

    it('finds more with a larger efSearch', async () => {
      // Without clusters, in many dimensions, with few edges: as hard as can be.
      const hard = randomVectors(2000, 48, 3);
      const hardQueries = randomVectors(40, 48, 4);
      const engine = keep(await maker.create(48, 'euclidean', { index: 'hnsw', m: 4, efConstruction: 20 }));
      await engine.addBatch(hard);
      const recalls: number[] = [];
      for (const efSearch of [10, 40, 160, 640, 2000]) {
        const results = await engine.searchBatch(hardQueries, 10, { efSearch });
        recalls.push(recallAt10(results, 'euclidean', hard, hardQueries));
        expect(await engine.estimateRecall(hardQueries, 10, { efSearch })).toBeCloseTo(
          recalls.at(-1) ?? 0,
          10,
        );
      }
      expect(recalls).toEqual([...recalls].sort((a, b) => a - b));
      expect(recalls[0]).toBeLessThan(0.7);
      expect(recalls[4]).toBeGreaterThan(0.98);
      // At least k are kept.
      const wide = await engine.searchBatch(hardQueries, 100, { efSearch: 1 });
      expect(wide.every(({ ids }) => ids.length === 100)).toBe(true);
    });

    it('finds the same by many queries at once as one by one', async () => {
      const together = await standing.searchBatch(queries, 10);
      for (const [index, result] of together.entries()) {
        const alone = await standing.search(rowOf(queries, dim, index), 10);
        expect(plain([alone])).toEqual(plain([result]));
      }
    });

    describe('with a targetRecall', () => {
      /** Uniform ones are as hard as can be. */
      const sets = {
        clustered: [rows, clusteredVectors(200, dim, { centerCount: 40, spread: 0.5, seed: 11 })],
        uniform: [randomVectors(rowCount, dim, 12), randomVectors(200, dim, 13)],
      } as const;
      const hnsw = { m: 6, efConstruction: 40, fullScanThreshold: 100 };
      const calibration = async (engine: AnyEngine) =>
        (await engine.stats()).graph?.calibration ?? expect.fail('not calibrated');

      it.each(
        (['clustered', 'uniform'] as const).flatMap((set) =>
          (['cosine', 'euclidean'] as const).map((metric) => [set, metric] as const),
        ),
      )('reaches it for queries that are not among the vectors: %s, %s', async (set, metric) => {
        const [vectors, heldOut] = sets[set];
        const found: number[] = [];
        for (const targetRecall of [0.9, 0.95, 0.99]) {
          const engine = await create(metric, { ...hnsw, targetRecall });
          await engine.addBatch(vectors);
          const { linked, efSearch, efSearch100, recall: sampled } = await calibration(engine);
          expect(linked).toBe(rowCount);
          expect(sampled).toBeGreaterThanOrEqual(targetRecall);
          // The sample is of 100, so are such queries: the means of two samples are 0.01 apart at times.
          for (const k of [1, 10, 30, 100])
            expect(await engine.estimateRecall(heldOut, k)).toBeGreaterThan(targetRecall - 0.01);
          const plainly = await engine.searchBatch(heldOut, 10, { efSearch });
          expect(plain(await engine.searchBatch(heldOut, 10))).toEqual(plain(plainly));
          expect(plain(await engine.searchBatch(heldOut, 10, { efSearch: 'auto' }))).toEqual(plain(plainly));
          const wide = await engine.searchBatch(heldOut, 100, { efSearch: efSearch100 });
          expect(plain(await engine.searchBatch(heldOut, 100))).toEqual(plain(wide));
          found.push(efSearch);
        }
        // No more than it takes.
        expect(found).toEqual([...found].sort((a, b) => a - b));
        expect(found[0]).toBeLessThan(found[2] as number);
      });

      it('searches longer where the vectors are harder', async () => {
        const efs: number[] = [];
        for (const [vectors] of [sets.clustered, sets.uniform]) {
          const engine = await create('euclidean', { ...hnsw, targetRecall: 0.95 });
          await engine.addBatch(vectors);
          efs.push((await calibration(engine)).efSearch);
        }
        expect(efs[1]).toBeGreaterThan(1.5 * (efs[0] as number));
      });

      it('is calibrated by batches that double the vectors, by train(), and when asked', async () => {
        const engine = await create('euclidean', { ...hnsw, targetRecall: 0.9 });
        const graph = async () => (await engine.stats()).graph;
        expect(await graph()).toMatchObject({ targetRecall: 0.9, calibration: null });
        await engine.addBatch(rows.subarray(0, 100 * dim));
        await engine.calibrate();
        // Searches are exact.
        expect((await graph())?.calibration).toBeNull();
        await engine.addBatch(rows.subarray(0, 500 * dim));
        expect((await calibration(engine)).linked).toBe(600);
        await engine.addBatch(rows.subarray(0, 500 * dim));
        await engine.add(rowOf(rows, dim, 0));
        expect((await calibration(engine)).linked).toBe(600);
        await engine.addBatch(rows.subarray(0, 200 * dim));
        expect((await calibration(engine)).linked).toBe(1301);
        await engine.add(rowOf(rows, dim, 1));
        const heard: number[] = [];
        await engine.calibrate(undefined, { onProgress: ({ done, total }) => heard.push(done / total) });
        expect((await calibration(engine)).linked).toBe(1302);
        expect(heard.at(-1)).toBe(1);
        expect(heard).toEqual([...heard].sort((a, b) => a - b));
        await engine.remove(0);
        await engine.compact();
        expect((await calibration(engine)).linked).toBe(1302);
        await engine.train();
        expect((await calibration(engine)).linked).toBe(1301);
        await engine.clear();
        expect(await graph()).toMatchObject({ targetRecall: 0.9, calibration: null });
      });

      it('takes queries to calibrate on: those of another kind take longer', async () => {
        const engine = await create('euclidean', { ...hnsw, targetRecall: 0.95 });
        await engine.addBatch(rows);
        const { efSearch } = await calibration(engine);
        const strange = randomVectors(200, dim, 21);
        await engine.calibrate(strange.subarray(0, 100 * dim));
        expect((await calibration(engine)).efSearch).toBeGreaterThan(efSearch);
        expect(await engine.estimateRecall(strange.subarray(100 * dim), 10)).toBeGreaterThan(0.94);
        expect(await errorOf(() => engine.calibrate(new Float32Array(dim).fill(Number.NaN)))).toMatchObject({
          code: 'NOT_FINITE',
        });
      });

      it('that is stopped is as it was before', async () => {
        const engine = await create('euclidean', { ...hnsw, targetRecall: 0.95 });
        await engine.addBatch(rows.subarray(0, 600 * dim));
        // A worker may hear of it too late.
        const before = await calibration(engine);
        const stop = new AbortController();
        const stopped = await errorOf(() =>
          engine.calibrate(randomVectors(200, dim, 31), {
            onProgress: () => stop.abort(),
            signal: stop.signal,
          }),
        ).then(
          () => true,
          () => false,
        );
        if (stopped) expect(await calibration(engine)).toEqual(before);
        const standingFound = await calibration(engine);
        const late = new AbortController();
        const onProgress = ({ done, total }: Progress) => {
          if (done === total) late.abort();
        };
        await errorOf(() =>
          engine.addBatch(rows.subarray(600 * dim), undefined, { onProgress, signal: late.signal }),
        ).catch(() => {});
        if ((await engine.size) === 600) expect(await calibration(engine)).toEqual(standingFound);
      });

      it('is saved', async () => {
        for (const quantization of kinds) {
          const engine = await create('euclidean', { ...hnsw, targetRecall: 0.95, quantization });
          await engine.addBatch(rows);
          const loaded = keep(await maker.load(await engine.save()));
          const { graph } = await loaded.stats();
          expect(graph).toMatchObject({ targetRecall: 0.95, calibration: await calibration(engine) });
          expect(plain(await loaded.searchBatch(queries, 10))).toEqual(
            plain(await engine.searchBatch(queries, 10)),
          );
        }
      });
    });

    describe('with a filter', () => {
      const every = (step: number) =>
        Array.from({ length: Math.ceil(rowCount / step) }, (_, index) => index * step);
      const held = async (filter: number[], options?: SearchOptions) =>
        shareOf(
          await standing.searchBatch(queries, 10, { filter, exact: true }),
          await standing.searchBatch(queries, 10, { filter, ...options }),
        );

      it.each([
        ['50 %', 2, 0.97],
        ['10 %', 10, 0.97],
        ['1 %', 100, 0.97],
        ['0.1 %', 1000, 1],
      ])('of %s of the rows, finds as many as match and nearly the best', async (_, step, floor) => {
        expect(await held(every(step))).toBeGreaterThanOrEqual(floor);
      });

      it('finds as many as match where k is nearly all of them', async () => {
        const filter = every(20);
        const [result] = await standing.searchBatch(queries, 118, { filter, efSearch: 10 });
        expect(result?.ids).toHaveLength(118);
      });

      it.each([
        ['goes with the neighborhood of the query', (ids: number[]) => ids.slice(0, rowCount / 4), 0.98],
        ['goes against it', (ids: number[]) => ids.slice(rowCount / 2), 0.93],
        ['goes far against it', (ids: number[]) => ids.slice(-rowCount / 10), 0.93],
      ] as const)('that %s', async (_, cut, floor) => {
        const shares: number[] = [];
        for (let index = 0; index < 10; index++) {
          const query = rowOf(queries, dim, index);
          const filter = cut([...(await standing.search(query, rowCount, { exact: true })).ids]);
          const wanted = await standing.search(query, 10, { filter, exact: true });
          shares.push(shareOf([wanted], [await standing.search(query, 10, { filter, efSearch: 200 })]));
        }
        expect(shares.reduce((sum, share) => sum + share) / shares.length).toBeGreaterThan(floor);
      });

      it('of some in each of many small clusters, finds what exact search does', async () => {
        const count = 9600;
        const engine = await create('euclidean', { efConstruction: 40, fullScanThreshold: 200 });
        await engine.addBatch(clusteredVectors(count, dim, { centerCount: 480, spread: 0.3, seed: 7 }));
        const filter = Array.from({ length: 960 }, (_, index) => index * 10);
        const wanted = await engine.searchBatch(queries, 10, { filter, exact: true });
        expect(shareOf(wanted, await engine.searchBatch(queries, 10, { filter }))).toBeGreaterThan(0.995);
      });

      it('of ids that are none finds nothing', async () => {
        expect((await standing.search(rowOf(queries, dim, 0), 10, { filter: [rowCount] })).ids).toHaveLength(
          0,
        );
      });
    });

    it('is exact where there are few vectors', async () => {
      const flat = keep(await maker.create(dim, 'cosine'));
      await flat.addBatch(rows);
      const exact = plain(await flat.searchBatch(queries, 10));
      for (const quantization of [null, { bits: 4 }] as const) {
        const engine = await createFilled('cosine', { fullScanThreshold: rowCount, quantization, m: 2 });
        expect(plain(await engine.searchBatch(queries, 10, { efSearch: 10 }))).toEqual(exact);
        const few = await create('cosine', { quantization });
        await few.addBatch(rows.subarray(0, 1000 * dim));
        const filter = Array.from({ length: 1000 }, (_, id) => id);
        expect(plain(await few.searchBatch(queries, 10, { efSearch: 1 }))).toEqual(
          plain(await flat.searchBatch(queries, 10, { filter })),
        );
      }
    });

    it('returns all vectors where k is that large', async () => {
      const [result] = await standing.searchBatch(queries, rowCount + 5, { efSearch: 10 });
      expect(new Set(result?.ids).size).toBe(rowCount);
    });

    it('takes vectors in one by one, changes and removes them', async () => {
      const engine = await create('euclidean', { fullScanThreshold: 0, efConstruction: 60 });
      const count = 1200;
      for (let id = 0; id < count; id++) {
        const row = rowOf(rows, dim, id);
        // A worker takes them in the order of the calls.
        const added = engine.add(row);
        if (id % 100 === 0) expect(await added).toBe(id);
      }
      expect((await engine.stats()).graph).toMatchObject({ linked: count, pending: 0 });
      const some = rows.subarray(0, count * dim);
      const found = await engine.searchBatch(queries, 10);
      expect(recallAt10(found, 'euclidean', some, queries)).toBeGreaterThan(0.98);

      const query = rowOf(queries, dim, 0);
      await engine.update(5, query);
      expect((await engine.search(query, 1)).ids).toEqual(Uint32Array.of(5));
      expect(await engine.get(5)).toEqual(query);
      await engine.remove(5);
      expect((await engine.search(query, 10)).ids).not.toContain(5);
      expect(await engine.add(query)).toBe(count);
      expect((await engine.search(query, 1)).ids).toEqual(Uint32Array.of(count));
    });

    it('finds as much when half of the vectors are gone, before and after compact()', async () => {
      const engine = await createFilled('euclidean', { fullScanThreshold: 0 });
      const fresh = await create('euclidean', { fullScanThreshold: 0, efConstruction: 60 });
      const half = rowCount / 2;
      // Every other one, then a stretch of them.
      for (let id = 0; id < half; id += 2) await engine.remove(id);
      for (let id = half; id < half + half / 2; id++) await engine.remove(id);
      expect((await engine.stats()).graph).toMatchObject({ linked: half, removed: half });
      const left = Array.from({ length: rowCount }, (_, id) => id).filter(
        (id) => (id < half && id % 2 === 1) || id >= half + half / 2,
      );
      await fresh.addBatch(Float32Array.from(left.flatMap((id) => [...rowOf(rows, dim, id)])));
      const freshRecall = await fresh.estimateRecall(queries, 10, { efSearch: 32 });
      expect(freshRecall).toBeGreaterThan(0.95);
      expect(await engine.estimateRecall(queries, 10, { efSearch: 32 })).toBeGreaterThan(freshRecall - 0.01);

      const bytes = (await engine.stats()).memoryBytes;
      await engine.compact();
      const after = await engine.stats();
      expect(after).toMatchObject({ size: half, deleted: 0, graph: { linked: half, removed: 0 } });
      expect(after.memoryBytes).toBeLessThan(0.6 * bytes);
      expect(await engine.estimateRecall(queries, 10, { efSearch: 32 })).toBeGreaterThan(freshRecall - 0.01);
      expect(await engine.get(1)).toEqual(rowOf(rows, dim, 1));
      expect(await engine.has(0)).toBe(false);
      expect(await engine.addBatch(queries)).toBe(rowCount);
      expect((await engine.search(rowOf(queries, dim, 3), 1)).ids).toEqual(Uint32Array.of(rowCount + 3));
    });

    it('finds the same after compact(), which puts near vectors together', async () => {
      const engine = await create('euclidean', { fullScanThreshold: 0, efConstruction: 60 });
      for (let id = 0; id < 1200; id++) engine.add(rowOf(rows, dim, id));
      await engine.remove(3);
      const before = plain(await engine.searchBatch(queries, 10, { efSearch: 20 }));
      await engine.compact();
      expect(plain(await engine.searchBatch(queries, 10, { efSearch: 20 }))).toEqual(before);
      expect(await engine.get(700)).toEqual(rowOf(rows, dim, 700));
    });

    it('is empty after clear(), and takes vectors again', async () => {
      const engine = await createFilled('euclidean', { seed: 2 ** 40 + 1, m: 8 });
      await engine.clear();
      expect(await engine.stats()).toMatchObject({
        size: 0,
        graph: { linked: 0, pending: 0, removed: 0, m: 8, seed: 2 ** 40 + 1 },
      });
      expect((await engine.search(rowOf(queries, dim, 0), 3)).ids).toHaveLength(0);
      expect(await engine.addBatch(rows)).toBe(rowCount);
      const found = await engine.searchBatch(queries, 10);
      const shifted = found.map(({ ids }) => ({ ids: ids.map((id) => id - rowCount) }));
      expect(recallAt10(shifted, 'euclidean', rows, queries)).toBeGreaterThan(0.98);
    });

    it('comes back from its saved bytes, as an engine and as a store', async () => {
      for (const quantization of kinds) {
        const engine = await createFilled('euclidean', {
          quantization,
          m: 8,
          seed: 3,
          fullScanThreshold: 20,
        });
        await engine.remove(9);
        await engine.compact();
        const bytes = await engine.save();
        const again = keep(await maker.load(bytes));
        const hits = plain(await engine.searchBatch(queries, 10, { efSearch: 20 }));
        expect(plain(await again.searchBatch(queries, 10, { efSearch: 20 }))).toEqual(hits);
        expect((await again.stats()).graph).toEqual((await engine.stats()).graph);
        expect((await again.stats()).quantization).toEqual((await engine.stats()).quantization);
        expect(await again.addBatch(queries)).toBe(rowCount);
        expect((await again.search(rowOf(queries, dim, 3), 1)).ids).toEqual(Uint32Array.of(rowCount + 3));
        if (quantization === null) {
          expect(() => CompressedVectorStore.load(bytes)).toThrow('floats only');
          continue;
        }
        const store = CompressedVectorStore.load(bytes);
        expect(plain(store.searchBatch(queries, 10, { efSearch: 20 }))).toEqual(hits);
        expect(store.stats().index).toBe('hnsw');
        store.dispose();
      }
    });

    it('is the same graph for the same seed', async () => {
      const options = { m: 4, efConstruction: 20, fullScanThreshold: 0 };
      const search = async (engine: AnyEngine) =>
        plain(await engine.searchBatch(queries, 10, { efSearch: 10 }));
      const engines = [];
      for (const seed of [1, 1, 2]) engines.push(await createFilled('cosine', { ...options, seed }));
      const [one, other, different] = engines as [AnyEngine, AnyEngine, AnyEngine];
      expect((await one.stats()).graph).toEqual((await other.stats()).graph);
      expect(await search(one)).toEqual(await search(other));
      expect((await one.stats()).graph).not.toEqual({ ...(await different.stats()).graph, seed: 1 });
    });

    describe('addBatch', () => {
      it('tells how many vectors are linked, up to all', async () => {
        const engine = await create('euclidean');
        const heard: Progress[] = [];
        await engine.addBatch(rows, rowCount, { onProgress: (progress) => heard.push(progress) });
        expect(heard.length).toBeGreaterThan(1);
        expect(heard.at(-1)).toEqual({ done: rowCount, total: rowCount });
        expect(new Set(heard.map(({ total }) => total)).size).toBe(1);
        const done = heard.map((progress) => progress.done);
        expect(done).toEqual([...done].sort((a, b) => a - b));
        // Adding is soon over; what takes long is told in many parts.
        expect(done.filter((rowsDone) => rowsDone > 0 && rowsDone < rowCount).length).toBeGreaterThan(0);

        const last: Progress[] = [];
        const onProgress = (progress: Progress) => last.push(progress);
        await engine.addBatch(new Float32Array(0), 0, { onProgress });
        expect(last.at(-1)).toEqual({ done: 0, total: 0 });
      });

      it.each([
        ['while it links', 0.25],
        ['at its very end', 1],
      ])('that is stopped %s leaves the engine as it was', async (_, share) => {
        const engine = await createFilled('euclidean', { fullScanThreshold: 0 });
        const hits = plain(await engine.searchBatch(queries, 10));
        const stop = new AbortController();
        const reason = new Error('enough');
        const onProgress = ({ done, total }: Progress) => {
          if (done >= total * share) stop.abort(reason);
        };
        const call = errorOf(() => engine.addBatch(moreRows, rowCount, { onProgress, signal: stop.signal }));
        const stopped = await call.then(
          (error) => error === reason,
          // In a worker the stop may come when all is done.
          () => false,
        );
        expect(stop.signal.aborted).toBe(true);
        if (!stopped) return;
        expect(await engine.stats()).toMatchObject({
          size: rowCount,
          deleted: 0,
          graph: { linked: rowCount, pending: 0, removed: 0 },
        });
        expect(await engine.has(rowCount)).toBe(false);
        // Together with as many others they are linked to a new graph, so that the old one is as it was.
        expect(plain(await engine.searchBatch(queries, 10))).toEqual(hits);
        const [everything] = await engine.searchBatch(queries, rowCount);
        expect(new Set(everything?.ids).size).toBe(rowCount);
        expect(await engine.addBatch(queries)).toBe(rowCount);
        expect((await engine.search(rowOf(queries, dim, 3), 1)).ids).toEqual(Uint32Array.of(rowCount + 3));
      });

      it('of few vectors that is stopped costs no recall', async () => {
        const engine = await createFilled('euclidean', { fullScanThreshold: 0 });
        const before = await engine.estimateRecall(queries, 10, { efSearch: 32 });
        const stop = new AbortController();
        const onProgress = ({ done, total }: Progress) => {
          if (done === total) stop.abort();
        };
        const some = moreRows.subarray(0, 600 * dim);
        await errorOf(() => engine.addBatch(some, 600, { onProgress, signal: stop.signal })).catch(() => {});
        expect(stop.signal.aborted).toBe(true);
        expect((await engine.stats()).graph?.pending).toBe(0);
        const filter = Array.from({ length: rowCount }, (_, id) => id);
        const recall = await engine.estimateRecall(queries, 10, { efSearch: 32, filter });
        expect(recall).toBeGreaterThan(before - 0.02);
      });

      it('that fails changes nothing', async () => {
        const engine = await createFilled('cosine');
        const hits = plain(await engine.searchBatch(queries, 10));
        const broken = moreRows.slice();
        broken.fill(0, 2000 * dim, 2001 * dim);
        expect(await errorOf(() => engine.addBatch(broken))).toMatchObject({
          code: 'ZERO_VECTOR',
          actual: 2000,
        });
        expect(await engine.size).toBe(rowCount);
        expect(plain(await engine.searchBatch(queries, 10))).toEqual(hits);
      });

      it('waits with linking until its codec has learned', async () => {
        // A grid for all rows needs many of them.
        const engine = await create('euclidean', { quantization: { quantile: 0.99 } });
        await engine.addBatch(rows.subarray(0, 5 * dim));
        const { quantization, graph } = await engine.stats();
        expect(graph).toMatchObject(
          quantization?.trained ? { linked: 5, pending: 0 } : { linked: 0, pending: 5 },
        );
        await engine.addBatch(rows.subarray(5 * dim));
        expect(await engine.stats()).toMatchObject({
          quantization: { trained: true },
          graph: { linked: rowCount, pending: 0 },
        });
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
      });
    });

    describe('train()', () => {
      it('codes the vectors anew and links them', async () => {
        const engine = await createFilled('euclidean', { fullScanThreshold: 0 });
        const heard: number[] = [];
        await engine.train(undefined, { onProgress: ({ done, total }) => heard.push(done / total) });
        expect(heard.at(-1)).toBe(1);
        expect(heard).toEqual([...heard].sort((a, b) => a - b));
        expect((await engine.stats()).graph).toMatchObject({ linked: rowCount, pending: 0 });
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
      });

      it('that is stopped while it links leaves the rest to the next call, and nothing unfound', async () => {
        const engine = await createFilled('euclidean', { fullScanThreshold: 0 });
        const stop = new AbortController();
        const onProgress = ({ done, total }: Progress) => {
          if (done > total / 2) stop.abort();
        };
        const stopped = await errorOf(() =>
          engine.train(undefined, { onProgress, signal: stop.signal }),
        ).then(
          () => true,
          () => false,
        );
        expect(stop.signal.aborted).toBe(true);
        const { linked = 0, pending = 0 } = (await engine.stats()).graph ?? {};
        expect(linked + pending).toBe(rowCount);
        if (stopped) expect(pending).toBeGreaterThan(0);
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
        if (stopped) await engine.addBatch(new Float32Array(0));
        expect((await engine.stats()).graph).toMatchObject({ linked: rowCount, pending: 0 });
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
      });

      it('has nothing to learn where there are only floats, or only codes', async () => {
        for (const [quantization, held] of [
          [null, 'floats only'],
          [{ keepVectors: false }, 'codes only'],
        ] as [QuantizationOptions | null, string][]) {
          const engine = await createFilled('euclidean', { quantization });
          expect(await errorOf(() => engine.train())).toMatchObject({
            code: 'INVALID_ARGUMENT',
            expected: 'train() only where there is something to learn',
            actual: held,
          });
        }
      });
    });

    it.each([
      [{ m: 1 }, 'm to be an integer from 2 to 256'],
      [{ m: 257 }, 'm to be an integer from 2 to 256'],
      [{ m: 16.5 }, 'm to be an integer from 2 to 256'],
      [{ efConstruction: 0 }, 'efConstruction to be an integer from 1 to 65536'],
      [{ efConstruction: 65537 }, 'efConstruction to be an integer from 1 to 65536'],
      [{ fullScanThreshold: -1 }, 'fullScanThreshold to be an integer from 0 to 4294967295'],
      [{ fullScanThreshold: 2 ** 32 }, 'fullScanThreshold to be an integer from 0 to 4294967295'],
      [{ seed: -1 }, 'seed to be an integer of at least 0'],
      [{ targetRecall: 0.49 }, 'targetRecall to be a number from 0.5 to 0.999'],
      [{ targetRecall: 1 }, 'targetRecall to be a number from 0.5 to 0.999'],
      [{ targetRecall: '0.9' as never }, 'targetRecall to be a number from 0.5 to 0.999'],
      [{ index: 'ivf', targetRecall: 0.9 }, "targetRecall with the index 'hnsw' only"],
      [{ seed: '1' as never }, 'seed to be an integer of at least 0'],
      [{ quantization: { bits: 2 } }, "scalar codes of 8 or 4 bits with the index 'hnsw'"],
      [{ quantization: { codec: 'binary' } }, "scalar codes of 8 or 4 bits with the index 'hnsw'"],
      [{ quantization: { codec: 'product' } }, "scalar codes of 8 or 4 bits with the index 'hnsw'"],
      [{ index: 'flat', m: 8 }, "m with the index 'hnsw' only"],
      [{ index: 'flat', seed: 8 }, "seed with the index 'hnsw' only"],
      [{ index: 'ivf', efConstruction: 8 }, "efConstruction with the index 'hnsw' only"],
      [{ index: undefined, fullScanThreshold: 8 }, "fullScanThreshold with the index 'hnsw' only"],
      [{ index: 'graph' as never }, 'the index to be one of flat, ivf, hnsw'],
    ] as [EngineOptions, string][])('refuses %j', async (options, expected) => {
      const refused = { code: 'INVALID_ARGUMENT', expected };
      expect(await errorOf(() => create('cosine', options))).toMatchObject(refused);
      expect(
        await errorOf(() => VectorSearchEngine.bytesNeeded(1, dim, 'cosine', { index: 'hnsw', ...options })),
      ).toMatchObject(refused);
    });

    it('refuses codes under manhattan', async () => {
      expect(await errorOf(() => create('manhattan', { quantization: { bits: 8 } }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        expected: "a metric other than manhattan with codes and the index 'hnsw'",
      });
    });

    it('refuses what makes no sense in a call', async () => {
      const flat = keep(await maker.create(dim));
      const query = rowOf(queries, dim, 0);
      const calls: [() => unknown, string][] = [
        [() => standing.search(query, 1, { efSearch: 0 }), 'efSearch to be an integer from 1 to 65536'],
        [() => standing.search(query, 1, { efSearch: 65537 }), 'efSearch to be an integer from 1 to 65536'],
        [
          () => standing.searchBatch(queries, 1, { efSearch: 1.5 }),
          'efSearch to be an integer from 1 to 65536',
        ],
        [
          () => standing.estimateRecall(queries, 1, { efSearch: 0 }),
          'efSearch to be an integer from 1 to 65536',
        ],
        [
          () => standing.search(query, 1, { efSearch: 'auto' }),
          "efSearch of 'auto' only where there is a targetRecall",
        ],
        [() => standing.calibrate(), 'calibrate() only where there is a targetRecall'],
        [() => standing.search(query, 1, { nprobe: 1 }), "nprobe with the index 'ivf' only"],
        [() => standing.train(undefined, { nlist: 3 }), "nlist with the index 'ivf' only"],
        [() => standing.train(undefined, { seed: 3 }), "seed with the index 'ivf' only"],
        [() => flat.search(query, 1, { efSearch: 10 }), "efSearch with the index 'hnsw' only"],
        [() => flat.searchBatch(queries, 1, { efSearch: 10 }), "efSearch with the index 'hnsw' only"],
      ];
      for (const [call, expected] of calls) {
        expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT', expected });
      }
    });
  });
}
