/**
`vicinal/worker`: the engine behind a Web Worker, or one of Node's worker threads.

@module vicinal/worker
*/
export { type ErrorCode, type ErrorDetail, VectorSearchError } from '../bindings/api/errors.js';
export { SearchResults } from '../bindings/api/search-results.js';
export type * from '../bindings/api/types.js';
export type { WorkerHandle } from './client.js';
export type { Collection } from './collection/collection.js';
export type * from './collection/durable/types.js';
export type * from './collection/filter/types.js';
export type {
  LatencyBucket,
  LatencyHistogram,
  MetricsCounters,
  MetricsGauges,
  MetricsSnapshot,
} from './collection/metrics.js';
export { openCollection } from './collection/open-collection.js';
export type { PayloadIndexParams, PayloadSchema, PayloadSchemaType } from './collection/payload/schema.js';
export {
  type PointStruct,
  pointStruct,
  type SparseVectorStruct,
  type VectorStruct,
} from './collection/point-struct.js';
export type * from './collection/query/types.js';
export { deleteCollection, restoreCollection, type SnapshotSource } from './collection/restore-collection.js';
export type { Language } from './collection/text/languages.js';
export type * from './collection/types.js';
export type {
  CallOptions,
  LoadOptions,
  LongSendOptions,
  NewEngineOptions,
  NewObjectOptions,
  NewStoreOptions,
  SendOptions,
  WorkerBatchProcessorOptions,
  WorkerEngineOptions,
  WorkerPlacement,
  WorkerStartOptions,
  WorkerStoreOptions,
} from './options.js';
export { startWorker } from './start-worker.js';
export { estimateStorage, persistStorage, type StorageEstimate } from './storage/quota.js';
export { createWorkerBatchProcessor, type WorkerBatchProcessor } from './worker-batch-processor.js';
export { createWorkerEngine, type WorkerEngine } from './worker-engine.js';
export type { WorkerLike } from './worker-like.js';
export { createWorkerStore, type WorkerStore } from './worker-store.js';
