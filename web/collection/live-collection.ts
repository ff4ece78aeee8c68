/**
A collection with the points of a set: opened, filled where it is not yet, changed, and closed when its view is left. The
browser keeps it, and tabs of the page share it.

@module
*/
import { signal } from '@preact/signals';
import {
  type Collection,
  type CollectionInfo,
  type CollectionOptions,
  deleteCollection,
  openCollection,
  type Point,
  type PointId,
  restoreCollection,
  type UpdateResult,
  VectorSearchError,
} from 'vicinal/worker';
import { number } from '../format.js';
import type { Loaded } from '../search/collection.js';
import { workerCount } from '../search/workers.js';
import { inTurn } from './in-turn.js';
import type { PointSet } from './point-set.js';

/** Name of the sparse vector that is made from the words of texts. */
export const WORDS = 'words';

/** Points that are decoded and sent at a time: a few milliseconds, so that the page draws in between. */
const BATCH = 128;

/** How long other tabs may take to close it. */
const CLOSING_MS = 10_000;

/** Begins the name of a field that no point has. Its index says that all points of an edition of the data were taken. */
const WHOLE = 'whole_';

export type CollectionState =
  | { readonly name: 'opening' }
  /** Another tab opens, fills or replaces it. */
  | { readonly name: 'waiting' }
  /** The data that it is filled from is on its way. */
  | { readonly name: 'loading' }
  | { readonly name: 'filling'; readonly part: number; readonly count: number }
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

/** What tabs tell one another: points have changed; or the collection is replaced, and to be closed. */
type News = 'changed' | 'replaced';

type Get = (options: CollectionOptions, signal: AbortSignal) => Promise<Collection>;

export class LiveCollection<Items> {
  readonly state = signal<CollectionState>({ name: 'opening' });
  /** Nothing where its points were there already. */
  readonly linked = signal<Linked | undefined>(undefined);
  /** Until it was ready. */
  readonly openedMs = signal(0);
  /** Counts changes of points: what was asked before is to be asked again. */
  readonly changes = signal(0);
  /** Counts answers. */
  readonly answers = signal(0);
  readonly #set: PointSet<Items>;
  readonly #shards: number;
  #running = new AbortController();
  #closed: Promise<void> = Promise.resolve();
  #news: BroadcastChannel | undefined;
  /** Workers of it that run in this tab. */
  #workers = 0;

  constructor(set: PointSet<Items>, shards: number) {
    this.#set = set;
    this.#shards = shards;
  }

  /** Of what is kept. */
  get name(): string {
    const { title } = this.#set.data;
    return this.#shards === 1 ? title : `${title}, ${this.#shards} shards`;
  }

  /** Opens and fills it; what has failed is tried again. */
  open(): void {
    // WebKit lets go of what a page that was left had open only seconds later.
    this.#begin((options) => onceFree(() => openCollection(options)));
  }

  /** Forgets what is kept, in all tabs, and fills it anew. */
  forget(): void {
    this.#begin(async (options) => {
      await this.#remove();
      return openCollection(options);
    }, true);
  }

  /**
  Replaces it, in all tabs, by what a snapshot has.

  @throws what is wrong with the snapshot, or that it is none of such a collection; then nothing has changed.
  */
  async restore(snapshot: Blob): Promise<void> {
    const { signal } = this.#running;
    const trial = { ...this.#options(signal), name: `${this.name}, on trial` };
    await deleteCollection({ name: trial.name });
    try {
      const restored = await restoreCollection(trial, snapshot);
      await restored.close();
    } catch (error) {
      throw this.#ofAnotherSet(error) ?? error;
    } finally {
      await deleteCollection({ name: trial.name });
    }
    signal.throwIfAborted();
    this.#begin(async (options, signal) => {
      await this.#remove();
      const collection = await restoreCollection(options, snapshot);
      this.#closeWith(signal, collection);
      // As it is, whichever data it was filled from.
      await collection.createPayloadIndex(this.#mark, 'bool', { signal });
      return collection;
    }, true);
  }

  /** Its workers end, unless another tab goes on with it. */
  close(): void {
    this.#running.abort();
    this.#news?.close();
    this.#news = undefined;
  }

  /** Changes points. Whoever shows them asks again. */
  async change(make: (collection: Collection) => Promise<UpdateResult>): Promise<void> {
    const state = this.state.peek();
    if (state.name !== 'ready') return;
    await make(state.collection);
    this.changes.value++;
    this.#tell('changed');
  }

  /** Takes note of which tab runs it: this one may have taken over from another. */
  heed({ role }: Pick<CollectionInfo, 'role'>): void {
    this.#count(role === 'follower' ? 0 : this.#shards);
  }

  /**
  @param get - Gives the collection, once no other tab is at that.
  @param replaces - What is open is closed no sooner than that, here and in other tabs: or one of these would go on with it.
  */
  #begin(get: Get, replaces = false): void {
    const { signal, endBefore } = this.#next();
    if (!replaces) endBefore();
    this.#listen(signal);
    this.linked.value = undefined;
    this.state.value = { name: 'opening' };
    const closeAll = (): void => {
      if (replaces) this.#tell('replaced');
      endBefore();
    };
    this.#run(get, signal, closeAll).catch((error: unknown) => {
      if (!signal.aborted) this.state.value = { name: 'failed', error };
    });
  }

  /** The signal of what comes next, with which what runs now ends as well. */
  #next(): { readonly signal: AbortSignal; readonly endBefore: () => void } {
    const before = this.#running;
    this.#running = new AbortController();
    const { signal } = this.#running;
    const endBefore = (): void => before.abort();
    signal.addEventListener('abort', endBefore, { once: true });
    return { signal, endBefore };
  }

  #listen(signal: AbortSignal): void {
    this.#news ??= new BroadcastChannel(this.#lock);
    this.#news.onmessage = ({ data }: MessageEvent<News>) => {
      if (data === 'changed') this.changes.value++;
      else this.open();
    };
    const look = (): void => {
      if (document.visibilityState === 'visible') this.changes.value++;
    };
    document.addEventListener('visibilitychange', look, { signal });
  }

  #tell(news: News): void {
    this.#news?.postMessage(news);
  }

  async #run(get: Get, signal: AbortSignal, closeAll: () => void): Promise<void> {
    const wait = (): void => {
      if (!signal.aborted) this.state.value = { name: 'waiting' };
    };
    await inTurn(this.#lock, signal, wait, async () => {
      closeAll();
      await this.#closed;
      signal.throwIfAborted();
      const begin = performance.now();
      this.state.value = { name: 'opening' };
      const collection = await get(this.#options(signal), signal);
      this.#closeWith(signal, collection);
      const info = await collection.info({ signal });
      this.heed(info);
      const ready = (): void => {
        if (signal.aborted || this.state.peek().name === 'ready') return;
        this.openedMs.value = performance.now() - begin;
        this.state.value = { name: 'ready', collection };
      };
      if (!Object.hasOwn(info.payloadSchema, this.#mark))
        await this.#fill(collection, info, begin, ready, signal);
      ready();
    });
    this.answers.value++;
  }

  /** It ends with the signal. */
  #closeWith(signal: AbortSignal, collection: Collection): void {
    const end = (): void => {
      this.#count(0);
      // The next one is opened all the same; what it meets, it tells.
      this.#closed = collection.close().catch(() => undefined);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }

  /**
  Takes what is missing: all; or what is left of a filling that was stopped; or all in place of what an older edition of
  the data had.

  @param onTaken - Told once all are kept; then they are linked.
  */
  async #fill(
    collection: Collection,
    { pointsCount, payloadSchema }: CollectionInfo,
    begin: number,
    onTaken: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.state.value = { name: 'loading' };
    const loaded = await this.#set.data.whole();
    signal.throwIfAborted();
    const older = Object.keys(payloadSchema).filter((key) => key.startsWith(WHOLE));
    if (older.length > 0) await collection.delete({ filter: {} }, { signal });
    for (const mark of older) await collection.deletePayloadIndex(mark, { signal });
    const ids = Array.from({ length: loaded.rows.count }, (_, id) => id);
    const kept =
      pointsCount > 0 && older.length === 0
        ? await collection.retrieve(ids, { withPayload: false, signal })
        : [];
    const isKept = new Set(kept.map(({ id }) => id));
    const count = ids.length - isKept.size;
    this.state.value = { name: 'filling', part: 0, count };
    let marked: Promise<void> | undefined;
    // Once all are taken, and before anything is changed that would be missed as not taken.
    const mark = (): Promise<void> => {
      marked ??= collection.createPayloadIndex(this.#mark, 'bool', { signal });
      marked.catch(() => undefined);
      return marked;
    };
    await collection.upsert(this.#points(loaded, isKept), {
      ...{ batchSize: BATCH, signal },
      onProgress: ({ phase, done }) => {
        const part = done / count;
        if (phase === 'upsert') this.state.value = { name: 'filling', part, count };
        else {
          this.linked.value = { part, ms: performance.now() - begin };
          void mark();
          onTaken();
        }
      },
    });
    await mark();
  }

  *#points({ items, rows }: Loaded<Items>, isKept: ReadonlySet<PointId>): Generator<Point> {
    for (let first = 0; first < rows.count; first += BATCH) {
      const taken = Math.min(BATCH, rows.count - first);
      const vectors = rows.slice(first, taken);
      for (let i = 0; i < taken; i++) {
        if (isKept.has(first + i)) continue;
        const vector = vectors.subarray(i * rows.dim, (i + 1) * rows.dim);
        yield { id: first + i, vector, payload: this.#set.payloadOf(items, first + i) };
      }
    }
  }

  /** Once all tabs have closed it, which they do when they are told: one that is busy needs a while. */
  async #remove(): Promise<void> {
    await onceFree(() => deleteCollection({ name: this.name }));
  }

  #options(signal: AbortSignal): CollectionOptions {
    const { dim, metric, fields, ranked } = this.#set;
    return {
      ...{ name: this.name, dim, metric, index: 'hnsw', shards: this.#shards, storage: 'auto', signal },
      payloadIndex: Object.fromEntries(fields.map(({ key, index }) => [key, index])),
      ...(ranked.length > 0 && {
        sparseVectors: { [WORDS]: { text: { fields: ranked, language: 'english' } } },
      }),
    };
  }

  /** In words of the page, where an error is that. */
  #ofAnotherSet(error: unknown): Error | undefined {
    const [, kept] =
      error instanceof VectorSearchError ? (/^dim to be (\d+)/.exec(String(error.expected)) ?? []) : [];
    if (kept === undefined) return undefined;
    const { data, dim } = this.#set;
    return new Error(
      `The file has points of another set: vectors of ${number(Number(kept))} numbers, while ${data.title} have ${number(dim)}.`,
    );
  }

  #count(workers: number): void {
    workerCount.value += workers - this.#workers;
    this.#workers = workers;
  }

  /** Of the edition of the data. */
  get #mark(): string {
    return WHOLE + this.#set.data.edition.replaceAll(/\W/g, '_');
  }

  get #lock(): string {
    return `vicinal-demo.collection.${this.name}`;
  }
}

/** Tries again for a while where it is open elsewhere. */
async function onceFree<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + CLOSING_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isOpen = error instanceof VectorSearchError && error.code === 'STORAGE_IN_USE';
      if (!isOpen || performance.now() > deadline) throw error;
    }
  }
}
