/**
What a graph finds of many queries, and how long each takes, beside exact search: measured anew whenever another
`efSearch` is wanted, one after another, so that it follows a slider.

@module
*/
import { signal } from '@preact/signals';
import type { SearchOptions, SearchResults, WorkerEngine } from 'vicinal/worker';
import type { Rows } from './rows.js';

/** Spread evenly over the collection. */
export const SAMPLE_QUERIES = 100;
/** Of these the fastest counts: the others waited for something else. */
const PASSES = 2;

export interface SampleMeasure {
  readonly k: number;
  readonly efSearch: number;
  /** Share of the exact nearest that are found. */
  readonly recall: number;
  /** Time of one query. */
  readonly searchMs: number;
  /** The same by exact search. */
  readonly exactMs: number;
}

interface Wanted {
  readonly engine: WorkerEngine;
  readonly k: number;
  readonly efSearch: number;
}

interface Exact {
  readonly engine: WorkerEngine;
  readonly k: number;
  readonly ids: readonly ReadonlySet<number>[];
  readonly ms: number;
}

export class GraphSample {
  readonly measured = signal<SampleMeasure | undefined>(undefined);
  readonly #rows: Rows;
  #queries: readonly Float32Array[] | undefined;
  #exact: Exact | undefined;
  #wanted: Wanted | undefined;
  /** The newest that was to be measured. */
  #last: Wanted | undefined;
  #running = false;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** Measures this next, unless it was the last; what else waited is forgotten. */
  measure(engine: WorkerEngine, k: number, efSearch: number): void {
    const last = this.#last;
    if (last?.engine === engine && last.k === k && last.efSearch === efSearch) return;
    this.#last = { engine, k, efSearch };
    this.#wanted = this.#last;
    if (this.#running) return;
    this.#running = true;
    void this.#run().finally(() => {
      this.#running = false;
    });
  }

  async #run(): Promise<void> {
    for (let wanted = this.#wanted; wanted !== undefined; wanted = this.#wanted) {
      this.#wanted = undefined;
      // An engine that is given up meanwhile has no more to tell; the search itself reports what has failed.
      const measured = await this.#measureOne(wanted).catch(() => undefined);
      if (measured) this.measured.value = measured;
    }
  }

  async #measureOne({ engine, k, efSearch }: Wanted): Promise<SampleMeasure> {
    if (this.#exact?.engine !== engine || this.#exact.k !== k) {
      // A module's first walks run in code that is not yet optimised.
      await this.#searchAll(engine, k, { efSearch });
      const { results, ms } = await this.#searchAll(engine, k, { exact: true });
      this.#exact = { engine, k, ids: results.map(({ ids }) => new Set(ids)), ms };
    }
    const exact = this.#exact;
    const { results, ms } = await this.#searchAll(engine, k, { efSearch });
    const shares = results.map(({ ids }, query) => {
      const right = exact.ids[query] as ReadonlySet<number>;
      return ids.filter((id) => right.has(id)).length / right.size;
    });
    return { k, efSearch, recall: mean(shares), searchMs: ms, exactMs: exact.ms };
  }

  /** One query after another, as a reader asks; all are under way at once, so that none waits for the page. */
  async #searchAll(engine: WorkerEngine, k: number, options: SearchOptions) {
    this.#queries ??= sampled(this.#rows);
    const queries = this.#queries;
    let results: SearchResults[] = [];
    let ms = Number.POSITIVE_INFINITY;
    for (let pass = 0; pass < PASSES; pass++) {
      results = await Promise.all(queries.map((query) => engine.search(query, k, options)));
      ms = Math.min(ms, mean(results.map((result) => result.queryTime())));
    }
    return { results, ms };
  }
}

function sampled(rows: Rows): Float32Array[] {
  const every = Math.floor(rows.count / SAMPLE_QUERIES);
  return Array.from({ length: SAMPLE_QUERIES }, (_, query) => rows.slice(query * every, 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
