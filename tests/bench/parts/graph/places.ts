/**
Graphs built over a data set wherever they are measured, and the ways they are searched.

@module
*/
import type { BuiltGraph, QueryRange } from '../../measured/graphs/graphs.js';
import type { DataSet } from '../../rows/data-sets.js';
import { openNativeGraph } from '../../runtimes/native-graph.js';
import type { Loaded } from '../session.js';
import { type Contender, EF_CONSTRUCTION, type InRuntime, M, type Native } from './contenders.js';

/** Where graphs are that are neither in Node's WebAssembly nor in a page. */
export const NATIVE = 'native';

/** One way to search one graph in one place. */
export interface Searched {
  readonly name: string;
  /** Title of the runtime, or {@link NATIVE}. */
  readonly where: string;
  /** Packages for pages that this one is compared with. */
  readonly isPeer: boolean;
  /** Milliseconds a query; see `Graphs.searchFor`. */
  searchFor(leastMs: number, k: number, efSearch: number, range: QueryRange): Promise<number>;
  findAll(k: number, efSearch: number): Promise<number[][]>;
}

export interface Built extends Omit<BuiltGraph, 'handle'> {
  readonly name: string;
  readonly where: string;
  readonly searched: readonly Searched[];
  close(): Promise<void>;
}

/** Builds it in each of its places, one after another, since building is timed. */
export async function build(
  contender: Contender,
  set: DataSet,
  loaded: readonly Loaded[],
  oneByOne = false,
): Promise<Built[]> {
  if ('nativeGraph' in contender) return buildNative(contender, set, oneByOne);
  const places = contender.native
    ? loaded.filter(({ kind }) => kind.facts.name === 'Node').slice(0, 1)
    : loaded.filter(({ kind }) => kind.peers || !contender.peer);
  const all: Built[] = [];
  for (const place of places) all.push(await buildIn(place, contender, oneByOne));
  return all;
}

async function buildIn({ kind, runtime }: Loaded, contender: InRuntime, oneByOne: boolean): Promise<Built> {
  const { name, wanted, peer, native, byCodes } = contender;
  const where = native ? NATIVE : kind.title;
  const { handle, ...facts } = await runtime.call('buildGraph', wanted, oneByOne);
  const way = (wayName: string, codes: boolean): Searched => ({
    name: wayName,
    where,
    isPeer: peer === true,
    searchFor: (leastMs, k, efSearch, range) =>
      runtime.call('searchGraphFor', leastMs, { handle, k, efSearch, byCodes: codes }, range),
    findAll: (k, efSearch) => runtime.call('findAllByGraph', { handle, k, efSearch, byCodes: codes }),
  });
  return {
    ...{ name, where, ...facts },
    searched: [way(name, false), ...(byCodes ? [way(byCodes, true)] : [])],
    close: () => runtime.call('disposeGraph', handle),
  };
}

async function buildNative({ name, nativeGraph }: Native, set: DataSet, oneByOne: boolean): Promise<Built[]> {
  const graph = openNativeGraph(nativeGraph, set, M, EF_CONSTRUCTION);
  if (!graph) return [];
  const place = { name, where: NATIVE };
  return [
    {
      ...place,
      ...(await graph.build(oneByOne)),
      searched: [{ ...place, isPeer: false, searchFor: graph.searchFor, findAll: graph.findAll }],
      close: async () => graph.close(),
    },
  ];
}
