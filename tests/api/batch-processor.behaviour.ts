/**
What every batch processor does, whichever thread it works in.

@module
*/
import type {
  BatchOperation,
  BatchOptions,
  BatchResults,
  LongCallOptions,
  PcaModel,
  Progress,
} from 'vicinal';
import { describe, expect, it } from 'vitest';
import { naiveScore, randomVectors, rowOf } from '../support/vectors.js';
import { errorOf } from './support/awaitable.js';

export interface AnyBatchProcessor {
  readonly dim: number;
  readonly batchSize: number;
  process<Operation extends BatchOperation>(
    vectors: Float32Array,
    operation: Operation,
    options?: BatchOptions[Operation],
  ): BatchResults[Operation] | Promise<BatchResults[Operation]>;
  project(
    vectors: Float32Array,
    model: PcaModel,
    options?: LongCallOptions,
  ): Float32Array | Promise<Float32Array>;
}

export function describeBatchProcessor(
  name: string,
  create: (dim: number, batchSize?: number) => AnyBatchProcessor | Promise<AnyBatchProcessor>,
): void {
  describe(name, () => {
    const rows = Float32Array.of(3, 4, 0, 2, 5, 12, 1, 0);

    it('has the batch size it was given, 1024 by default', async () => {
      const processor = await create(2, 7);
      expect([processor.dim, processor.batchSize]).toEqual([2, 7]);
      expect((await create(2)).batchSize).toBe(1024);
    });

    it('normalizes to a new array', async () => {
      const processor = await create(2, 3);
      const input = rows.slice();
      const result = await processor.process(input, 'normalize');
      const expected = [3 / 5, 4 / 5, 0, 1, 5 / 13, 12 / 13, 1, 0];
      for (const [position, value] of expected.entries()) expect(result[position]).toBeCloseTo(value, 6);
      expect(input).toEqual(rows);
    });

    it('normalizes in place, and into an array that is offered', async () => {
      const processor = await create(2, 3);
      const input = rows.slice();
      expect(await processor.process(input, 'normalize', { out: input })).toBe(input);
      expect(input[1]).toBeCloseTo(0.8, 6);
      const out = new Float32Array(8);
      expect(await processor.process(rows, 'normalize', { out })).toBe(out);
      expect(out).toEqual(input);
    });

    it('pools all rows, or groups of them', async () => {
      const processor = await create(2, 3);
      expect(await processor.process(rows, 'mean')).toEqual(Float32Array.of(2.25, 4.5));
      expect(await processor.process(rows, 'max')).toEqual(Float32Array.of(5, 12));
      expect(await processor.process(rows, 'sum', { groupSize: 2 })).toEqual(Float32Array.of(3, 6, 6, 12));
    });

    it('leaves out what the mask leaves out, and weighs rows', async () => {
      const processor = await create(2, 3);
      const mask = Uint8Array.of(1, 0, 1, 1);
      expect(await processor.process(rows, 'mean', { mask, groupSize: 2 })).toEqual(
        Float32Array.of(3, 4, 3, 6),
      );
      const weights = Float32Array.of(1, 0, 0, 3);
      expect(await processor.process(rows, 'weighted', { weights })).toEqual(Float32Array.of(1.5, 1));
    });

    it('finds the centroid and statistics', async () => {
      const processor = await create(2, 3);
      expect(await processor.process(rows, 'centroid')).toEqual(Float32Array.of(2.25, 4.5));
      const statistics = await processor.process(rows, 'statistics');
      expect(statistics).toMatchObject({
        count: 4,
        mean: Float32Array.of(2.25, 4.5),
        min: Float32Array.of(0, 0),
        max: Float32Array.of(5, 12),
      });
      expect(statistics.std[0]).toBeCloseTo(Math.sqrt(14.75 / 4), 5);
    });

    it('finds the direction in which rows spread, and projects on it', async () => {
      const processor = await create(2, 3);
      const line = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i / 2 : i - 1));
      const model = await processor.process(line, 'pca', { components: 1 });
      expect(model.components[0]).toBeCloseTo(1 / Math.sqrt(5), 4);
      expect(model.components[1]).toBeCloseTo(2 / Math.sqrt(5), 4);
      expect(model.explainedVarianceRatio[0]).toBeCloseTo(1, 5);
      const projected = await processor.project(line, model);
      expect(projected).toHaveLength(10);
      expect((projected[9] ?? 0) - (projected[0] ?? 0)).toBeCloseTo(9 * Math.sqrt(5), 3);
    });

    it('projects on a model that was stored, and on nothing that is none', async () => {
      const processor = await create(2, 3);
      const rows = randomVectors(10, 2);
      const model = await processor.process(rows, 'pca', { components: 2 });
      const stored = JSON.stringify(model, (_, value) =>
        value instanceof Float32Array ? Array.from(value) : value,
      );
      const read = Object.fromEntries(
        Object.entries(JSON.parse(stored)).map(([name, values]) => [
          name,
          Float32Array.from(values as number[]),
        ]),
      ) as unknown as PcaModel;
      expect(await processor.project(rows, read)).toEqual(await processor.project(rows, model));
      for (const wrong of [undefined, {}, JSON.parse(JSON.stringify(model)), { ...model, components: {} }])
        expect(await errorOf(() => processor.project(rows, wrong as PcaModel))).toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
    });

    it('compares every row with every row', async () => {
      const processor = await create(3, 2);
      const vectors = randomVectors(5, 3);
      const scores = await processor.process(vectors, 'similarity', { metric: 'manhattan' });
      for (let a = 0; a < 5; a++) {
        for (let b = 0; b < 5; b++) {
          const expected = naiveScore('manhattan', rowOf(vectors, 3, a), rowOf(vectors, 3, b));
          expect(scores[a * 5 + b]).toBeCloseTo(expected, 5);
        }
      }
    });

    it('tells progress up to the end', async () => {
      const processor = await create(2, 1);
      const reports: Progress[] = [];
      await processor.process(rows, 'normalize', { onProgress: (progress) => reports.push(progress) });
      expect(reports.at(-1)).toEqual({ done: 4, total: 4 });
    });

    it('does nothing when the signal is aborted already', async () => {
      const processor = await create(2);
      const signal = AbortSignal.abort('enough');
      const out = new Float32Array(8);
      expect(await errorOf(() => processor.process(rows, 'normalize', { out, signal }))).toBe('enough');
      expect(out).toEqual(new Float32Array(8));
    });

    it.each<[string, (processor: AnyBatchProcessor) => unknown, object]>([
      [
        'a row of zeros',
        (p) => p.process(Float32Array.of(1, 1, 0, 0), 'normalize'),
        { code: 'ZERO_VECTOR', actual: 1 },
      ],
      ['part of a row', (p) => p.process(new Float32Array(3), 'mean'), { code: 'DIMENSION_MISMATCH' }],
      [
        'NaN',
        (p) => p.process(Float32Array.of(1, 1, 1, Number.NaN), 'centroid'),
        { code: 'NOT_FINITE', actual: 3 },
      ],
      ['no array', (p) => p.process([1, 2] as never, 'mean'), { code: 'INVALID_ARGUMENT' }],
      ['an unknown operation', (p) => p.process(rows, 'shuffle' as 'mean'), { code: 'INVALID_ARGUMENT' }],
      [
        'a group that is masked out',
        (p) => p.process(rows, 'mean', { mask: new Uint8Array(4) }),
        { code: 'INVALID_ARGUMENT' },
      ],
      [
        'a mask too short',
        (p) => p.process(rows, 'mean', { mask: new Uint8Array(2) }),
        { code: 'DIMENSION_MISMATCH' },
      ],
      [
        'an out array too short',
        (p) => p.process(rows, 'normalize', { out: new Float32Array(3) }),
        { code: 'DIMENSION_MISMATCH' },
      ],
      [
        'an out that is no array',
        (p) => p.process(rows, 'normalize', { out: 5 as never }),
        { code: 'INVALID_ARGUMENT' },
      ],
      ['too many components', (p) => p.process(rows, 'pca', { components: 3 }), { code: 'INVALID_ARGUMENT' }],
    ])('refuses %s', async (_, call, expected) => {
      const processor = await create(2);
      expect(await errorOf(() => call(processor))).toMatchObject(expected);
    });

    it('refuses what it cannot be', async () => {
      expect(await errorOf(() => create(0))).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await errorOf(() => create(2, 0))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });
}
