/**
What the benchmark finds.

@module
*/

import type { CodecName, Metric, PerformanceMetrics, Variant } from 'vicinal/worker';

export interface ExactSearch {
  readonly metric: Metric;
  /** One query at a time. */
  readonly oneMs: number;
  /** A query of a batch of 100. */
  readonly batchMs: number;
}

export interface CodeSearch {
  readonly name: string;
  /** The floats themselves are measured too, to compare with. */
  readonly family: CodecName | 'floats';
  /** Bytes of the codes and what belongs to them; of the floats, their bytes. */
  readonly bytesPerVector: number;
  /** Adding all rows, training included. */
  readonly fillMs: number;
  /** One query by the codes alone. */
  readonly oneMs: number;
  /** Share of the exact 10 nearest that are found, by the codes alone. */
  readonly recall: number;
  /** One query where the best are scored again on the floats, which are kept too: as many as the engine does by itself. */
  readonly rescoredMs: number;
  readonly rescoredRecall: number;
}

export interface GraphSearch {
  readonly efSearch: number;
  /** Share of the exact 10 nearest that are found. */
  readonly recall: number;
  /** One query. */
  readonly oneMs: number;
}

/** A graph, searched with one `efSearch` after another. */
export interface GraphSearches {
  readonly name: string;
  /** Adding all rows. */
  readonly fillMs: number;
  /** Of the graph alone. */
  readonly bytesPerVector: number;
  /** As far as they are measured, the smallest `efSearch` first. */
  readonly searches: readonly GraphSearch[];
}

/** What runs the benchmark. */
export interface BenchmarkModule {
  readonly variant: Variant;
  readonly memory: PerformanceMetrics;
}

export interface Measurements {
  /** Rows that are searched. */
  readonly rowCount: number;
  readonly dim: number;
  readonly variant: Variant;
  /** The metric of the searches by codes and graphs. */
  readonly metric: Metric;
  readonly exact: readonly ExactSearch[];
  readonly graphs: readonly GraphSearches[];
  readonly codes: readonly CodeSearch[];
}
