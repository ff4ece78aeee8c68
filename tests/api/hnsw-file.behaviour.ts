/**
Engines with a graph (index `hnsw`), saved and loaded, whichever thread they live in.

@module
*/
import type { QuantizationOptions } from 'vicinal';
import { afterEach, describe, expect, it } from 'vitest';
import { clusteredVectors, rowOf } from '../support/vectors.js';
import type { AnyEngine, EngineMaker } from './engine.behaviour.js';

const dim = 24;
const rowCount = 2000;

const rows = clusteredVectors(rowCount, dim, { centerCount: 40, spread: 0.3, seed: 1 });

export function describeHnswFile(name: string, maker: EngineMaker): void {
  const opened: AnyEngine[] = [];

  describe(name, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
    });

    it.each([
      null,
      { bits: 8 },
      { bits: 4, keepVectors: false },
    ] as (QuantizationOptions | null)[])('are the same again: %j', async (quantization) => {
      const engine = await maker.create(dim, 'cosine', { index: 'hnsw', fullScanThreshold: 0, quantization });
      opened.push(engine);
      await engine.addBatch(rows);
      await engine.remove(7);
      const bytes = await engine.save();
      const again = await maker.load(bytes);
      opened.push(again);
      expect((await again.stats()).graph).toMatchObject({
        m: 16,
        fullScanThreshold: 0,
        linked: rowCount - 1,
        pending: 0,
        removed: 0,
        levels: (await engine.stats()).graph?.levels,
      });
      for (const index of [0, 7, 1999]) {
        const query = rowOf(rows, dim, index);
        expect((await again.search(query, 10)).toJSON()).toEqual((await engine.search(query, 10)).toJSON());
      }
      expect(await again.save()).toEqual(bytes);
      expect(await again.add(rowOf(rows, dim, 7))).toBe(rowCount);
      expect((await again.stats()).graph?.linked).toBe(rowCount);
    });
  });
}
