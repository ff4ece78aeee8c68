/**
The graphs that are open in the place that is measured.

@module
*/
import type { Surroundings } from '../searcher.js';
import { openEdgevecHnsw } from './edgevec-graph.js';
import type { GraphBytes, GraphIndex, GraphOptions, OpenGraph } from './graph-index.js';
import { openHnswlibGraph } from './hnswlib-graph.js';
import { openUsearchF16, openUsearchF32 } from './usearch.js';
import { openVicinalGraph } from './vicinal-graph.js';

const openers = {
  vicinal: openVicinalGraph,
  'hnswlib-wasm': openHnswlibGraph,
  edgevec: openEdgevecHnsw,
  'usearch f16': openUsearchF16,
  'usearch f32': openUsearchF32,
} satisfies Record<string, OpenGraph>;

export type GraphName = keyof typeof openers;

/** What is opened over the rows that are loaded. */
export interface WantedGraph extends Omit<GraphOptions, 'dim' | 'capacity'> {
  readonly graph: GraphName;
}

/** Rows or queries, `[count x dim]`. */
interface Vectors {
  readonly values: Float32Array;
  readonly dim: number;
}

/** About a graph that is built. */
export interface BuiltGraph {
  readonly handle: number;
  readonly buildMs: number;
  /** Rows went in one by one, since the package knows no other way. */
  readonly oneByOne: boolean;
  readonly bytes: GraphBytes;
}

/** One way to search a graph. */
export interface GraphSearch {
  readonly handle: number;
  readonly k: number;
  readonly efSearch: number;
  readonly byCodes: boolean;
}

/** Some of the queries, from `first` on; past the last comes the first. */
export interface QueryRange {
  readonly first: number;
  readonly count: number;
}

export class Graphs {
  readonly #surroundings: Surroundings;
  readonly #built = new Map<number, GraphIndex>();
  #lastHandle = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  async build(wanted: WantedGraph, rows: Vectors, oneByOne: boolean): Promise<BuiltGraph> {
    const { graph, ...options } = wanted;
    const [dim, capacity] = [rows.dim, rows.values.length / rows.dim];
    const index = await openers[graph]({ dim, capacity, ...options }, this.#surroundings);
    const started = performance.now();
    if (index.addBatch && !oneByOne) index.addBatch(rows.values);
    else for (let row = 0; row < capacity; row++) index.add(vectorAt(rows, row));
    const buildMs = performance.now() - started;
    const handle = ++this.#lastHandle;
    this.#built.set(handle, index);
    return { handle, buildMs, oneByOne: oneByOne || !index.addBatch, bytes: index.bytes() };
  }

  /** Searches by some queries, all of them again and again until it has taken so long; milliseconds a query. */
  searchFor(leastMs: number, search: GraphSearch, queries: Vectors, { first, count }: QueryRange): number {
    const { prepare, find } = this.#finder(search);
    const queryCount = queries.values.length / queries.dim;
    const wanted = Array.from({ length: count }, (_, at) =>
      prepare(vectorAt(queries, (first + at) % queryCount)),
    );
    const started = performance.now();
    let searches = 0;
    let ms = 0;
    do {
      for (const query of wanted) find(query);
      searches += count;
      ms = performance.now() - started;
    } while (ms < leastMs);
    return ms / searches;
  }

  /** What is found for every query. */
  findAll(search: GraphSearch, queries: Vectors): number[][] {
    const { prepare, find } = this.#finder(search);
    const queryCount = queries.values.length / queries.dim;
    return Array.from({ length: queryCount }, (_, query) =>
      Array.from(find(prepare(vectorAt(queries, query)))),
    );
  }

  dispose(handle: number): void {
    this.#built.get(handle)!.dispose();
    this.#built.delete(handle);
  }

  #finder({ handle, k, efSearch, byCodes }: GraphSearch) {
    const index = this.#built.get(handle)!;
    const search = byCodes ? index.searchByCodes! : index.search;
    return {
      prepare: index.prepare ?? ((query: Float32Array) => query),
      find: (query: Float32Array) => search(query, k, efSearch),
    };
  }
}

function vectorAt({ values, dim }: Vectors, at: number): Float32Array {
  return values.subarray(at * dim, (at + 1) * dim);
}
