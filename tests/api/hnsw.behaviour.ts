/**
What engines with a graph (index `hnsw`) do, whichever thread they live in. Held against exact search all along.

@module
*/
import {
  CompressedVectorStore,
  type EngineOptions,
  type Metric,
  type SearchOptions,
  type SearchResults,
  VectorSearchEngine,
} from 'vicinal';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusteredVectors, naiveScore, randomVectors, recallAt10, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';
import { dim, hnswEngines, kinds, plain, queries, recall, rowCount, rows } from './support/hnsw-engines.js';

const metrics: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];

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

export function describeHnsw(name: string, maker: EngineMaker): void {
  describe(name, () => {
    const { keep, create, createFilled } = hnswEngines(maker);
    /** Never changed. */
    let standing: AnyEngine;
    beforeAll(async () => {
      standing = await maker.create(dim, 'euclidean', { index: 'hnsw', fullScanThreshold: 20 });
      await standing.addBatch(rows);
      return () => standing.dispose();
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
