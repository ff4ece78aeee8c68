/**
Answers what the reader asks of a collection, the newest question only.

@module
*/
import { signal } from '@preact/signals';
import {
  createWorkerBatchProcessor,
  type Metric,
  type SearchHit,
  type SearchResults,
  type WorkerEngine,
} from 'vicinal/worker';
import type { IndexChoice, VariantChoice } from '../address.js';
import { EngineSlot } from './engine-slot.js';
import { GraphSample } from './graph-sample.js';
import type { RowSet } from './row-set.js';
import type { Rows } from './rows.js';
import { giveUpSharedWorker, sharedWorker } from './workers.js';

export interface Question {
  /** The row whose neighbors are wanted, or several: then those of their mean, scaled to unit length. */
  readonly ids: readonly number[];
  readonly metric: Metric;
  readonly k: number;
  readonly index: IndexChoice;
  /** Of a graph. */
  readonly efSearch: number;
  readonly variant: VariantChoice;
  readonly among: RowSet;
}

export interface Answer {
  readonly question: Question;
  /** Best first; an id is a row's place in the collection. */
  readonly hits: readonly SearchHit[];
  /** Of a graph: how many of them exact search finds too. */
  readonly exactHits?: number;
  /** Time inside the engine. */
  readonly searchMs: number;
  /** Time until the answer was here, the way to the worker and back included. */
  readonly roundTripMs: number;
}

export class LiveSearch {
  readonly slot: EngineSlot;
  /** What a graph finds of more queries than the one that is asked. */
  readonly sample: GraphSample;
  readonly answer = signal<Answer | undefined>(undefined);
  readonly failure = signal<unknown>(undefined);
  #running = new AbortController();
  #question: Question | undefined;

  constructor(rows: Rows) {
    this.slot = new EngineSlot(rows);
    this.sample = new GraphSample(rows);
  }

  /** What was asked before is not waited for. */
  ask(question: Question): void {
    this.#running.abort();
    this.#running = new AbortController();
    this.#question = question;
    this.failure.value = undefined;
    const { signal } = this.#running;
    this.#find(question, signal).then(
      (answer) => {
        if (!signal.aborted) this.answer.value = answer;
      },
      (error: unknown) => {
        if (!signal.aborted) this.failure.value = error;
      },
    );
  }

  /** Asks again what has failed, of a new worker. */
  retry(): void {
    if (!this.#question) return;
    giveUpSharedWorker(this.#question.variant);
    this.ask(this.#question);
  }

  /** Asks nothing any more: nobody looks at the answer. */
  stop(): void {
    this.#running.abort();
  }

  async #find(question: Question, signal: AbortSignal): Promise<Answer> {
    const { ids, metric, k, index, efSearch, variant, among } = question;
    const worker = await sharedWorker(variant);
    signal.throwIfAborted();
    const engine = await this.slot.engine(metric, index, worker);
    const query =
      ids.length === 1 ? await engine.get(ids[0] as number, { signal }) : await pooled(engine, ids, signal);
    const start = performance.now();
    const options = { filter: { bits: among.bits }, signal };
    const walks = index === 'graph' && { efSearch };
    const results: SearchResults = await engine.search(query, k, { ...options, ...walks });
    const roundTripMs = performance.now() - start;
    const answer = { question, hits: results.toJSON(), searchMs: results.queryTime(), roundTripMs };
    if (!walks) return answer;
    this.sample.measure(engine, k, efSearch);
    const exact = new Set((await engine.search(query, k, { ...options, exact: true })).ids);
    return { ...answer, exactHits: answer.hits.filter(({ id }) => exact.has(id)).length };
  }
}

/** The mean of some rows, scaled to unit length. */
async function pooled(
  engine: WorkerEngine,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<Float32Array> {
  const { dim, worker } = engine;
  const rows = await Promise.all(ids.map((id) => engine.get(id, { signal })));
  const flat = new Float32Array(ids.length * dim);
  rows.forEach((row, i) => {
    flat.set(row, i * dim);
  });
  const processor = await createWorkerBatchProcessor({ dim, worker, signal });
  try {
    const mean = await processor.process(flat, 'centroid', { signal });
    return await processor.process(mean, 'normalize', { signal });
  } finally {
    void processor.dispose();
  }
}
