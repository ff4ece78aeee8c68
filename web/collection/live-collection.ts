/**
A collection with the points of a set: opened, filled, changed, and closed when its view is left.

@module
*/
import { signal } from '@preact/signals';
import { type Collection, openCollection, type Point, type UpdateResult } from 'vicinal/worker';
import type { Loaded } from '../search/collection.js';
import { workerCount } from '../search/workers.js';
import type { PointSet } from './point-set.js';

/** Name of the sparse vector that is made from the words of texts. */
export const WORDS = 'words';

/** Points that are decoded and sent at a time: a few milliseconds, so that the page draws in between. */
const BATCH = 128;

export type CollectionState =
  | { readonly name: 'opening' }
  | { readonly name: 'filling'; readonly part: number }
  /** All points are taken, and found; they may still be linked to the graph. */
  | { readonly name: 'ready'; readonly collection: Collection }
  | { readonly name: 'failed'; readonly error: unknown };

/** How far the graph is. */
export interface Linked {
  /** Part of the points that are in it, 0 to 1. */
  readonly part: number;
  /** Time since the collection was opened. */
  readonly ms: number;
}

export class LiveCollection<Items> {
  readonly state = signal<CollectionState>({ name: 'opening' });
  readonly linked = signal<Linked>({ part: 0, ms: 0 });
  /** Counts changes of points: what was asked before is to be asked again. */
  readonly changes = signal(0);
  /** Counts answers. */
  readonly answers = signal(0);
  readonly #set: PointSet<Items>;
  readonly #loaded: Loaded<Items>;
  readonly #shards: number;
  #running = new AbortController();

  constructor(set: PointSet<Items>, loaded: Loaded<Items>, shards: number) {
    this.#set = set;
    this.#loaded = loaded;
    this.#shards = shards;
  }

  /** Opens and fills it; what has failed is tried again. */
  open(): void {
    this.close();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.state.value = { name: 'opening' };
    this.#run(signal).catch((error: unknown) => {
      if (!signal.aborted) this.state.value = { name: 'failed', error };
    });
  }

  /** Its workers end, and its points with them. */
  close(): void {
    this.#running.abort();
  }

  /** Changes points. Whoever shows them asks again. */
  async change(make: (collection: Collection) => Promise<UpdateResult>): Promise<void> {
    const state = this.state.peek();
    if (state.name !== 'ready') return;
    await make(state.collection);
    this.changes.value++;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const begin = performance.now();
    const { metric, fields, ranked } = this.#set;
    const { count, dim } = this.#loaded.rows;
    const shards = this.#shards;
    const collection = await openCollection({
      ...{ name: this.#set.data.title, dim, metric, index: 'hnsw', shards, signal },
      payloadIndex: Object.fromEntries(fields.map(({ key, index }) => [key, index])),
      ...(ranked.length > 0 && {
        sparseVectors: { [WORDS]: { text: { fields: ranked, language: 'english' } } },
      }),
    });
    const end = (): void => {
      workerCount.value -= shards;
      void collection.close();
    };
    workerCount.value += shards;
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) return end();
    await collection.upsert(this.#points(), {
      ...{ batchSize: BATCH, signal },
      onProgress: ({ phase, done }) => {
        const part = done / count;
        if (phase === 'upsert') this.state.value = { name: 'filling', part };
        else {
          this.linked.value = { part, ms: performance.now() - begin };
          if (this.state.peek().name === 'filling') this.state.value = { name: 'ready', collection };
        }
      },
    });
    this.answers.value++;
  }

  *#points(): Generator<Point> {
    const { items, rows } = this.#loaded;
    for (let first = 0; first < rows.count; first += BATCH) {
      const taken = Math.min(BATCH, rows.count - first);
      const vectors = rows.slice(first, taken);
      for (let i = 0; i < taken; i++) {
        const vector = vectors.subarray(i * rows.dim, (i + 1) * rows.dim);
        yield { id: first + i, vector, payload: this.#set.payloadOf(items, first + i) };
      }
    }
  }
}
