/**
From before the import of a package to its first answer.

@module
*/
import type { OpenSearcher, Surroundings } from './searcher.js';

/** Rows to be searched first, `[count x dim]`. */
export interface StartRows {
  readonly rows: Float32Array;
  readonly dim: number;
}

export async function startSearcher(
  open: OpenSearcher,
  { rows, dim }: StartRows,
  surroundings: Surroundings,
): Promise<number> {
  const started = performance.now();
  const searcher = await open({ dim, metric: 'cosine', capacity: rows.length / dim }, surroundings);
  searcher.addBatch(rows);
  searcher.search(rows.subarray(0, dim), 10);
  return performance.now() - started;
}

export async function startWorker({ rows, dim }: StartRows, { variant }: Surroundings): Promise<number> {
  const started = performance.now();
  const { createWorkerEngine } = await import('vicinal/worker');
  const engine = await createWorkerEngine({ dim, ...(variant && { variant }) });
  await engine.addBatch(rows);
  await engine.search(rows.subarray(0, dim), 10);
  const took = performance.now() - started;
  await engine.dispose();
  return took;
}
