/** Types: the worker clients have every method of the synchronous classes, with its arguments, as a promise. */

import type { Worker as NodeWorker } from 'node:worker_threads';
import type {
  BatchProcessor,
  CompressedVectorStore,
  SearchResults,
  VectorSearchEngine,
  VectorStatistics,
} from 'vicinal';
import type {
  createWorkerEngine,
  LongSendOptions,
  WorkerBatchProcessor,
  WorkerEngine,
  WorkerEngineOptions,
  WorkerLike,
  WorkerStore,
} from 'vicinal/worker';
import { expectTypeOf, it } from 'vitest';

/** The public methods of `T`, each returning a promise of what it returns. */
type Promised<T> = {
  readonly [Key in Exclude<keyof T, symbol | `${string}Steps`> as T[Key] extends (...args: never[]) => unknown
    ? Key
    : never]: T[Key] extends (...args: infer Arguments) => infer Result
    ? (...args: Arguments) => Promise<Result>
    : never;
};

it('follow the synchronous classes', () => {
  expectTypeOf<WorkerEngine>().toExtend<Promised<VectorSearchEngine>>();
  expectTypeOf<WorkerStore>().toExtend<Promised<CompressedVectorStore>>();
  expectTypeOf<WorkerBatchProcessor['project']>().toExtend<Promised<BatchProcessor>['project']>();
  expectTypeOf<WorkerEngine['search']>().returns.resolves.toEqualTypeOf<SearchResults>();
  expectTypeOf<WorkerEngine['size']>().resolves.toBeNumber();
});

it('tell what each operation of the batch processor returns', () => {
  const statistics = (processor: WorkerBatchProcessor) =>
    processor.process(new Float32Array(2), 'statistics');
  expectTypeOf(statistics).returns.resolves.toEqualTypeOf<VectorStatistics>();
  const normalized = (processor: WorkerBatchProcessor) => processor.process(new Float32Array(2), 'normalize');
  expectTypeOf(normalized).returns.resolves.toEqualTypeOf<Float32Array>();
  const withoutComponents = (processor: WorkerBatchProcessor) =>
    // @ts-expect-error their number is needed
    processor.process(new Float32Array(2), 'pca');
  expectTypeOf(withoutComponents).toBeFunction();
});

it('take the options of a call', () => {
  expectTypeOf<Parameters<WorkerEngine['addBatch']>[2]>().toEqualTypeOf<LongSendOptions | undefined>();
  expectTypeOf<{
    readonly dim: number;
    readonly metric: 'dot';
    readonly timeoutMs: number;
  }>().toExtend<WorkerEngineOptions>();
  expectTypeOf<{ readonly load: Uint8Array }>().toExtend<WorkerEngineOptions>();
  expectTypeOf<{ readonly metric: 'dot' }>().not.toExtend<WorkerEngineOptions>();
  expectTypeOf<Parameters<typeof createWorkerEngine>>().toEqualTypeOf<[options: WorkerEngineOptions]>();
});

it('take workers of browsers and of Node', () => {
  expectTypeOf<Worker>().toExtend<WorkerLike>();
  expectTypeOf<NodeWorker>().toExtend<WorkerLike>();
});
