/**
The collections that are open in the place that is measured.

@module
*/

import { decodePassages } from '../../../../web/passages.js';
import { median } from '../../turns.js';
import type { Surroundings } from '../searcher.js';
import { openEdgevecCollection } from './edgevec-collection.js';
import { type Hop, type HopTimes, openHop } from './hop.js';
import { type HybridName, type HybridSearch, openHybrid } from './hybrid.js';
import { openOrama } from './orama-collection.js';
import type { CollectionSettings, OpenCollection, PointCollection } from './point-collection.js';
import { type Condition, HIGHEST_PRICE, kindName, payloadsOf } from './points.js';
import { openVicinalCollection } from './vicinal-collection.js';

const openers = {
  vicinal: openVicinalCollection,
  orama: openOrama,
  edgevec: openEdgevecCollection,
} satisfies Record<string, OpenCollection>;

export type CollectionName = keyof typeof openers;

/** What is opened over the rows that are loaded. */
export interface WantedCollection extends Omit<CollectionSettings, 'dim'> {
  readonly collection: CollectionName;
}

/** Rows or queries, `[count x dim]`. */
interface Vectors {
  readonly values: Float32Array;
  readonly dim: number;
}

/** What a filter looks for: one of the words of a field, or a tenth of its numbers. */
export type ConditionKind = 'keyword' | 'range';

/** Medians of filters that were asked for once each, in milliseconds. */
export interface FilterTimes {
  /** Absent where the package does not tell. */
  readonly filterMs: number | undefined;
  /** A call of `count`. */
  readonly countMs: number;
}

/** Texts beside rows, and the words of queries beside the queries. */
export interface Words {
  /** Address of the passages' texts. */
  readonly texts: string;
  /** Row numbers of the queries among all passages; the rest are the rows. */
  readonly queries: readonly number[];
}

/** Words of a text that make a query: some from its middle. */
const WORDS_A_QUERY = 4;

export class Collections {
  readonly #surroundings: Surroundings;
  readonly #opened = new Map<number, PointCollection>();
  readonly #hybrids = new Map<number, { readonly search: HybridSearch; readonly words: readonly string[] }>();
  readonly #hops = new Map<number, Hop>();
  #lastHandle = 0;
  #lastCondition = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Opens a collection and fills it; milliseconds that filling took. */
  async open({ collection, ...settings }: WantedCollection, { values, dim }: Vectors) {
    const opened = await openers[collection]({ dim, ...settings }, this.#surroundings);
    const upsert = opened.prepare(values, payloadsOf(values.length / dim));
    const started = performance.now();
    await upsert();
    const fillMs = performance.now() - started;
    const handle = ++this.#lastHandle;
    this.#opened.set(handle, opened);
    return { handle, fillMs };
  }

  async close(handle: number): Promise<void> {
    await this.#opened.get(handle)?.close();
    await this.#hybrids.get(handle)?.search.close();
    await this.#hops.get(handle)?.close();
    for (const map of [this.#opened, this.#hybrids, this.#hops]) map.delete(handle);
  }

  /** Asks for other values each time, so that nothing kept answers. */
  async filterTimes(handle: number, kind: ConditionKind, times: number): Promise<FilterTimes> {
    const collection = this.#opened.get(handle)!;
    const filters: number[] = [];
    const counts: number[] = [];
    for (let time = 0; time < times; time++) {
      if (collection.filterMs) filters.push(await collection.filterMs(this.#condition(kind)));
      const condition = this.#condition(kind);
      const started = performance.now();
      await collection.count!(condition);
      counts.push(performance.now() - started);
    }
    return { filterMs: filters.length > 0 ? median(filters) : undefined, countMs: median(counts) };
  }

  /** Searches by one query after another until it has taken so long; milliseconds a query. */
  async searchFor(leastMs: number, handle: number, condition: Condition, k: number, queries: Vectors) {
    const collection = this.#opened.get(handle)!;
    return timeFor(leastMs, (time) => collection.search(vectorAt(queries, time), k, condition));
  }

  /** What is found for every query. */
  async findAll(handle: number, condition: Condition, k: number, queries: Vectors): Promise<number[][]> {
    const collection = this.#opened.get(handle)!;
    const found: number[][] = [];
    for (let query = 0; query < countOf(queries); query++)
      found.push(await collection.search(vectorAt(queries, query), k, condition));
    return found;
  }

  /** Searches by all queries in one call; milliseconds a query. */
  async searchBatch(handle: number, k: number, queries: Vectors) {
    const collection = this.#opened.get(handle)!;
    const started = performance.now();
    const ids = await collection.searchBatch!(queries.values, k);
    return { ms: (performance.now() - started) / countOf(queries), ids };
  }

  async openHop({ values, dim }: Vectors): Promise<number> {
    const hop = await openHop(values, dim, this.#surroundings);
    this.#hops.set(++this.#lastHandle, hop);
    return this.#lastHandle;
  }

  hop(handle: number, k: number, queries: Vectors): Promise<HopTimes> {
    return this.#hops.get(handle)!.measure(queries.values, k);
  }

  async openHybrid(name: HybridName, { texts, queries }: Words, rows: Vectors): Promise<number> {
    const response = await fetch(texts);
    const all = (await decodePassages(await response.arrayBuffer())).map(({ text }) => text);
    const asked = new Set(queries);
    const own = all.filter((_, row) => !asked.has(row));
    if (own.length !== countOf(rows)) throw new Error(`${own.length} texts for ${countOf(rows)} rows`);
    const search = await openHybrid(
      name,
      { texts: own, rows: rows.values, dim: rows.dim },
      this.#surroundings,
    );
    const words = queries.map((row) => wordsOf(all[row]!));
    this.#hybrids.set(++this.#lastHandle, { search, words });
    return this.#lastHandle;
  }

  /** As {@link searchFor}, by words and vectors. */
  async searchHybridFor(leastMs: number, handle: number, k: number, queries: Vectors): Promise<number> {
    const { search, words } = this.#hybrids.get(handle)!;
    return timeFor(leastMs, (time) => search.search(words[time % words.length]!, vectorAt(queries, time), k));
  }

  /** As {@link findAll}, by words and vectors. */
  async findAllHybrid(handle: number, k: number, queries: Vectors): Promise<number[][]> {
    const { search, words } = this.#hybrids.get(handle)!;
    const found: number[][] = [];
    for (const [query, each] of words.entries())
      found.push(await search.search(each, vectorAt(queries, query), k));
    return found;
  }

  #condition(kind: ConditionKind): Condition {
    const number = this.#lastCondition++;
    if (kind === 'keyword') return { kind: kindName(number) };
    // Steps that do not come back to where they were.
    const atLeast = ((number * Math.SQRT2) % 0.9) * HIGHEST_PRICE;
    return { price: [atLeast, atLeast + HIGHEST_PRICE / 10] };
  }
}

function wordsOf(text: string): string {
  const words = text.split(/\s+/);
  const middle = Math.floor(words.length / 2);
  return words.slice(middle, middle + WORDS_A_QUERY).join(' ');
}

function countOf({ values, dim }: Vectors): number {
  return values.length / dim;
}

/** Past the last comes the first. */
function vectorAt(vectors: Vectors, at: number): Float32Array {
  const { values, dim } = vectors;
  const start = (at % countOf(vectors)) * dim;
  return values.subarray(start, start + dim);
}

/** Milliseconds of some work, done again and again until it has taken so long. */
async function timeFor(leastMs: number, work: (time: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let times = 0;
  let ms = 0;
  do {
    await work(times++);
    ms = performance.now() - started;
  } while (ms < leastMs);
  return ms / times;
}
