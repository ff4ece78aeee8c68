/**
Which codes to keep vectors in, found out by trying.

@module
*/
import { checkInteger, checkOptions, checkRows, maxDim, rowsAt } from './arguments.js';
import { invalidArgument } from './errors.js';
import { metricNumber } from './metrics.js';
import { recommendNames } from './option-names.js';
import { checkQuantization } from './quantization.js';
import { VectorSearchEngine } from './search-engine.js';
import { runSteps, type Steps } from './steps.js';
import type {
  LongCallOptions,
  Metric,
  Progress,
  QuantizationOptions,
  QuantizationRecommendation,
  QuantizationTrial,
  RecommendOptions,
} from './types.js';

/** Sample rows that are held out as queries: this share of them, and no more than so many. */
const queryShare = 0.1;
const maxQueries = 200;

/** Rows whose bytes are told: so many that what all rows share does not count. */
const manyRows = 1 << 20;

/** Every codec that earns its place for some use. */
function allCandidates(metric: Metric): readonly QuantizationOptions[] {
  const anyMetric: QuantizationOptions[] = [
    { codec: 'scalar', bits: 8 },
    { codec: 'scalar', bits: 4 },
    { codec: 'product', bits: 4 },
  ];
  return metric === 'manhattan' ? anyMetric : [...anyMetric, { codec: 'binary' }];
}

/**
Try codecs on a sample, and choose the one with the smallest codes that reaches a recall.

Recall falls as vectors grow in number: take a sample as large as time allows, some thousands at least.

@param sample - `[count x dim]` vectors of the kind that will be kept: at least 20. A tenth of them, up to 200, are
searched for among the others.
@param dim - Values of every vector: 1 to 65,536.
@returns All trials, and the choice among them.
@throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT`, `DIMENSION_MISMATCH`, `NOT_FINITE`,
`ZERO_VECTOR` or `OUT_OF_MEMORY`. The signal's reason when stopped.
*/
export function recommendQuantization(
  sample: Float32Array,
  dim: number,
  options?: RecommendOptions & LongCallOptions,
): QuantizationRecommendation {
  return runSteps(recommendSteps(sample, dim, options), options);
}

/** {@link recommendQuantization} in steps. */
export function* recommendSteps(
  sample: Float32Array,
  dim: number,
  options: RecommendOptions = {},
): Steps<QuantizationRecommendation> {
  checkOptions(options, recommendNames);
  checkInteger('dim', dim, 1, maxDim);
  const { metric = 'cosine', k = 10, keepVectors = true, minRecall = 0.95, maxBytes } = options;
  const { candidates = allCandidates(metric) } = options;
  checkInteger('k', k, 1);
  metricNumber(metric);
  if (!Array.isArray(candidates)) throw invalidArgument('candidates to be an array', candidates);
  for (const candidate of candidates) checkQuantization(candidate ?? null, dim, metric, keepVectors);
  if (!(typeof minRecall === 'number' && minRecall >= 0 && minRecall <= 1))
    throw invalidArgument('minRecall to be from 0 to 1', minRecall);
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes > 0))
    throw invalidArgument('maxBytes to be above 0', maxBytes);
  if (typeof keepVectors !== 'boolean') throw invalidArgument('keepVectors to be a boolean', keepVectors);
  const count = checkRows('the sample', sample, dim);
  if (count < 20) throw invalidArgument('a sample of at least 20 vectors', count);
  yield* within(checkSteps(sample, dim, metric), { done: 0, total: candidates.length });
  const { base, queries } = split(sample, dim, count);
  const trials: QuantizationTrial[] = [];
  for (const candidate of candidates) {
    const progress = { done: trials.length, total: candidates.length };
    const quantization = { ...candidate, keepVectors: true };
    trials.push(yield* trySteps({ base, queries, dim, metric, k, quantization, keepVectors }, progress));
  }
  const fitting = trials.filter(
    ({ recall, bytesPerVector }) => recall >= minRecall && bytesPerVector <= (maxBytes ?? bytesPerVector),
  );
  yield { done: trials.length, total: candidates.length };
  fitting.sort((a, b) => a.bytesPerVector - b.bytesPerVector || b.recall - a.recall);
  return { trials, choice: fitting[0] ?? null };
}

/** @throws {VectorSearchError} for the first row that no engine takes: once the sample is split, rows have other numbers. */
function* checkSteps(sample: Float32Array, dim: number, metric: Metric): Steps<void> {
  const engine = new VectorSearchEngine(dim, metric);
  try {
    yield* engine.addBatchSteps(sample);
  } finally {
    engine.dispose();
  }
}

/** Every tenth row or so is a query, the others are searched. */
function split(sample: Float32Array, dim: number, count: number): Record<'base' | 'queries', Float32Array> {
  const queryCount = Math.min(maxQueries, Math.floor(count * queryShare));
  const queries = new Float32Array(queryCount * dim);
  const base = new Float32Array((count - queryCount) * dim);
  let taken = 0;
  for (let row = 0; row < count; row++) {
    const vector = rowsAt(sample, dim, row, 1);
    if (taken < queryCount && row === Math.floor(((taken + 0.5) * count) / queryCount)) {
      queries.set(vector, taken++ * dim);
    } else {
      base.set(vector, (row - taken) * dim);
    }
  }
  return { base, queries };
}

interface Trial {
  readonly base: Float32Array;
  readonly queries: Float32Array;
  readonly dim: number;
  readonly metric: Metric;
  readonly k: number;
  readonly quantization: QuantizationOptions;
  readonly keepVectors: boolean;
}

function* trySteps(
  { base, queries, dim, metric, k, quantization, keepVectors }: Trial,
  progress: Progress,
): Steps<QuantizationTrial> {
  const engine = new VectorSearchEngine(dim, metric, { quantization });
  try {
    const started = performance.now();
    yield* within(engine.addBatchSteps(base), progress);
    if (engine.stats().quantization?.trained !== true) yield* within(engine.trainSteps(), progress);
    const trainingMs = performance.now() - started;
    const recallByCode = yield* within(engine.estimateRecallSteps(queries, k, { rescore: false }), progress);
    const recall = keepVectors
      ? yield* within(engine.estimateRecallSteps(queries, k), progress)
      : recallByCode;
    const codesOnly = { quantization: { ...quantization, keepVectors: false } };
    const bytesPerVector = Math.round(
      (VectorSearchEngine.bytesNeeded(2 * manyRows, dim, metric, codesOnly) -
        VectorSearchEngine.bytesNeeded(manyRows, dim, metric, codesOnly)) /
        manyRows,
    );
    return {
      quantization: { ...quantization, keepVectors },
      bytesPerVector,
      recall,
      recallByCode,
      trainingMs,
    };
  } finally {
    engine.dispose();
  }
}

/** Steps of a part: a stop may come between them, and progress stays that of the whole. */
function* within<Result>(steps: Steps<Result>, progress: Progress): Steps<Result> {
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      yield progress;
    }
  } finally {
    steps.return(undefined as never);
  }
}
