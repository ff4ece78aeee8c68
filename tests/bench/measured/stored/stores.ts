/**
What is kept in storage in the place that is measured.

@module
*/
import { type BenchPayload, payloadsOf } from '../collections/points.js';
import type { Surroundings } from '../searcher.js';
import { edgevecStore } from './edgevec-store.js';
import { pgliteStore } from './pglite-store.js';
import {
  type Batch,
  bytesOf,
  type FileCounts,
  type Giving,
  type PointStore,
  type StoreKind,
  type StoreSettings,
  timeCalls,
} from './point-store.js';
import { rawStore, readRaw } from './raw-store.js';
import type { ReadTime } from './raw-worker.js';
import { vicinalStore } from './vicinal-store.js';

const kinds = {
  vicinal: vicinalStore,
  raw: rawStore,
  pglite: pgliteStore,
  edgevec: edgevecStore,
} satisfies Record<string, StoreKind>;

export interface WantedStore extends Omit<StoreSettings, 'dim'> {
  readonly store: keyof typeof kinds;
}

/** What is written in one go. */
export interface GivenBatches {
  readonly count: number;
  /** Of each. */
  readonly points: number;
  readonly giving: Giving;
}

/** What that took. */
export interface Written {
  readonly ms: number;
  /** What they asked of the files, and what had been put off until then; where that can be known. */
  readonly counts?: FileCounts;
}

/** Bytes, as points come and go. */
export interface StoredBytes {
  /** Floats and JSON of all points, and of those that stay. */
  readonly data: number;
  readonly leftData: number;
  /** On disk, once all points are acknowledged; once half of them are gone and the space is given back. */
  readonly filled: number;
  readonly left: number;
  /** Bytes written to give back the space. */
  readonly rewritten: number;
}

/** Milliseconds a search, and memory. */
export interface Searched {
  readonly ms: number;
  readonly memoryBytes: number;
}

/** Rows, `[count x dim]`. */
interface Vectors {
  readonly values: Float32Array;
  readonly dim: number;
}

const BATCH_POINTS = 1000;
/** Longer than this package waits before it does something of its own accord. */
const STILL_MS = 600;

export class Stores {
  readonly #surroundings: Surroundings;
  readonly #opened = new Map<string, { readonly store: PointStore; pointCount: number }>();
  #payloads: BenchPayload[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async open(wanted: WantedStore, { dim }: Vectors): Promise<void> {
    const store = await kinds[wanted.store].open({ ...wanted, dim }, this.#surroundings);
    this.#opened.set(wanted.name, { store, pointCount: 0 });
  }

  /** Keeps the next points: ids count on, rows and payloads begin anew once all were taken. */
  async write(name: string, batches: GivenBatches, rows: Vectors): Promise<Written> {
    const { count, points, giving } = batches;
    const opened = this.#opened.get(name)!;
    const given = Array.from({ length: count }, (_, at) =>
      this.#batch(opened.pointCount + at * points, points, rows),
    );
    opened.pointCount += count * points;
    const before = await opened.store.counts?.();
    const ms = await opened.store.write(given, giving);
    const after = await opened.store.counts?.();
    await untilStill(opened.store);
    return { ms, ...(before && after && { counts: difference(after, before) }) };
  }

  async close(name: string): Promise<void> {
    await this.#opened.get(name)!.store.close();
    this.#opened.delete(name);
  }

  remove(wanted: WantedStore, { dim }: Vectors): Promise<void> {
    return kinds[wanted.store].remove({ ...wanted, dim }, this.#surroundings);
  }

  /** Fills a store, and closes it. */
  async keep(wanted: WantedStore, pointCount: number, rows: Vectors): Promise<void> {
    await this.open(wanted, rows);
    await this.#fill(wanted.name, pointCount, rows);
    await this.#opened.get(wanted.name)!.store.finish?.();
    await this.close(wanted.name);
  }

  /** Milliseconds from before it is opened until the first answer. */
  async timeOpening(wanted: WantedStore, queries: Vectors): Promise<number> {
    const started = performance.now();
    await this.open(wanted, queries);
    const found = await this.#opened.get(wanted.name)!.store.search!(
      queries.values.subarray(0, queries.dim),
      10,
    );
    const ms = performance.now() - started;
    if (found.length !== 10) throw new Error(`${wanted.name}: found ${found.length} of 10`);
    await this.close(wanted.name);
    return ms;
  }

  /** Opens it; milliseconds of searches, one after another, once each was made; and what it has in memory then. */
  async timeSearching(wanted: WantedStore, queries: Vectors): Promise<Searched> {
    await this.open(wanted, queries);
    const { store } = this.#opened.get(wanted.name)!;
    const { values, dim } = queries;
    const each = Array.from({ length: values.length / dim }, (_, i) =>
      values.subarray(i * dim, (i + 1) * dim),
    );
    // What opening has left for later comes into memory once it is still.
    for (let before = -1, now = 0; now !== before; ) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      now = await store.memoryBytes!();
    }
    for (const query of each) await store.search!(query, 10);
    const ms = await timeCalls(each.map((query) => () => store.search!(query, 10)));
    const memoryBytes = await store.memoryBytes!();
    await this.close(wanted.name);
    return { ms: ms / each.length, memoryBytes };
  }

  /** Milliseconds to read the files of a collection of this package whole. */
  timeReading(name: string): Promise<ReadTime> {
    return readRaw(name, this.#surroundings);
  }

  async bytesOf(wanted: WantedStore, pointCount: number, rows: Vectors): Promise<StoredBytes> {
    await this.open(wanted, rows);
    await this.#fill(wanted.name, pointCount, rows);
    await this.close(wanted.name);
    const filled = (await this.timeReading(wanted.name)).bytes;
    await this.open(wanted, rows);
    const { store } = this.#opened.get(wanted.name)!;
    const isGone = (id: number) => id % 2 === 0;
    const all = this.#batch(0, pointCount, rows);
    const before = await store.counts!();
    await store.removeAndShrink!(all.ids.filter(isGone));
    const rewritten = difference(await store.counts!(), before).bytesWritten;
    await this.close(wanted.name);
    const left = (await this.timeReading(wanted.name)).bytes;
    await this.remove(wanted, rows);
    const { dim } = rows;
    const leftData = bytesOf({
      ids: [],
      vectors: all.vectors.filter((_, at) => !isGone(Math.floor(at / dim))),
      payloads: all.payloads.filter((_, id) => !isGone(id)),
    }).length;
    return { data: bytesOf(all).length, leftData, filled, left, rewritten };
  }

  async #fill(name: string, pointCount: number, rows: Vectors): Promise<void> {
    const { store } = this.#opened.get(name)!;
    for (let at = 0; at < pointCount; at += BATCH_POINTS) {
      await store.write([this.#batch(at, Math.min(BATCH_POINTS, pointCount - at), rows)]);
    }
  }

  #batch(first: number, pointCount: number, { values, dim }: Vectors): Batch {
    const rowCount = values.length / dim;
    if (this.#payloads.length !== rowCount) this.#payloads = payloadsOf(rowCount);
    const ids = Array.from({ length: pointCount }, (_, at) => first + at);
    const vectors = new Float32Array(pointCount * dim);
    ids.forEach((id, at) => {
      const row = id % rowCount;
      vectors.set(values.subarray(row * dim, (row + 1) * dim), at * dim);
    });
    return { ids, vectors, payloads: ids.map((id) => this.#payloads[id % rowCount]!) };
  }
}

/** Waits until a store has written nothing for a while. Where it cannot tell: does nothing. */
async function untilStill(store: PointStore): Promise<void> {
  for (let before = await store.counts?.(); before !== undefined; ) {
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
    const now = await store.counts?.();
    if (now?.bytesWritten === before.bytesWritten) return;
    before = now;
  }
}

function difference(after: FileCounts, before: FileCounts): FileCounts {
  return {
    flushes: after.flushes - before.flushes,
    bytesWritten: after.bytesWritten - before.bytesWritten,
  };
}
