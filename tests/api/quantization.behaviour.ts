/**
What engines that keep vectors in codes do, whichever thread they live in.

@module
*/
import {
  type Metric,
  type QuantizationOptions,
  type QuantizationRecommendation,
  type RecommendOptions,
  type SearchResults,
  VectorSearchError,
} from 'vicinal';
import { afterEach, describe, expect, it } from 'vitest';
import { clusteredVectors, naiveSearch, recallAt10, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';
import { errorOf } from './support/awaitable.js';

export interface QuantizationMaker extends EngineMaker {
  recommend(
    sample: Float32Array,
    dim: number,
    options?: RecommendOptions,
  ): QuantizationRecommendation | Promise<QuantizationRecommendation>;
}

/** Every codec, with a floor of recall@10 below what it reaches on the rows here: rescored, and by code alone. */
const codecs: readonly (readonly [
  name: string,
  quantization: QuantizationOptions,
  rescored: number,
  byCode: number,
])[] = [
  ['8 bits', { bits: 8 }, 1, 0.95],
  ['4 bits', { bits: 4 }, 0.98, 0.75],
  ['2 bits', { bits: 2 }, 0.9, 0.45],
  ['1 bit', { bits: 1 }, 0.75, 0.3],
  ['8 bits on one grid', { bits: 8, quantile: 0.99 }, 0.99, 0.9],
  ['binary', { codec: 'binary' }, 0.9, 0.3],
  ['plain signs', { codec: 'binary', rotation: false }, 0.8, 0.2],
  ['product, 4 bits', { codec: 'product', bits: 4, segments: 16 }, 0.9, 0.3],
  ['product, 8 bits', { codec: 'product', bits: 8, segments: 16 }, 0.95, 0.4],
];

const dim = 64;

const rows = clusteredVectors(1200, dim, { centerCount: 20, spread: 0.5, seed: 1 });
const queries = clusteredVectors(20, dim, { centerCount: 20, spread: 0.5, seed: 3 });

const recall = (results: readonly SearchResults[], metric: Metric) =>
  recallAt10(results, metric, rows, queries);

export function describeQuantization(name: string, maker: QuantizationMaker): void {
  const opened: AnyEngine[] = [];
  const create = async (quantization: QuantizationOptions, metric: Metric = 'cosine') => {
    const engine = await maker.create(dim, metric, { quantization });
    opened.push(engine);
    return engine;
  };

  describe(name, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
    });

    describe.each(codecs)('%s', (_, quantization, rescored, byCode) => {
      it('finds most of what exact search finds, and tells how much', async () => {
        const engine = await create(quantization);
        await engine.addBatch(rows);
        await engine.train();
        const results = await engine.searchBatch(queries, 10);
        expect(recall(results, 'cosine')).toBeGreaterThanOrEqual(rescored);
        expect(await engine.estimateRecall(queries, 10)).toBeCloseTo(recall(results, 'cosine'), 10);
        expect(await errorOf(() => engine.estimateRecall(queries.subarray(0, 0)))).toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
        const coarse = await engine.searchBatch(queries, 10, { rescore: false });
        expect(recall(coarse, 'cosine')).toBeGreaterThanOrEqual(byCode);
        const exact = await engine.searchBatch(queries, 10, { exact: true });
        expect(recall(exact, 'cosine')).toBe(1);
        // One by one as together.
        for (const [index, result] of coarse.entries()) {
          const alone = await engine.search(rowOf(queries, dim, index), 10, { rescore: false });
          expect([...alone.ids]).toEqual([...result.ids]);
          expect([...alone.distances]).toEqual([...result.distances]);
        }
      });

      it('keeps ids through removal, update, compaction and files', async () => {
        const engine = await create(quantization, 'euclidean');
        await engine.addBatch(rows);
        await engine.train();
        for (let id = 0; id < 600; id += 2) await engine.remove(id);
        await engine.update(1, rowOf(queries, dim, 0));
        const query = rowOf(queries, dim, 0);
        const before = await engine.search(query, 50);
        expect(before.ids[0]).toBe(1);
        expect([...before.ids].every((id) => id >= 600 || id % 2 === 1)).toBe(true);
        await engine.compact();
        expect((await engine.search(query, 50)).toJSON()).toEqual(before.toJSON());
        const again = await maker.load(await engine.save());
        opened.push(again);
        expect((await again.search(query, 50)).toJSON()).toEqual(before.toJSON());
        expect((await again.stats()).quantization).toEqual((await engine.stats()).quantization);
        expect(await again.add(query)).toBe(1200);
        expect([...(await again.search(query, 2)).ids]).toEqual([1, 1200]);
      });

      it('takes a fraction of the floats where these are not kept', async () => {
        const engine = await create({ ...quantization, keepVectors: false });
        await engine.addBatch(rows);
        if (!(await engine.stats()).quantization?.trained) await engine.train();
        const { codeBytes, vectorBytes } = await engine.stats();
        expect(vectorBytes).toBe(0);
        expect(codeBytes).toBeLessThan(rows.byteLength);
        const vector = await engine.get(5);
        expect(vector.every(Number.isFinite)).toBe(true);
        expect(vector).not.toEqual(rowOf(rows, dim, 5));
      });
    });

    it('is exact until there are vectors enough to learn from', async () => {
      const engine = await create({ bits: 1, keepVectors: false }, 'manhattan');
      await engine.addBatch(rows.subarray(0, 40 * dim));
      expect((await engine.stats()).quantization).toMatchObject({ trained: false });
      const query = rowOf(queries, dim, 0);
      const expected = naiveSearch('manhattan', rows.subarray(0, 40 * dim), query, 40);
      expect([...(await engine.search(query, 40)).ids]).toEqual(expected.map(({ id }) => id));
      await engine.addBatch(rows.subarray(40 * dim, 100 * dim));
      expect(await engine.stats()).toMatchObject({
        size: 100,
        quantization: { trained: true },
        vectorBytes: 0,
      });
    });

    it('learns from vectors that are not added', async () => {
      const engine = await create({ codec: 'product', segments: 8, keepVectors: false });
      await engine.train(rows);
      expect(await engine.stats()).toMatchObject({ size: 0, quantization: { trained: true } });
      await engine.add(rowOf(rows, dim, 0));
      expect((await engine.search(rowOf(rows, dim, 0), 1)).ids).toEqual(Uint32Array.of(0));
    });

    it('tells the progress of training, and stops it without a trace', async () => {
      const engine = await create({ codec: 'product', segments: 8 });
      await engine.addBatch(rows);
      const steps: number[] = [];
      await engine.train(undefined, { onProgress: ({ done, total }) => steps.push(done / total) });
      expect(steps.at(-1)).toBe(1);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      const before = await engine.save();
      const stop = new AbortController();
      const reason = new Error('enough');
      const training = errorOf(() =>
        engine.train(rows, { signal: stop.signal, onProgress: () => stop.abort(reason) }),
      );
      expect(await training).toBe(reason);
      expect(await engine.save()).toEqual(before);
    });

    it('tells which vector of a batch is wrong, though it learns from some of them first', async () => {
      const engine = await create({ bits: 8 });
      const wrong = rows.slice();
      wrong[777 * dim + 3] = Number.NaN;
      const error = await errorOf(() => engine.addBatch(wrong));
      expect(error).toMatchObject({ code: 'NOT_FINITE', actual: 777 * dim + 3 });
      expect(await engine.size).toBe(0);
    });

    it.each([
      false,
      true,
    ])('takes a failed or stopped batch back, with what was learned for it (trained before: %s)', async (trained) => {
      const engine = await create({ bits: 2, keepVectors: false });
      if (trained) await engine.train(rows);
      await engine.addBatch(rows.subarray(0, 10 * dim));
      const before = await engine.save();
      const wrong = new Float32Array(40_000 * dim).map((_, i) => Math.sin(i));
      wrong[39_999 * dim + 1] = Number.NaN;
      expect(await errorOf(() => engine.addBatch(wrong))).toMatchObject({
        code: 'NOT_FINITE',
        actual: 39_999 * dim + 1,
      });
      expect(await engine.save()).toEqual(before);
      const stop = new AbortController();
      const reason = new Error('enough');
      wrong[39_999 * dim + 1] = 0;
      const stopped = errorOf(() =>
        engine.addBatch(wrong, undefined, {
          signal: stop.signal,
          onProgress: () => stop.abort(reason),
        }),
      );
      expect(await stopped).toBe(reason);
      expect(await engine.save()).toEqual(before);
    });

    it('refuses what needs floats where they are not kept', async () => {
      const engine = await create({ bits: 4, keepVectors: false });
      await engine.addBatch(rows);
      const query = rowOf(queries, dim, 0);
      for (const options of [{ oversampling: 2 }, { rescore: true }, { exact: true }]) {
        expect(await errorOf(() => engine.search(query, 1, options))).toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
      }
      for (const call of [() => engine.estimateRecall(queries), () => engine.train()]) {
        expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
      const plain = await maker.create(dim);
      opened.push(plain);
      for (const call of [
        () => plain.estimateRecall(queries),
        () => plain.train(),
        () => plain.train(queries),
      ]) {
        expect(await errorOf(call)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });

    it.each([
      [{ codec: 'pq' }],
      [{ bits: 3 }],
      [{ codec: 'binary', bits: 8 }],
      [{ codec: 'product', bits: 2 }],
      [{ quantile: 0.4 }],
      [{ quantile: 1.1 }],
      [{ bits: 1, quantile: 0.9 }],
      [{ segments: 4 }],
      [{ codec: 'product', segments: 0 }],
      [{ codec: 'product', segments: dim + 1 }],
      [{ rotation: true }],
      [{ codec: 'binary', seed: -1 }],
      [{ codec: 'binary', seed: 0.5 }],
      [{ keepVectors: 1 }],
      [{ bit: 8 }],
    ] as unknown as [QuantizationOptions][])('refuses %j', async (quantization) => {
      const error = await errorOf(() => create(quantization));
      expect(error).toBeInstanceOf(VectorSearchError);
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it('refuses binary codes under manhattan, which they do not tell', async () => {
      expect(await errorOf(() => create({ codec: 'binary' }, 'manhattan'))).toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    });

    it('recommends the smallest codes that reach a recall', async () => {
      const { choice, trials } = await maker.recommend(rows, dim, { minRecall: 0.9 });
      expect(trials.length).toBeGreaterThanOrEqual(4);
      for (const trial of trials) {
        expect(trial.recall).toBeGreaterThanOrEqual(trial.recallByCode);
        expect(trial.bytesPerVector).toBeLessThan(dim * 4);
      }
      const fitting = trials.filter((trial) => trial.recall >= 0.9).map((trial) => trial.bytesPerVector);
      expect(choice?.bytesPerVector).toBe(Math.min(...fitting));
      const tight = await maker.recommend(rows, dim, {
        metric: 'euclidean',
        minRecall: 1,
        maxBytes: 1,
        candidates: [{ bits: 1 }],
      });
      expect(tight.choice).toBeNull();
      expect(tight.trials).toHaveLength(1);
      const few = await errorOf(() => maker.recommend(rows.subarray(0, 19 * dim), dim));
      expect(few).toMatchObject({ code: 'INVALID_ARGUMENT', actual: 19 });
    });
  });
}
