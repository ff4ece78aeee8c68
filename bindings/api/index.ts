/**
Vector search in this thread: `await init()`, then everything is synchronous.

@module vicinal
*/
export { BatchProcessor } from './batch-processor.js';
export { CompressedVectorStore } from './compressed-store.js';
export { type ErrorCode, type ErrorDetail, VectorSearchError } from './errors.js';
export { default } from './init.js';
export { onLog, setLogLevel } from './log.js';
export { performanceMetrics } from './performance-metrics.js';
export { recommendQuantization } from './recommend-quantization.js';
export { VectorSearchEngine } from './search-engine.js';
export { SearchResults } from './search-results.js';
export { SparseIndex } from './sparse-index.js';
export { addSparseStatistics } from './sparse-statistics.js';
export type {
  BatchOperation,
  BatchOptions,
  BatchResults,
  CodeBits,
  CodecName,
  CompiledModule,
  CompressedStoreOptions,
  EngineOptions,
  EngineStats,
  GraphCalibration,
  GraphCheck,
  GraphStats,
  HnswOptions,
  IdFilterInput,
  IndexName,
  InitOptions,
  ListStats,
  LogEntry,
  LogLevel,
  LongCallOptions,
  Metric,
  ModuleBytes,
  NormalizeOptions,
  PcaModel,
  PcaOptions,
  PerformanceMetrics,
  PoolOptions,
  Progress,
  Quantization,
  QuantizationOptions,
  QuantizationRecommendation,
  QuantizationTrial,
  RecallOptions,
  RecommendOptions,
  SearchHit,
  SearchOptions,
  SimilarityOptions,
  SparseIndexOptions,
  SparseIndexStats,
  SparseSearchOptions,
  SparseStatistics,
  SparseVector,
  SparseVectorInput,
  TrainOptions,
  Variant,
  VectorInput,
  VectorStatistics,
  WeightedPoolOptions,
} from './types.js';
export {
  cosineSimilarity,
  cosineSimilarityBatch,
  dotProduct,
  dotProductBatch,
  euclideanDistance,
  euclideanDistanceBatch,
  manhattanDistance,
  manhattanDistanceBatch,
  normalizeVector,
  normalizeVectors,
} from './vector-functions.js';
