/**
The native program of graphs (graph_native.cpp), spoken to a line at a time.

@module
*/
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BuiltGraph, QueryRange } from '../measured/graphs/graphs.js';
import { paths } from '../paths.js';
import type { DataSet } from '../rows/data-sets.js';

/** As native_graphs.h names them. */
export type NativeGraphName = 'hnswlib' | 'vicinal' | 'vicinal_floats';

export interface NativeGraph {
  build(oneByOne: boolean): Promise<Omit<BuiltGraph, 'handle'>>;
  /** Milliseconds a query; see `Graphs.searchFor`. */
  searchFor(leastMs: number, k: number, efSearch: number, range: QueryRange): Promise<number>;
  findAll(k: number, efSearch: number): Promise<number[][]>;
  close(): void;
}

/** Undefined where it is not built: on machines other than x86-64. */
export function openNativeGraph(
  name: NativeGraphName,
  set: DataSet,
  m: number,
  efConstruction: number,
): NativeGraph | undefined {
  if (!existsSync(paths.nativeGraph)) return undefined;
  const files = [set.rows, set.queries].map((file) => join(paths.data, file));
  const child = spawn(
    paths.nativeGraph,
    [name, ...files, String(set.dim), set.metric, String(m), String(efConstruction)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  // What cannot be written is told by the answer that does not come.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`the native program ended at: ${line}`);
    return value.split(' ').map(Number);
  };
  return {
    async build(oneByOne) {
      const [buildMs, vectors, codes, graph] = (await ask(
        `build ${oneByOne ? 'one_by_one' : 'at_once'}`,
      )) as [number, number, number, number];
      const parts = { vectors, graph, ...(codes > 0 && { codes }) };
      return {
        buildMs,
        oneByOne: oneByOne || name === 'hnswlib',
        bytes: { all: vectors + codes + graph, ...parts },
      };
    },
    async searchFor(leastMs, k, efSearch, { first, count }) {
      return (await ask(`search ${k} ${efSearch} ${first} ${count} ${leastMs}`))[0]!;
    },
    async findAll(k, efSearch) {
      const numbers = await ask(`find ${k} ${efSearch}`);
      const each: number[][] = [];
      for (let at = 0; at < numbers.length; at += numbers[at]! + 1) {
        each.push(numbers.slice(at + 1, at + 1 + numbers[at]!));
      }
      return each;
    },
    close: () => child.stdin.end(),
  };
}
