/**
What the benchmark finds.

@module
*/
import type { Metric, PerformanceMetrics, Variant } from 'vicinal/worker';

export interface ExactSearch {
  readonly metric: Metric;
  /** One query at a time. */
  readonly oneMs: number;
  /** A query of a batch of 100. */
  readonly batchMs: number;
}

export interface CodeSearch {
  /** Bits a value; 32 are the floats themselves. */
  readonly bits: 32 | 8 | 4 | 2 | 1;
  readonly oneMs: number;
  /** Bytes of the codes and what belongs to them; of the floats, their bytes. */
  readonly memoryBytes: number;
  /** Share of the exact 10 nearest that are found, by the codes alone. */
  readonly recall: number;
  /** The same where the 40 best are scored again on the floats, which are kept too. */
  readonly rescoredRecall: number;
}

/** What runs the benchmark. */
export interface BenchmarkModule {
  readonly variant: Variant;
  readonly memory: PerformanceMetrics;
}

export interface Measurements {
  readonly rowCount: number;
  readonly dim: number;
  readonly variant: Variant;
  /** The metric of the code searches. */
  readonly metric: Metric;
  readonly exact: readonly ExactSearch[];
  readonly codes: readonly CodeSearch[];
}
