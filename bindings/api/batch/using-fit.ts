/**
Work whose result depends on all rows keeps an accumulator in the module while it lasts.

@module
*/
import { copyFloats } from '../module-arrays.js';
import type { ModuleRuntime } from '../module-runtime.js';
import type { Reply } from '../raw-module.js';
import { scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { RowBatches } from './row-batches.js';

/** Runs steps that use `fit`, and frees it however they end. */
export function* usingFit<Result>(
  runtime: ModuleRuntime,
  fit: { delete(): void },
  body: () => Steps<Result>,
): Steps<Result> {
  try {
    return yield* body();
  } finally {
    runtime.call(() => fit.delete());
  }
}

/** Hands every row to an accumulator. @param total - What progress counts to. Default: the rows. */
export function* feedFit(
  rows: RowBatches,
  fit: { add(rows: number, rowCount: number): Reply },
  total = rows.count,
): Steps<void> {
  const { runtime } = rows;
  for (const { first, count, values, offset } of rows.batches()) {
    const address = runtime.scratch(scratchBytes(values.length)).putFloats(values);
    runtime.checked(() => fit.add(address, count), offset);
    yield { done: first + count, total };
  }
}

type FourArrays = [Float32Array, Float32Array, Float32Array, Float32Array];

/**
Lets an accumulator write its four results.

@param lengths - Of the arrays that `finish` writes, in their order.
@returns These arrays.
*/
export function readFit(
  runtime: ModuleRuntime,
  lengths: readonly [number, number, number, number],
  finish: (first: number, second: number, third: number, fourth: number) => Reply,
): FourArrays {
  const scratch = runtime.scratch(lengths.reduce((sum, length) => sum + scratchBytes(length), 0));
  const addresses = lengths.map((length) => scratch.reserve(length)) as [number, number, number, number];
  runtime.checked(() => finish(...addresses));
  return lengths.map((length, i) => copyFloats(runtime.memory, addresses[i] as number, length)) as FourArrays;
}
