/**
What the parts of the benchmark have in common: the runtimes with their rows loaded, and how much is measured.

@module
*/

import type { Report } from '../report.js';
import type { DataSet } from '../rows/data-sets.js';
import type { Runtime, RuntimeKind } from '../runtimes/runtime.js';
import type { Site } from '../runtimes/site.js';

export interface Session {
  readonly site: Site;
  readonly kinds: readonly RuntimeKind[];
  readonly report: Report;
  /** Seeded clusters, as many rows as were asked for. */
  readonly clusters: DataSet;
  /** The same, few rows. */
  readonly fewClusters: DataSet;
  /** Real rows. */
  readonly real: readonly DataSet[];
  /** What codes are measured on. */
  readonly coded: readonly DataSet[];
  /** What graphs are measured on. */
  readonly graphed: readonly DataSet[];
  /** Folder of the figures that are drawn. */
  readonly figures: string;
  /** Of codes and graphs, only those with this text in their name. */
  readonly only: string;
  readonly rounds: number;
  /** Fewer rows, so that a run is short. */
  readonly quick: boolean;
}

/** A runtime with the rows of a data set. */
export interface Loaded {
  readonly kind: RuntimeKind;
  readonly runtime: Runtime;
}

// Bytes that a measurement reads at least, some 20 milliseconds' worth: clocks tick in steps of up to a millisecond.
const TURN_BYTES = 250e6;

/** How often a search of these rows is repeated within one measurement. */
export function timesOf({ rowCount, dim }: DataSet): number {
  return Math.ceil(TURN_BYTES / (rowCount * dim * 4));
}

export async function openLoaded(kind: RuntimeKind, set: DataSet): Promise<Loaded> {
  const runtime = await kind.open();
  try {
    await runtime.call('load', {
      rows: runtime.address(`data/${set.rows}`),
      queries: runtime.address(`data/${set.queries}`),
      dim: set.dim,
    });
  } catch (error) {
    await runtime.close();
    throw error;
  }
  return { kind, runtime };
}

/** Opens all runtimes with the rows of a data set, does some work, and closes them whatever became of it. */
export async function withLoaded<Result>(
  kinds: readonly RuntimeKind[],
  set: DataSet,
  work: (loaded: readonly Loaded[]) => Promise<Result>,
): Promise<Result> {
  const opening = await Promise.allSettled(kinds.map((kind) => openLoaded(kind, set)));
  const opened = opening.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    for (const each of opening) if (each.status === 'rejected') throw each.reason;
    return await work(opened);
  } finally {
    await Promise.all(opened.map(({ runtime }) => runtime.close()));
  }
}
