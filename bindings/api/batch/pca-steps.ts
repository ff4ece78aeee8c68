/**
Principal components: fit a model, and project rows onto it.

@module
*/
import { allocateFloats } from '../allocate.js';
import { checkInteger, isFloat32Array } from '../arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../errors.js';
import { copyFloatsTo } from '../module-arrays.js';
import { scratchBytes } from '../scratch.js';
import type { Steps } from '../steps.js';
import type { PcaModel, PcaOptions } from '../types.js';
import type { RowBatches } from './row-batches.js';
import { feedFit, readFit, usingFit } from './using-fit.js';

/** What a finished decomposition replies. */
const wholeDecomposition = 1000;

export function* pcaSteps(rows: RowBatches, options: PcaOptions | undefined): Steps<PcaModel> {
  const { runtime, dim, count } = rows;
  if (count < 2) throw invalidArgument('at least 2 rows', count);
  const components = checkInteger('components', options?.components, 1, Math.min(dim, count));
  const fit = runtime.checked((raw) => raw.pcaCreate(dim, components, count));
  return yield* usingFit(runtime, 'pca', fit, function* () {
    const total = 2 * count;
    yield* feedFit(rows, 'pca', fit, total);
    for (let decomposed = 0; decomposed < wholeDecomposition; ) {
      decomposed = runtime.checked((raw) => raw.pcaStep(fit));
      yield { done: count + Math.floor((count * decomposed) / wholeDecomposition), total };
    }
    const lengths = [dim, components * dim, components, components] as const;
    const arrays = readFit(runtime, 'pca', fit, lengths);
    const [mean, axes, explainedVariance, explainedVarianceRatio] = arrays;
    return { mean, components: axes, explainedVariance, explainedVarianceRatio };
  });
}

export function* projectSteps(rows: RowBatches, model: PcaModel): Steps<Float32Array> {
  const { runtime, dim, count: total } = rows;
  const { mean, axes } = checkModel(model, dim);
  const components = axes.length / dim;
  const result = allocateFloats(total * components);
  for (const { first, count, values, offset } of rows.batches()) {
    const outLength = count * components;
    const scratch = runtime.scratch(
      scratchBytes(values.length) +
        scratchBytes(dim) +
        scratchBytes(components * dim) +
        scratchBytes(outLength),
    );
    const address = scratch.putFloats(values);
    const meanAddress = scratch.putFloats(mean);
    const axesAddress = scratch.putFloats(axes);
    const out = scratch.reserve(outLength);
    runtime.checked(
      (raw) => raw.project(dim, address, count, meanAddress, axesAddress, components, out),
      offset,
    );
    copyFloatsTo(runtime.memory, out, outLength, result, first * components);
    yield { done: first + count, total };
  }
  return result;
}

/** @returns Copies: the caller's arrays may change between steps. */
function checkModel(model: PcaModel, dim: number): Record<'mean' | 'axes', Float32Array> {
  const mean = copyOfPart(model, 'mean');
  const components = copyOfPart(model, 'components');
  if (mean.length !== dim) throw new VectorSearchError('DIMENSION_MISMATCH', dim, mean.length);
  if (components.length === 0 || components.length % dim !== 0) {
    throw new VectorSearchError(
      'DIMENSION_MISMATCH',
      `components of ${dim} values each`,
      `${components.length} values`,
    );
  }
  if (!mean.every(Number.isFinite) || !components.every(Number.isFinite)) {
    throw invalidState('a model of finite numbers', 'NaN or infinity');
  }
  return { mean, axes: components };
}

function copyOfPart(model: PcaModel, name: 'mean' | 'components'): Float32Array {
  const values: unknown = model?.[name];
  if (!isFloat32Array(values) && !Array.isArray(values))
    throw invalidArgument(`${name} of the model to be a Float32Array`, values);
  return Float32Array.from(values as ArrayLike<number>);
}
