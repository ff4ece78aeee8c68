/**
What the worker adds to a search: the way there and back, and whatever is checked and made on the way.

@module
*/
import { median } from '../../turns.js';
import type { Surroundings } from '../searcher.js';
import { openEcho } from './echo.js';

/** Medians of searches, in milliseconds. */
export interface HopTimes {
  /** `search` with `explain`. */
  readonly explainedMs: number;
  /** The same search less what its shard took for filter and vectors. */
  readonly hopMs: number;
  /** A message to a worker that only answers. */
  readonly echoMs: number;
  /** `search` as it is mostly called, by a query that no cache knows. */
  readonly searchMs: number;
  /** The same by the engine in the thread that asks. */
  readonly engineMs: number;
}

/** A collection in a worker and an engine beside it, over the same rows. */
export interface Hop {
  /** @param queries - `[count x dim]`, each asked once of both. */
  measure(queries: Float32Array, k: number): Promise<HopTimes>;
  close(): Promise<void>;
}

export async function openHop(rows: Float32Array, dim: number, { variant }: Surroundings): Promise<Hop> {
  const [{ default: init, VectorSearchEngine }, { openCollection }] = await Promise.all([
    import('vicinal'),
    import('vicinal/worker'),
  ]);
  await init(variant && { variant });
  const engine = new VectorSearchEngine(dim, 'cosine');
  engine.addBatch(rows);
  const collection = await openCollection({ name: 'hop', dim, ...(variant && { variant }) });
  await collection.upsert({ ids: Array.from({ length: rows.length / dim }, (_, row) => row), vectors: rows });
  const echo = await openEcho();
  let asked = 0;
  return {
    async measure(queries, k) {
      const times = {
        explained: [] as number[],
        hop: [] as number[],
        echo: [] as number[],
        search: [] as number[],
        engine: [] as number[],
      };
      for (let at = 0; at < queries.length; at += dim) {
        const query = queries.slice(at, at + dim);
        query[0] = query[0]! + ++asked * 1e-6;
        let started = performance.now();
        const { explanation } = await collection.search(query, { k, explain: true });
        const explained = performance.now() - started;
        const { filterMs, searchMs } = explanation![0]!;
        times.explained.push(explained);
        times.hop.push(explained - filterMs - searchMs);
        started = performance.now();
        await echo.send(query);
        times.echo.push(performance.now() - started);
        started = performance.now();
        await collection.search(query, { k });
        times.search.push(performance.now() - started);
        started = performance.now();
        engine.search(query, k);
        times.engine.push(performance.now() - started);
      }
      return {
        explainedMs: median(times.explained),
        hopMs: median(times.hop),
        echoMs: median(times.echo),
        searchMs: median(times.search),
        engineMs: median(times.engine),
      };
    },
    async close() {
      echo.end();
      engine.dispose();
      await collection.close();
    },
  };
}
