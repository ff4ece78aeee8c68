/**
Work whose result depends on all rows keeps an accumulator in the module while it lasts.

@module
*/
import { copyFloats } from '../module-arrays.js';
import type { ModuleRuntime } from '../module-runtime.js';
import { scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { RowBatches } from './row-batches.js';

/** The kinds of accumulator: how the names of their functions begin. */
type Fit = 'group' | 'statistics' | 'pca';

/** Runs steps that use the accumulator at `fit`, and frees it however they end. */
export function* usingFit<Result>(
  runtime: ModuleRuntime,
  kind: Fit,
  fit: number,
  body: () => Steps<Result>,
): Steps<Result> {
  try {
    return yield* body();
  } finally {
    runtime.call((raw) => raw[`${kind}Delete` as const](fit));
  }
}

/** Hands every row to an accumulator. @param total - What progress counts to. Default: the rows. */
export function* feedFit(
  rows: RowBatches,
  kind: Exclude<Fit, 'group'>,
  fit: number,
  total = rows.count,
): Steps<void> {
  const { runtime } = rows;
  for (const { first, count, values, offset } of rows.batches()) {
    const address = runtime.scratch(scratchBytes(values.length)).putFloats(values);
    runtime.checked((raw) => raw[`${kind}Add` as const](fit, address, count), offset);
    yield { done: first + count, total };
  }
}

type FourArrays = [Float32Array, Float32Array, Float32Array, Float32Array];

/**
Lets an accumulator write its four results.

@param lengths - Of the arrays that it writes, in their order.
@returns These arrays.
*/
export function readFit(
  runtime: ModuleRuntime,
  kind: Exclude<Fit, 'group'>,
  fit: number,
  lengths: readonly [number, number, number, number],
): FourArrays {
  const scratch = runtime.scratch(lengths.reduce((sum, length) => sum + scratchBytes(length), 0));
  const addresses = lengths.map((length) => scratch.reserve(length)) as [number, number, number, number];
  runtime.checked((raw) => raw[`${kind}Finish` as const](fit, ...addresses));
  return lengths.map((length, i) => copyFloats(runtime.memory, addresses[i] as number, length)) as FourArrays;
}
