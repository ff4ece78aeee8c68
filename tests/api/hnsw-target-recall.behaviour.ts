/**
What engines with a graph and a `targetRecall` do, whichever thread they live in. Held against exact search all along.

@module
*/
import type { Progress } from 'vicinal';
import { describe, expect, it } from 'vitest';
import { clusteredVectors, randomVectors, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';
import { dim, hnswEngines, kinds, plain, queries, rowCount, rows } from './support/hnsw-engines.js';

export function describeHnswTargetRecall(name: string, maker: EngineMaker): void {
  describe(name, () => {
    const { keep, create } = hnswEngines(maker);
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
}
