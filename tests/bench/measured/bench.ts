/**
What the benchmark does in the place that is measured, a Node process or a page: called by name from outside, with
arguments and results that are JSON. It holds the rows and what has been opened over them.

@module
*/
import {
  Collections,
  type ConditionKind,
  type FilterTimes,
  type WantedCollection,
  type Words,
} from './collections/collections.js';
import type { HopTimes } from './collections/hop.js';
import type { HybridName } from './collections/hybrid.js';
import type { Condition } from './collections/points.js';
import { openEdgevecGraph, openEdgevecScan } from './edgevec.js';
import {
  type BuiltGraph,
  type GraphSearch,
  Graphs,
  type QueryRange,
  type WantedGraph,
} from './graphs/graphs.js';
import { openHnswlib } from './hnswlib.js';
import { type Kernels, openKernels } from './kernels.js';
import { openPlainLoop } from './plain-loop.js';
import type { OpenSearcher, Searcher, SearcherOptions, Surroundings } from './searcher.js';
import { startSearcher, startWorker } from './start.js';
import type { ReadTime } from './stored/raw-worker.js';
import {
  type GivenBatches,
  type Searched,
  type StoredBytes,
  Stores,
  type WantedStore,
  type Written,
} from './stored/stores.js';
import { openTfjs } from './tfjs.js';
import { openVicinal } from './vicinal.js';

const openers = {
  vicinal: openVicinal,
  'hnswlib-wasm': openHnswlib,
  'tfjs-wasm': openTfjs,
  'plain loop': openPlainLoop,
  'edgevec scan': openEdgevecScan,
  'edgevec graph': openEdgevecGraph,
} satisfies Record<string, OpenSearcher>;

export type SearcherName = keyof typeof openers;

/** What is opened over the rows that are loaded. */
export interface Wanted extends Omit<SearcherOptions, 'dim' | 'capacity'> {
  readonly searcher: SearcherName;
}

/** How long a call took, each of several, and the row numbers that the last one found. */
export interface Timed<Found> {
  readonly ms: number;
  readonly ids: Found;
}

/** About a searcher that is open. */
export interface OpenedFacts {
  readonly handle: number;
  /** Milliseconds that adding all rows took, with whatever was learned from them. */
  readonly fillMs: number;
  /** See `Searcher.codeBytes`. */
  readonly codeBytes: number;
}

export class Bench {
  readonly #surroundings: Surroundings;
  readonly #opened = new Map<number, Searcher>();
  readonly #graphs: Graphs;
  readonly #collections: Collections;
  readonly #stores: Stores;
  #kernels: Kernels | undefined;
  #rows = new Float32Array();
  #queries = new Float32Array();
  #dim = 0;
  #lastHandle = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#graphs = new Graphs(surroundings);
    this.#collections = new Collections(surroundings);
    this.#stores = new Stores(surroundings);
  }

  /** Fetches rows and queries: files of little-endian floats. */
  async load({ rows, queries, dim }: { rows: string; queries: string; dim: number }): Promise<void> {
    const fetchFloats = async (address: string) => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      return new Float32Array(await response.arrayBuffer());
    };
    this.#rows = new Float32Array();
    this.#rows = await fetchFloats(rows);
    this.#queries = await fetchFloats(queries);
    this.#dim = dim;
  }

  /** Opens a searcher and adds all rows; a number for it. */
  async open(wanted: Wanted): Promise<number> {
    return (await this.openAndTell(wanted)).handle;
  }

  async openAndTell(wanted: Wanted): Promise<OpenedFacts> {
    const opened = await this.#openEmpty(wanted);
    const started = performance.now();
    opened.addBatch(this.#rows);
    const fillMs = performance.now() - started;
    this.#opened.set(++this.#lastHandle, opened);
    return { handle: this.#lastHandle, fillMs, codeBytes: opened.codeBytes?.() ?? this.#rows.byteLength };
  }

  /** Searches by some queries, one after another. */
  search(handle: number, query: number, k: number, times: number): Timed<number[]> {
    const searcher = this.#opened.get(handle)!;
    let found: ArrayLike<number> = [];
    const started = performance.now();
    for (let i = 0; i < times; i++) found = searcher.search(this.#query(query), k);
    return { ms: (performance.now() - started) / times, ids: Array.from(found) };
  }

  /** Searches by one query after another until it has taken so long; milliseconds a query. */
  searchFor(leastMs: number, handle: number, firstQuery: number, k: number, oversampling?: number): number {
    const searcher = this.#opened.get(handle)!;
    return timeFor(leastMs, (time) => searcher.search(this.#query(firstQuery + time), k, oversampling));
  }

  /** What is found for every query. */
  findAll(handle: number, k: number, oversampling?: number): number[][] {
    const searcher = this.#opened.get(handle)!;
    const count = this.#queries.length / this.#dim;
    const found =
      searcher.searchBatch?.(this.#queries, k, oversampling) ??
      Array.from({ length: count }, (_, query) => searcher.search(this.#query(query), k, oversampling));
    return found.map((ids) => Array.from(ids));
  }

  /** Searches by all queries in one call; milliseconds a query. */
  searchBatch(handle: number, k: number): Timed<number[][]> {
    const searcher = this.#opened.get(handle)!;
    const started = performance.now();
    const found = searcher.searchBatch!(this.#queries, k);
    const ms = ((performance.now() - started) / this.#queries.length) * this.#dim;
    return { ms, ids: found.map((ids) => Array.from(ids)) };
  }

  dispose(handle: number): void {
    this.#opened.get(handle)!.dispose();
    this.#opened.delete(handle);
  }

  /** Adds all rows to an empty searcher; rows a second. */
  async add(wanted: Wanted, oneByOne: boolean): Promise<number> {
    const searcher = await this.#openEmpty(wanted);
    const dim = this.#dim;
    const rows = this.#rows;
    const started = performance.now();
    if (oneByOne) for (let at = 0; at < rows.length; at += dim) searcher.add!(rows.subarray(at, at + dim));
    else searcher.addBatch(rows);
    const seconds = (performance.now() - started) / 1000;
    searcher.dispose();
    return rows.length / dim / seconds;
  }

  /** Builds a graph of all rows; one by one, or as the package does it fastest. */
  buildGraph(wanted: WantedGraph, oneByOne: boolean): Promise<BuiltGraph> {
    return this.#graphs.build(wanted, { values: this.#rows, dim: this.#dim }, oneByOne);
  }

  /** See `Graphs.searchFor`. */
  searchGraphFor(leastMs: number, search: GraphSearch, range: QueryRange): number {
    return this.#graphs.searchFor(leastMs, search, { values: this.#queries, dim: this.#dim }, range);
  }

  /** See `Graphs.findAll`. */
  findAllByGraph(search: GraphSearch): number[][] {
    return this.#graphs.findAll(search, { values: this.#queries, dim: this.#dim });
  }

  disposeGraph(handle: number): void {
    this.#graphs.dispose(handle);
  }

  /**
  Opens a collection and fills it with rows and payloads; milliseconds that filling took.

  @param count - How many rows. Default: all.
  */
  openCollection(wanted: WantedCollection, count?: number): Promise<{ handle: number; fillMs: number }> {
    return this.#collections.open(wanted, this.#firstRows(count));
  }

  closeCollection(handle: number): Promise<void> {
    return this.#collections.close(handle);
  }

  /** Fills an empty collection; points a second. */
  async upsert(wanted: WantedCollection, count: number): Promise<number> {
    const { handle, fillMs } = await this.openCollection(wanted, count);
    await this.closeCollection(handle);
    return (count / fillMs) * 1000;
  }

  /** See `Collections.filterTimes`. */
  filterTimes(handle: number, kind: ConditionKind, times: number): Promise<FilterTimes> {
    return this.#collections.filterTimes(handle, kind, times);
  }

  /** See `Collections.searchFor`. */
  searchCollectionFor(leastMs: number, handle: number, condition: Condition, k: number): Promise<number> {
    return this.#collections.searchFor(leastMs, handle, condition, k, this.#allQueries);
  }

  /** See `Collections.findAll`. */
  findAllByCollection(handle: number, condition: Condition, k: number): Promise<number[][]> {
    return this.#collections.findAll(handle, condition, k, this.#allQueries);
  }

  /** See `Collections.searchBatch`. */
  searchCollectionBatch(handle: number, k: number): Promise<Timed<number[][]>> {
    return this.#collections.searchBatch(handle, k, this.#allQueries);
  }

  /** A collection and an engine over all rows; a number for them. */
  openHop(): Promise<number> {
    return this.#collections.openHop(this.#firstRows());
  }

  /** See `Hop.measure`. */
  hop(handle: number, k: number): Promise<HopTimes> {
    return this.#collections.hop(handle, k, this.#allQueries);
  }

  openHybrid(name: HybridName, words: Words): Promise<number> {
    return this.#collections.openHybrid(name, words, this.#firstRows());
  }

  /** See `Collections.searchHybridFor`. */
  searchHybridFor(leastMs: number, handle: number, k: number): Promise<number> {
    return this.#collections.searchHybridFor(leastMs, handle, k, this.#allQueries);
  }

  /** See `Collections.findAllHybrid`. */
  findAllHybrid(handle: number, k: number): Promise<number[][]> {
    return this.#collections.findAllHybrid(handle, k, this.#allQueries);
  }

  openStore(wanted: WantedStore): Promise<void> {
    return this.#stores.open(wanted, this.#firstRows());
  }

  /** See `Stores.write`. */
  writeToStore(name: string, batches: GivenBatches): Promise<Written> {
    return this.#stores.write(name, batches, this.#firstRows());
  }

  closeStore(name: string): Promise<void> {
    return this.#stores.close(name);
  }

  removeStore(wanted: WantedStore): Promise<void> {
    return this.#stores.remove(wanted, this.#firstRows());
  }

  /** See `Stores.keep`. */
  keepInStore(wanted: WantedStore, pointCount: number): Promise<void> {
    return this.#stores.keep(wanted, pointCount, this.#firstRows());
  }

  /** See `Stores.timeOpening`. */
  timeOpeningStore(wanted: WantedStore): Promise<number> {
    return this.#stores.timeOpening(wanted, this.#allQueries);
  }

  /** See `Stores.timeSearching`. */
  timeSearchingStore(wanted: WantedStore): Promise<Searched> {
    return this.#stores.timeSearching(wanted, this.#allQueries);
  }

  /** See `Stores.timeReading`. */
  timeReadingStore(name: string): Promise<ReadTime> {
    return this.#stores.timeReading(name);
  }

  storedBytes(wanted: WantedStore, pointCount: number): Promise<StoredBytes> {
    return this.#stores.bytesOf(wanted, pointCount, this.#firstRows());
  }

  /** From before the import to the first answer over the rows that are loaded, in milliseconds. */
  start(way: SearcherName | 'vicinal/worker'): Promise<number> {
    const rows = { rows: this.#rows, dim: this.#dim };
    return way === 'vicinal/worker'
      ? startWorker(rows, this.#surroundings)
      : startSearcher(openers[way], rows, this.#surroundings);
  }

  /** Which variant of the module runs. */
  async variant(): Promise<string> {
    const { default: init, performanceMetrics } = await import('vicinal');
    const { variant } = this.#surroundings;
    await init(variant && { variant });
    return performanceMetrics().variant;
  }

  /** Makes the kernels ready for what follows: over as many rows as are loaded. */
  async openKernels(address: string): Promise<void> {
    this.#kernels = await openKernels(address, this.#rows.length / this.#dim, this.#dim);
  }

  /** See `Kernels.touch`; the average of several. */
  touch(times: number): number {
    let ms = 0;
    for (let i = 0; i < times; i++) ms += this.#kernels!.touch();
    return ms / times;
  }

  /** See `Kernels.touchBytes`; the average over so much time. */
  touchBytesFor(leastMs: number, bytes: number): number {
    return timeFor(leastMs, () => this.#kernels!.touchBytes(bytes));
  }

  /** See `Kernels.tileGops`. */
  tileGops(kernel: string): number {
    return this.#kernels!.tileGops(kernel);
  }

  #openEmpty({ searcher, ...options }: Wanted): Promise<Searcher> {
    const [dim, capacity] = [this.#dim, this.#rows.length / this.#dim];
    return openers[searcher]({ dim, capacity, ...options }, this.#surroundings);
  }

  #firstRows(count?: number): { readonly values: Float32Array; readonly dim: number } {
    const dim = this.#dim;
    return { values: count === undefined ? this.#rows : this.#rows.subarray(0, count * dim), dim };
  }

  get #allQueries(): { readonly values: Float32Array; readonly dim: number } {
    return { values: this.#queries, dim: this.#dim };
  }

  #query(index: number): Float32Array {
    const count = this.#queries.length / this.#dim;
    const at = (index % count) * this.#dim;
    return this.#queries.subarray(at, at + this.#dim);
  }
}

/** Milliseconds of some work, done again and again until it has taken so long. */
function timeFor(leastMs: number, work: (time: number) => void): number {
  const started = performance.now();
  let times = 0;
  let ms = 0;
  do {
    work(times++);
    ms = performance.now() - started;
  } while (ms < leastMs);
  return ms / times;
}
