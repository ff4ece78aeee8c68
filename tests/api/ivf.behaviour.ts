/**
What engines with lists (index `ivf`) do, whichever thread they live in.

@module
*/
import type { Metric, QuantizationOptions, SearchResults } from 'vicinal';
import { afterEach, describe, expect, it } from 'vitest';
import { clusteredVectors, randomVectors, recallAt10, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';

const dim = 24;
const rowCount = 2000;
const metrics: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];

const rows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.3, seed: 1 });
const queries = clusteredVectors(20, dim, { centerCount: 40, spread: 0.3, seed: 3 });

const recall = (results: readonly SearchResults[], metric: Metric) =>
  recallAt10(results, metric, rows, queries);

export function describeIvf(name: string, maker: EngineMaker): void {
  const opened: AnyEngine[] = [];
  const create = async (metric: Metric = 'cosine', quantization?: QuantizationOptions) => {
    const engine = await maker.create(dim, metric, { index: 'ivf', ...(quantization && { quantization }) });
    opened.push(engine);
    return engine;
  };
  const createTrained = async (metric?: Metric, quantization?: QuantizationOptions) => {
    const engine = await create(metric, quantization);
    await engine.addBatch(rows);
    await engine.train(undefined, { nlist: 40, seed: 1 });
    return engine;
  };

  describe(name, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
    });

    it('is exact until it is trained', async () => {
      const engine = await create();
      await engine.addBatch(rows);
      expect(await engine.stats()).toMatchObject({ index: 'ivf', lists: null, size: rowCount });
      expect(recall(await engine.searchBatch(queries, 10), 'cosine')).toBe(1);
    });

    it.each(metrics)('finds most in some lists, and all in all of them: %s', async (metric) => {
      const engine = await createTrained(metric);
      const { lists, indexBytes } = await engine.stats();
      expect(lists?.count).toBe(40);
      expect(lists?.imbalance).toBeGreaterThanOrEqual(1);
      expect(indexBytes).toBeGreaterThan(0);
      const some = await engine.searchBatch(queries, 10, { nprobe: 4 });
      expect(recall(some, metric)).toBeGreaterThan(0.85);
      expect(await engine.estimateRecall(queries, 10, { nprobe: 4 })).toBeCloseTo(recall(some, metric), 10);
      const all = await engine.searchBatch(queries, 10, { nprobe: 40 });
      const flat = await maker.create(dim, metric);
      opened.push(flat);
      await flat.addBatch(rows);
      const exact = await flat.searchBatch(queries, 10);
      expect(all.map((result) => [...result.ids])).toEqual(exact.map((result) => [...result.ids]));
      expect(all.map((result) => [...result.scores])).toEqual(exact.map((result) => [...result.scores]));
      // One by one as together.
      for (const [index, result] of some.entries()) {
        const alone = await engine.search(rowOf(queries, dim, index), 10, { nprobe: 4 });
        expect([...alone.ids]).toEqual([...result.ids]);
        expect([...alone.scores]).toEqual([...result.scores]);
      }
    });

    it.each([
      [{ bits: 8 }, 0.85],
      [{ codec: 'binary' }, 0.7],
      [{ codec: 'product', segments: 12 }, 0.8],
      [{ bits: 4, keepVectors: false }, 0.6],
    ] as [QuantizationOptions, number][])('keeps %j in its lists', async (quantization, floor) => {
      const engine = await createTrained('cosine', quantization);
      expect(recall(await engine.searchBatch(queries, 10, { nprobe: 8 }), 'cosine')).toBeGreaterThan(floor);
      const again = await maker.load(await engine.save());
      opened.push(again);
      const query = rowOf(queries, dim, 3);
      expect((await again.search(query, 30)).toJSON()).toEqual((await engine.search(query, 30)).toJSON());
      expect((await again.stats()).lists).toEqual((await engine.stats()).lists);
    });

    it('takes rows in, out and elsewhere without training', async () => {
      const engine = await createTrained('euclidean');
      const query = rowOf(queries, dim, 0);
      expect(await engine.add(query)).toBe(rowCount);
      expect((await engine.search(query, 1, { nprobe: 1 })).ids).toEqual(Uint32Array.of(rowCount));
      await engine.remove(rowCount);
      expect((await engine.search(query, 1, { nprobe: 1 })).ids).not.toEqual(Uint32Array.of(rowCount));
      await engine.update(5, query);
      expect((await engine.search(query, 1, { nprobe: 1 })).ids).toEqual(Uint32Array.of(5));
      await engine.compact();
      expect((await engine.search(query, 1, { nprobe: 1 })).ids).toEqual(Uint32Array.of(5));
      expect(await engine.get(5)).toEqual(query);
      await engine.train(undefined, { nlist: 10 });
      expect((await engine.stats()).lists?.count).toBe(10);
      expect((await engine.search(query, 1, { nprobe: 1 })).ids).toEqual(Uint32Array.of(5));
    });

    it('searches all lists where it is to be exact', async () => {
      const engine = await createTrained('euclidean', { bits: 1 });
      expect(recall(await engine.searchBatch(queries, 10, { exact: true, nprobe: 1 }), 'euclidean')).toBe(1);
    });

    it('sorts more rows than 32 bits can multiply', async () => {
      const engine = await maker.create(2, 'euclidean', { index: 'ivf' });
      opened.push(engine);
      await engine.addBatch(randomVectors(150_000, 2));
      await engine.train();
      expect((await engine.stats()).lists?.count).toBe(775);
      expect((await engine.search([0.5, 0.5], 10)).ids).toHaveLength(10);
    });

    it('returns k hits where k may be returned, whichever lists they are in', async () => {
      const engine = await createTrained();
      const filter = [3, 100, 555, 1234, 1999];
      const results = await engine.search(rowOf(queries, dim, 1), 5, { nprobe: 1, filter });
      expect([...results.ids].sort((a, b) => a - b)).toEqual(filter);
      expect(await engine.search(rowOf(queries, dim, 1), rowCount, { nprobe: 1 })).toHaveProperty(
        'ids.length',
        rowCount,
      );
    });

    it('tells the progress of training, and stops it with all rows in their place', async () => {
      const engine = await create('euclidean', { bits: 8 });
      await engine.addBatch(rows);
      const steps: number[] = [];
      await engine.train(undefined, { onProgress: ({ done, total }) => steps.push(done / total) });
      expect(steps.at(-1)).toBe(1);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      const stop = new AbortController();
      const reason = new Error('enough');
      // In a worker the stop may come when all is done.
      await Promise.resolve(
        errorOf(() =>
          engine.train(undefined, {
            nlist: 7,
            signal: stop.signal,
            onProgress: ({ done, total }) => {
              if (done > total / 2) stop.abort(reason);
            },
          }),
        ),
      ).then(
        (error) => expect(error).toBe(reason),
        () => expect(stop.signal.aborted).toBe(true),
      );
      expect(await engine.size).toBe(rowCount);
      expect(recall(await engine.searchBatch(queries, 10, { nprobe: 65536 }), 'euclidean')).toBe(1);
    });

    it('refuses what makes no sense', async () => {
      const engine = await createTrained();
      const flat = await maker.create(dim);
      opened.push(flat);
      const query = rowOf(queries, dim, 0);
      for (const call of [
        () => engine.search(query, 1, { nprobe: 0 }),
        () => engine.search(query, 1, { nprobe: 1.5 }),
        () => engine.train(undefined, { nlist: 0 }),
        () => engine.train(undefined, { nlist: 65537 }),
        () => engine.train(rows),
        () => flat.search(query, 1, { nprobe: 1 }),
        () => flat.train(undefined, { nlist: 3 }),
        () => maker.create(dim, 'cosine', { index: 'lists' as never }),
      ]) {
        expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });
  });
}
