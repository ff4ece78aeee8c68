/**
Holds one engine with all rows of a collection, and makes it anew when another metric, another index or another worker
is wanted.

@module
*/
import { signal } from '@preact/signals';
import {
  createWorkerEngine,
  type EngineStats,
  type Metric,
  type PerformanceMetrics,
  type WorkerEngine,
  type WorkerHandle,
} from 'vicinal/worker';
import type { IndexChoice } from '../address.js';
import { addRows, type Rows } from './rows.js';

/** About an engine, once it is filled. */
export interface EngineFacts {
  readonly stats: EngineStats;
  /** Of the worker that it is in. */
  readonly module: PerformanceMetrics;
  /** Time to add all rows. */
  readonly fillMs: number;
}

interface Slot {
  readonly metric: Metric;
  readonly index: IndexChoice;
  readonly worker: WorkerHandle;
  readonly engine: Promise<WorkerEngine>;
  readonly stop: AbortController;
}

export class EngineSlot {
  /** Part of the rows that are in, 0 to 1, while they are added. */
  readonly filling = signal<number | undefined>(undefined);
  readonly facts = signal<EngineFacts | undefined>(undefined);
  readonly #rows: Rows;
  #slot: Slot | undefined;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** The engine, filled. One that is there for another metric, index or worker is given up, and so is its memory. */
  engine(metric: Metric, index: IndexChoice, worker: WorkerHandle): Promise<WorkerEngine> {
    const old = this.#slot;
    if (old?.metric === metric && old.index === index && old.worker === worker) return old.engine;
    old?.stop.abort();
    void old?.engine.then((engine) => engine.dispose()).catch(() => undefined);

    const stop = new AbortController();
    const engine = this.#fill(metric, index, worker, stop.signal);
    const slot = { metric, index, worker, engine, stop };
    this.#slot = slot;
    engine.catch(() => {
      // What has failed is tried again when it is next asked for.
      if (this.#slot === slot) this.#slot = undefined;
    });
    return engine;
  }

  async #fill(
    metric: Metric,
    index: IndexChoice,
    worker: WorkerHandle,
    signal: AbortSignal,
  ): Promise<WorkerEngine> {
    const start = performance.now();
    const { count, dim } = this.#rows;
    const engine = await createWorkerEngine({
      ...{ dim, metric, worker, signal },
      index: index === 'graph' ? 'hnsw' : 'flat',
    });
    try {
      this.filling.value = 0;
      await engine.reserve(count, { signal });
      await addRows(engine, this.#rows, signal, (done) => {
        this.filling.value = done / count;
      });
      const fillMs = performance.now() - start;
      const stats = await engine.stats({ signal });
      this.facts.value = { stats, module: await worker.performanceMetrics({ signal }), fillMs };
      return engine;
    } catch (error) {
      void engine.dispose();
      throw error;
    } finally {
      if (!signal.aborted) this.filling.value = undefined;
    }
  }
}
