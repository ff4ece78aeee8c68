/**
Points in storage that outlives the process or page: by this package, by others, and as mere bytes.

@module
*/
import type { BenchPayload } from '../collections/points.js';
import type { Surroundings } from '../searcher.js';

/** What one call keeps. */
export interface Batch {
  readonly ids: readonly number[];
  /** `[ids x dim]`. */
  readonly vectors: Float32Array;
  readonly payloads: readonly BenchPayload[];
}

/** What was asked of the files. */
export interface FileCounts {
  readonly flushes: number;
  readonly bytesWritten: number;
}

/** How batches are given: a call each, one after another or all at once; or all in one call, which sends them so. */
export type Giving = 'in turn' | 'at once' | 'in one call';

export interface PointStore {
  /** Keeps batches, `in turn` unless it is told. Milliseconds from the first call until the last is acknowledged. */
  write(batches: readonly Batch[], giving?: Giving): Promise<number>;
  /** So far. Absent where nobody can tell. */
  counts?(): Promise<FileCounts>;
  /** Row numbers of the `k` nearest. Absent of what is not opened again. */
  search?(query: Float32Array, k: number): Promise<number[]>;
  /** Of what is opened now. Absent where nobody can tell. */
  memoryBytes?(): Promise<number>;
  /** Removes points, and gives back their space. Absent where it is not measured. */
  removeAndShrink?(ids: readonly number[]): Promise<void>;
  /** Brings all that was written into the form that is opened again. */
  finish?(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreSettings {
  /** Of what is kept: the same again for what is opened again. */
  readonly name: string;
  readonly dim: number;
  /** Of this package. */
  readonly index?: 'flat' | 'hnsw';
  /** Of this package: floats are left in the files. */
  readonly onDisk?: boolean;
  /** Of this package. */
  readonly durability?: 'strict' | 'relaxed';
}

export interface StoreKind {
  /** Opens what is kept under a name, or makes it. */
  open(settings: StoreSettings, surroundings: Surroundings): Promise<PointStore>;
  /** Deletes it. It is closed. */
  remove(settings: StoreSettings, surroundings: Surroundings): Promise<void>;
}

/** Milliseconds of calls, one after another. */
export async function timeCalls(calls: readonly (() => unknown)[]): Promise<number> {
  const started = performance.now();
  for (const call of calls) await call();
  return performance.now() - started;
}

/** Floats and JSON of a batch. */
export function bytesOf({ vectors, payloads }: Batch): Uint8Array<ArrayBuffer> {
  const texts = payloads.map((payload) => new TextEncoder().encode(JSON.stringify(payload)));
  const bytes = new Uint8Array(vectors.byteLength + texts.reduce((sum, { length }) => sum + length, 0));
  bytes.set(new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
  let at = vectors.byteLength;
  for (const text of texts) {
    bytes.set(text, at);
    at += text.length;
  }
  return bytes;
}
