/**
Pooling groups of rows into one row each.

@module
*/
import { allocateFloats } from '../allocate.js';
import { checkInteger, checkOut, checkPerRow, valuesAt } from '../arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../errors.js';
import { type Pooling, poolingNumber } from '../metrics.js';
import { copyFloatsTo } from '../module-arrays.js';
import { type Scratch, scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { PoolOptions, WeightedPoolOptions } from '../types.js';
import { deliver } from './deliver.js';
import type { RowBatch, RowBatches } from './row-batches.js';
import { usingFit } from './using-fit.js';

/** What is pooled, checked. */
interface PoolPlan {
  readonly pooling: Pooling;
  readonly groupSize: number;
  readonly mask: Uint8Array | undefined;
  readonly weights: Float32Array | undefined;
}

export function* poolSteps(
  rows: RowBatches,
  pooling: Pooling,
  options: PoolOptions & Partial<WeightedPoolOptions>,
): Steps<Float32Array> {
  const plan = planPooling(rows, pooling, options);
  const length = (rows.count / plan.groupSize) * rows.dim;
  const out = checkOut(options.out, length);
  const result = allocateFloats(length);
  if (plan.groupSize <= rows.batchRows) yield* poolWholeGroups(rows, plan, result);
  else yield* poolLargeGroups(rows, plan, result);
  return deliver(result, out);
}

/** Groups that fit a batch: some of them a batch. */
function* poolWholeGroups(rows: RowBatches, plan: PoolPlan, result: Float32Array): Steps<void> {
  const { runtime, dim, count: total } = rows;
  const { groupSize } = plan;
  for (const batch of rows.batches(0, total, groupSize)) {
    const outLength = (batch.count / groupSize) * dim;
    const scratch = runtime.scratch(batchBytes(batch) + scratchBytes(outLength));
    const { values, mask, weights } = putBatch(scratch, batch, plan);
    const out = scratch.reserve(outLength);
    const group = batch.first / groupSize;
    namingGroup(group, () =>
      runtime.checked(
        (raw) =>
          raw.pool(dim, poolingNumber(plan.pooling), groupSize, values, batch.count, mask, weights, out),
        batch.offset,
      ),
    );
    copyFloatsTo(runtime.memory, out, outLength, result, group * dim);
    yield { done: batch.first + batch.count, total };
  }
}

/** Groups larger than a batch: several batches each. */
function* poolLargeGroups(rows: RowBatches, plan: PoolPlan, result: Float32Array): Steps<void> {
  const { runtime, dim, count: total } = rows;
  const { groupSize } = plan;
  const pooled = runtime.checked((raw) => raw.groupCreate(dim, poolingNumber(plan.pooling)));
  yield* usingFit(runtime, 'group', pooled, function* () {
    for (let group = 0; group * groupSize < total; group++) {
      for (const batch of rows.batches(group * groupSize, (group + 1) * groupSize)) {
        const { values, mask, weights } = putBatch(runtime.scratch(batchBytes(batch)), batch, plan);
        runtime.checked((raw) => raw.groupAdd(pooled, values, batch.count, mask, weights), batch.offset);
        const done = batch.first + batch.count;
        if (done === (group + 1) * groupSize) {
          const out = runtime.scratch(scratchBytes(dim)).reserve(dim);
          namingGroup(group, () => runtime.checked((raw) => raw.groupFinish(pooled, out)));
          copyFloatsTo(runtime.memory, out, dim, result, group * dim);
        }
        yield { done, total };
      }
    }
  });
}

function planPooling(
  rows: RowBatches,
  pooling: Pooling,
  options: PoolOptions & Partial<WeightedPoolOptions>,
): PoolPlan {
  const { groupSize = rows.count, mask, weights } = options;
  if (rows.count === 0 && options.groupSize === undefined) throw invalidState('rows to pool', 'none');
  checkInteger('groupSize', groupSize, 1);
  if (rows.count % groupSize !== 0) {
    throw new VectorSearchError(
      'DIMENSION_MISMATCH',
      `whole groups of ${groupSize} rows`,
      `${rows.count} rows`,
    );
  }
  if (mask !== undefined) checkPerRow('the mask', mask, 'Uint8Array', rows.count);
  if (pooling !== 'weighted') return { pooling, groupSize, mask, weights: undefined };
  if (weights === undefined) throw invalidState('weights, one a row', 'none');
  checkPerRow('the weights', weights, 'Float32Array', rows.count);
  for (const weight of weights) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw invalidArgument('weights to be finite and 0 or more', weight);
    }
  }
  return { pooling, groupSize, mask, weights };
}

/** Scratch memory that `putBatch` fills. */
function batchBytes({ count, values }: RowBatch): number {
  return scratchBytes(values.length) + scratchBytes(count) + scratchBytes(count, 1);
}

/** Copies a batch in; returns the addresses, 0 for what is not there. */
function putBatch(scratch: Scratch, { first, count, values }: RowBatch, { mask, weights }: PoolPlan) {
  return {
    values: scratch.putFloats(values),
    weights: weights === undefined ? 0 : scratch.putFloats(valuesAt(weights, first, count)),
    mask: mask === undefined ? 0 : scratch.putBytes(valuesAt(mask, first, count)),
  };
}

/**
Everything else having been checked, what the module calls an invalid argument is a group with nothing to pool.

@param firstGroup - The group that the module counts as 0.
*/
function namingGroup(firstGroup: number, pool: () => void): void {
  try {
    pool();
  } catch (error) {
    if (!(error instanceof VectorSearchError) || error.code !== 'INVALID_ARGUMENT') throw error;
    const group = firstGroup + Number(error.actual);
    throw invalidState(`a row of group ${group} that mask and weights let in`, 'none');
  }
}
