/**
From before the import of a package to its first answer, in a fresh page or process: nothing cached.

@module
*/

import type { Bench } from '../measured/bench.js';
import { clusters } from '../rows/data-sets.js';
import type { RuntimeKind } from '../runtimes/runtime.js';
import { type Cell, printTable } from '../table.js';
import { median, ratio, takeTurns } from '../turns.js';
import { K } from './searchers.js';
import { openLoaded, type Session } from './session.js';

type Way = Parameters<Bench['start']>[0];

const OURS: readonly Way[] = ['vicinal', 'vicinal/worker'];
const PEERS: readonly Way[] = ['hnswlib-wasm', 'tfjs-wasm'];
const ROUNDS = 5;

export async function start({ kinds, report, clusters: { dim } }: Session): Promise<void> {
  const set = await clusters(1000, dim);
  console.log(`\nFrom import to first answer, ms, ${set.title}`);
  const each = kinds.flatMap((kind) =>
    [...OURS, ...(kind.peers ? PEERS : [])].map((way) => ({ kind, way, who: `${kind.title}: ${way}` })),
  );
  const figures = await takeTurns(
    each.map(({ kind, way, who }) => ({ who, take: () => measure(kind, way, set) })),
    ROUNDS,
    0,
  );
  const rows: Cell[][] = each.map(({ kind, way, who }) => {
    const toOurs = ratio(figures, who, `${kind.title}: vicinal`);
    const line = { part: 'start', data: set.title, where: kind.facts, what: way, metric: 'cosine', k: K };
    report.addRounds({ ...line, unit: 'ms', ratios: { vicinal: toOurs } }, figures.get(who)!);
    return [kind.title, way, median(figures.get(who)!), toOurs];
  });
  printTable(['where', 'by', 'ms', 'x vicinal'], [0, 0, 0, 2], rows);
}

async function measure(kind: RuntimeKind, way: Way, set: Session['clusters']): Promise<number> {
  const { runtime } = await openLoaded(kind, set);
  try {
    return await runtime.call('start', way);
  } finally {
    await runtime.close();
  }
}
