/**
The search itself: one engine in a worker, holding every passage. The only part of the page that uses Vicinal.

@module
*/
import { createWorkerEngine, type EngineStats, type SearchHit, type WorkerEngine } from 'vicinal/worker';
import type { Embeddings, Passage } from './passages.js';
import { type ScopeName, scopeBits } from './scopes.js';

export interface Neighbors {
  /** Best first; an id is a passage's place in the list. */
  readonly hits: readonly SearchHit[];
  /** How many passages were compared. */
  readonly compared: number;
  /** Time inside the engine. */
  readonly searchMs: number;
  /** Time until the answer was here, the way to the worker and back included. */
  readonly roundTripMs: number;
}

export class NeighborSearch {
  readonly #engine: WorkerEngine;
  readonly #passages: readonly Passage[];

  private constructor(engine: WorkerEngine, passages: readonly Passage[]) {
    this.#engine = engine;
    this.#passages = passages;
  }

  /**
  Start a worker and give it the rows: `embeddings.vectors` is empty afterwards.

  @param onProgress - Called with the part of the rows that is in, 0 to 1.
  */
  static async start(
    { dim, count, vectors }: Embeddings,
    passages: readonly Passage[],
    onProgress: (part: number) => void,
  ): Promise<NeighborSearch> {
    const engine = await createWorkerEngine({ dim, metric: 'cosine' });
    try {
      await engine.addBatch(vectors, count, {
        transfer: true,
        onProgress: ({ done, total }) => onProgress(done / total),
      });
    } catch (error) {
      await engine.dispose();
      throw error;
    }
    return new NeighborSearch(engine, passages);
  }

  /** The `k` passages nearest to passage `id`. An aborted search throws the signal's reason. */
  async nearest(id: number, scope: ScopeName, k: number, signal: AbortSignal): Promise<Neighbors> {
    const chosen = this.#passages[id];
    if (!chosen) throw new RangeError(`There is no passage ${id}`);
    const { bits, count } = scopeBits(this.#passages, chosen, scope);

    const query = await this.#engine.get(id, { signal });
    const start = performance.now();
    const results = await this.#engine.search(query, k, { filter: { bits }, signal });
    return {
      hits: results.toJSON(),
      compared: count,
      searchMs: results.queryTime(),
      roundTripMs: performance.now() - start,
    };
  }

  stats(): Promise<EngineStats> {
    return this.#engine.stats();
  }
}
