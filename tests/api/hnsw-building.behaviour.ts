/**
How engines build their graph, whichever thread they live in: in one go, stopped, learning anew.

@module
*/
import { type Progress, type QuantizationOptions, VectorSearchEngine } from 'vicinal';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';
import {
  dim,
  hnswEngines,
  moreRows,
  plain,
  queries,
  recall,
  rowCount,
  rows,
} from './support/hnsw-engines.js';

export function describeHnswBuilding(name: string, maker: EngineMaker): void {
  describe(name, () => {
    const { create, createFilled } = hnswEngines(maker);

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
        // Adding is soon over; what takes long is told in many parts, of which a worker tells some twenty a second.
        const isLinking = done.some((rowsDone) => rowsDone > 0 && rowsDone < rowCount);
        if (engine instanceof VectorSearchEngine) expect(isLinking).toBe(true);

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
        // In this thread it is heard at once, in a worker perhaps only once all is linked.
        if (engine instanceof VectorSearchEngine) expect([stopped, pending > 0]).toEqual([true, true]);
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
        if (stopped) await engine.addBatch(new Float32Array(0));
        expect((await engine.stats()).graph).toMatchObject({ linked: rowCount, pending: 0 });
        expect(recall(await engine.searchBatch(queries, 10), 'euclidean')).toBeGreaterThan(0.98);
      });

      it('links all anew where more were removed than are left', async () => {
        for (const quantization of [null, { bits: 8, keepVectors: false }] as const) {
          const engine = await createFilled('euclidean', { quantization, fullScanThreshold: 0 });
          const isKept = (id: number) => id % 3 === 1;
          for (let id = 0; id < rowCount; id++) if (!isKept(id)) await engine.remove(id);
          const heard: number[] = [];
          await engine.train(undefined, { onProgress: ({ done, total }) => heard.push(done / total) });
          expect(heard.at(-1)).toBe(1);
          expect(heard).toEqual([...heard].sort((a, b) => a - b));
          expect((await engine.stats()).graph).toMatchObject({ linked: rowCount / 3, pending: 0 });
          expect(await engine.checkGraph()).toEqual({ linked: rowCount / 3, reachable: rowCount / 3 });
          const [own, expected] = [rowOf(rows, dim, 1), [1]];
          expect([...(await engine.search(own, 1)).ids]).toEqual(expected);
          // All is as good as new.
          expect(await errorOf(() => engine.train())).toMatchObject({
            expected: 'train() only where there is something to learn',
          });
        }
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
  });
}
