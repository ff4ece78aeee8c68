/**
Scaling rows to length 1.

@module
*/
import { allocateFloats } from '../allocate.js';
import { checkOut } from '../arguments.js';
import { copyFloatsTo } from '../module-arrays.js';
import { scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { NormalizeOptions } from '../types.js';
import { deliver } from './deliver.js';
import type { RowBatches } from './row-batches.js';

export function* normalizeSteps(rows: RowBatches, options: NormalizeOptions): Steps<Float32Array> {
  const { runtime, dim, vectors, count: total } = rows;
  const out = checkOut(options.out, vectors.length);
  const result = allocateFloats(vectors.length);
  for (const { first, count, values, offset } of rows.batches()) {
    const address = runtime.scratch(scratchBytes(values.length)).putFloats(values);
    runtime.checked((raw) => raw.normalize(dim, address, count, address), offset);
    copyFloatsTo(runtime.memory, address, values.length, result, first * dim);
    yield { done: first + count, total };
  }
  return deliver(result, out);
}
