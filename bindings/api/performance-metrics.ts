/**
What the module costs.

@module
*/
import { currentRuntime } from './init.js';
import type { PerformanceMetrics } from './types.js';

/** @throws {VectorSearchError} with code `NOT_INITIALIZED`. */
export function performanceMetrics(): PerformanceMetrics {
  const runtime = currentRuntime();
  return {
    variant: runtime.variant,
    memoryBytes: runtime.call((raw) => raw.heapBytes()),
    peakMemoryBytes: runtime.memory.buffer.byteLength,
    timeOrigin: runtime.readyTime,
  };
}
