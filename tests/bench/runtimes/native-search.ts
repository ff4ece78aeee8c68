/**
The native program (search_native.cpp), spoken to a line at a time.

@module
*/
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Metric } from 'vicinal';
import type { Timed } from '../measured/bench.js';
import { paths } from '../paths.js';
import type { DataSet } from '../rows/data-sets.js';

/** How it reads the rows for one query. */
export type NativeForm = 'by_row' | 'streams';

export interface NativeSearch {
  search(metric: Metric, form: NativeForm, query: number, k: number, times: number): Promise<Timed<number[]>>;
  /** All queries in one call; milliseconds a query. */
  searchBatch(metric: Metric, k: number): Promise<Timed<number[][]>>;
  /** Milliseconds to read one byte of every cache line of the rows. */
  touch(times: number): Promise<number>;
  close(): void;
}

/** Undefined where it is not built: on machines other than x86-64. */
export function openNativeSearch(set: DataSet): NativeSearch | undefined {
  if (!existsSync(paths.nativeSearch)) return undefined;
  const files = [set.rows, set.queries].map((file) => join(paths.data, file));
  const child = spawn(paths.nativeSearch, [...files, String(set.dim)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // What cannot be written is told by the answer that does not come.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`the native program ended at: ${line}`);
    const [ms, ...ids] = value.split(' ').map(Number);
    return { ms: ms!, ids };
  };
  return {
    search: (metric, form, query, k, times) =>
      ask(`search ${metric} ${form} ${k} ${query % set.queryCount} ${times}`),
    async searchBatch(metric, k) {
      const { ms, ids } = await ask(`batch ${metric} ${k}`);
      const each = Array.from({ length: set.queryCount }, (_, query) =>
        ids.slice(query * k, (query + 1) * k),
      );
      return { ms: ms / set.queryCount, ids: each };
    },
    touch: async (times) => (await ask(`touch ${times}`)).ms,
    close: () => child.stdin.end(),
  };
}
