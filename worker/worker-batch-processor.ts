/**
The batch processor behind a worker.

@module
*/
import { isFloat32Array } from '../bindings/api/arguments.js';
import { deliver } from '../bindings/api/batch/deliver.js';
import { invalidArgument } from '../bindings/api/errors.js';
import type {
  BatchOperation,
  BatchOptions,
  BatchResults,
  LongCallOptions,
  PcaModel,
} from '../bindings/api/types.js';
import { workerProcessorNames } from './option-names.js';
import type { LongSendOptions, SendOptions, WorkerBatchProcessorOptions } from './options.js';
import type { ProcessorCalls, SentBatchOptions } from './protocol.js';
import {
  callOptions,
  checkOptions,
  openRemoteObject,
  RemoteObject,
  type RemoteObjectState,
  sentOptions,
} from './remote-object.js';

/**
A `BatchProcessor` in a worker: the same methods with the same arguments, each as a promise. Order of calls and copying
of vectors are as in {@link WorkerEngine}.
*/
export class WorkerBatchProcessor extends RemoteObject<ProcessorCalls> {
  /** Rows of one step. */
  readonly batchSize: number;

  /** {@link createWorkerBatchProcessor} makes processors. @internal */
  constructor(state: RemoteObjectState) {
    super(state, 'batch processor');
    this.batchSize = state.opened.batchSize ?? 0;
  }

  /**
  Run one operation over vectors.

  @param vectors - `[count x dim]` finite numbers, vector after vector.
  @param operation - See `BatchProcessor.process` for what each one computes.
  @param options - As in `BatchProcessor.process`. `out` receives the result when it arrives; it may be `vectors` itself
  unless `transfer` gives that away.
  */
  process<Operation extends Exclude<BatchOperation, 'weighted' | 'pca'>>(
    vectors: Float32Array,
    operation: Operation,
    options?: BatchOptions[Operation] & SendOptions,
  ): Promise<BatchResults[Operation]>;
  process<Operation extends BatchOperation>(
    vectors: Float32Array,
    operation: Operation,
    options: BatchOptions[Operation] & SendOptions,
  ): Promise<BatchResults[Operation]>;
  async process(
    vectors: Float32Array,
    operation: BatchOperation,
    options: { readonly out?: Float32Array | undefined } & LongSendOptions = {},
  ): Promise<BatchResults[BatchOperation]> {
    const sent = sentOptions(options);
    const { out, ...others } = sent;
    if (!isFloat32Array(out))
      return this.read('process', [vectors, operation, sent as SentBatchOptions], callOptions(options));
    if (options.transfer && out.buffer === vectors?.buffer) {
      throw invalidArgument(
        'out to have a buffer of its own where transfer gives that of the vectors away',
        out,
      );
    }
    const outOptions: SentBatchOptions = { ...others, outLength: out.length };
    const result = await this.read('process', [vectors, operation, outOptions], callOptions(options));
    return deliver(result as Float32Array, out);
  }

  /**
  Project vectors on the components of a model that `process(vectors, 'pca', ...)` returned.

  @returns `[count x components]`.
  */
  project(
    vectors: Float32Array,
    model: PcaModel,
    options: LongCallOptions & SendOptions = {},
  ): Promise<Float32Array> {
    return this.read('project', [vectors, model], options);
  }
}

/**
Open a batch processor in a worker.

@param options - `dim`: values of every vector. `batchSize`: rows of one step; progress is told, and a stop is heard,
between steps. Besides, how the worker is started, or which one is shared.
@throws As {@link createWorkerEngine}.
*/
export async function createWorkerBatchProcessor(
  options: WorkerBatchProcessorOptions,
): Promise<WorkerBatchProcessor> {
  checkOptions(options, workerProcessorNames);
  const { dim, batchSize } = options;
  return new WorkerBatchProcessor(await openRemoteObject(options, { kind: 'processor', dim, batchSize }));
}
