/**
The messages between a client (page or main thread) and the host (inside the worker). Types only.

The client sends `start` once and waits for `ready`. After that it sends `open` and `call` requests, each with a number
of its own, and every one of them is answered exactly once: by `result`, `error` or `stopped`. Requests run one at a
time, in the order in which they were sent. `stop` and `release` are read as soon as they arrive, also while a long call
is under way.

@module
*/
import type { ErrorCode, ErrorDetail } from '../bindings/api/errors.js';
import type {
  BatchOperation,
  CompiledModule,
  CompressedStoreOptions,
  EngineOptions,
  EngineStats,
  GraphCheck,
  Metric,
  ModuleBytes,
  PcaModel,
  PerformanceMetrics,
  Progress,
  QuantizationRecommendation,
  RecallOptions,
  RecommendOptions,
  SearchOptions,
  TrainOptions,
  Variant,
  VectorInput,
  VectorStatistics,
} from '../bindings/api/types.js';
import type { OpenedShard, ShardConfig, ShardStorage } from './collection/shard-protocol.js';
import type { StoredPlace } from './storage/storage.js';

/** The fields from which a `VectorSearchError` is built again. */
export interface ErrorFields {
  readonly code: ErrorCode;
  readonly expected: ErrorDetail;
  readonly actual: ErrorDetail;
}

/** The hits of one or more queries in three arrays, so that three buffers are transferred however many queries. */
export interface PackedResults {
  /** `[queries]` hits of each query. */
  readonly counts: Uint32Array;
  /** `[sum of counts]`, query after query. */
  readonly ids: Uint32Array;
  readonly scores: Float32Array;
  readonly distances: Float32Array;
  /** `[queries]` milliseconds. */
  readonly queryTimes: Float64Array;
}

/** How an object is made in the worker. */
export type OpenRequest =
  | {
      readonly kind: 'engine';
      readonly dim: number;
      readonly metric: Metric | undefined;
      readonly options: EngineOptions;
    }
  | { readonly kind: 'engine'; readonly load: Uint8Array }
  | { readonly kind: 'store'; readonly dim: number; readonly options: CompressedStoreOptions }
  | { readonly kind: 'store'; readonly load: Uint8Array }
  | { readonly kind: 'processor'; readonly dim: number; readonly batchSize: number | undefined }
  | { readonly kind: 'shard'; readonly config: ShardConfig }
  | {
      readonly kind: 'restoration';
      readonly storage: Omit<ShardStorage, 'shard'>;
      readonly shardCount: number;
      readonly config: ShardConfig;
    };

export type { StoredPlace } from './storage/storage.js';

/** What the client is told about an object that it opened. */
export interface OpenedObject {
  /** 0 for a shard, whose vectors may have several. */
  readonly dim: number;
  /** Of an engine or a store. */
  readonly metric?: Metric;
  /** Of a processor. */
  readonly batchSize?: number;
  /** Of a shard that outlives its worker. */
  readonly shard?: OpenedShard;
}

/** Calls on a `VectorSearchEngine` or a `CompressedVectorStore`, by the names of its methods. */
export interface EngineCalls {
  size(): number;
  add(vector: VectorInput): number;
  addBatch(flat: Float32Array, count: number | undefined): number;
  get(id: number): Float32Array;
  has(id: number): boolean;
  update(id: number, vector: VectorInput): void;
  remove(id: number): void;
  search(query: VectorInput, k: number | undefined, options: SearchOptions): PackedResults;
  searchBatch(queries: Float32Array, k: number | undefined, options: SearchOptions): PackedResults;
  train(vectors: Float32Array | undefined, options: TrainOptions): void;
  estimateRecall(queries: Float32Array, k: number | undefined, options: RecallOptions): number;
  reserve(count: number): number;
  stats(): EngineStats;
  checkGraph(): GraphCheck | null;
  calibrate(queries: Float32Array | undefined): void;
  compact(): void;
  clear(): void;
  save(): Uint8Array;
}

/** Options of `process` as they are sent: `out` stays with the client, its length is checked by the host. */
export interface SentBatchOptions {
  readonly outLength?: number;
  readonly [option: string]: unknown;
}

/** Calls on a `BatchProcessor`, by the names of its methods. */
export interface ProcessorCalls {
  process(
    vectors: Float32Array,
    operation: BatchOperation,
    options: SentBatchOptions,
  ): Float32Array | VectorStatistics | PcaModel;
  project(vectors: Float32Array, model: PcaModel): Float32Array;
}

/** Calls on the worker itself, sent to object 0. */
export interface WorkerCalls {
  performanceMetrics(): PerformanceMetrics;
  recommendQuantization(
    sample: Float32Array,
    dim: number,
    options: RecommendOptions,
  ): QuantizationRecommendation;
  /** Deletes what is kept of a collection; whether there was something. */
  removeStorage(place: StoredPlace): boolean;
}

/** Client to host. */
export type HostRequest =
  | {
      readonly type: 'start';
      readonly wasmUrl?: string;
      readonly wasmModule?: CompiledModule | ModuleBytes;
      readonly variant?: Variant;
      readonly timeoutMs: number;
    }
  | { readonly type: 'open'; readonly call: number; readonly object: number; readonly open: OpenRequest }
  | {
      readonly type: 'call';
      readonly call: number;
      /** The number that the client chose in `open`, or 0 for the worker itself. */
      readonly object: number;
      readonly method: string;
      readonly args: readonly unknown[];
      /** Whether a `stop` may follow. */
      readonly stoppable: boolean;
      readonly wantsProgress: boolean;
      /** Number of a series of calls: none is made behind one of them that has failed. */
      readonly series?: number | undefined;
    }
  /** Answered at once, whatever runs or waits. */
  | { readonly type: 'ping'; readonly call: number }
  /** Forget a call that waits, or stop the one that runs between two of its steps. No answer of its own. */
  | { readonly type: 'stop'; readonly call: number }
  /** Stop every call of an object and dispose of it. Answered under `call`. */
  | { readonly type: 'release'; readonly call: number; readonly object: number };

/** Host to client. */
export type HostReply =
  /** The script runs; the module is not loaded yet. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly variant: Variant }
  | { readonly type: 'startFailed'; readonly error: ErrorFields }
  | { readonly type: 'result'; readonly call: number; readonly value: unknown }
  | { readonly type: 'error'; readonly call: number; readonly error: ErrorFields }
  /** The call was stopped and has changed nothing. */
  | { readonly type: 'stopped'; readonly call: number }
  | ({ readonly type: 'progress'; readonly call: number } & Progress)
  /** No call can be answered any more: the module trapped, or a request could not be read. */
  | { readonly type: 'broken'; readonly reason: string };
