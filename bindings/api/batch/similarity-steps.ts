/**
Scores of every row with every row, tile by tile.

@module
*/
import { allocateFloats } from '../allocate.js';
import { metricNumber } from '../metrics.js';
import { copyFloatsTo } from '../module-arrays.js';
import { scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { SimilarityOptions } from '../types.js';
import type { RowBatches } from './row-batches.js';

export function* similaritySteps(rows: RowBatches, options: SimilarityOptions): Steps<Float32Array> {
  const { runtime, dim, count: total } = rows;
  const metric = metricNumber(options.metric ?? 'cosine');
  const result = allocateFloats(total * total);
  for (const queries of rows.batches()) {
    for (const tile of rows.batches()) {
      const tileLength = queries.count * tile.count;
      const scratch = runtime.scratch(
        scratchBytes(queries.values.length) + scratchBytes(tile.values.length) + scratchBytes(tileLength),
      );
      const queriesAddress = scratch.putFloats(queries.values);
      const tileAddress = scratch.putFloats(tile.values);
      const out = scratch.reserve(tileLength);
      // The first pass over the tiles meets every row as a tile's, so that is where its offset counts from.
      runtime.checked(
        (raw) => raw.similarity(dim, metric, queriesAddress, queries.count, tileAddress, tile.count, out),
        tile.offset,
      );
      for (let query = 0; query < queries.count; query++) {
        const position = (queries.first + query) * total + tile.first;
        copyFloatsTo(runtime.memory, out + query * tile.count * 4, tile.count, result, position);
      }
      const doneShare = (tile.first + tile.count) / total;
      yield { done: queries.first + Math.floor(queries.count * doneShare), total };
    }
  }
  return result;
}
