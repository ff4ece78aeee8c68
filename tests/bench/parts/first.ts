/**
The first query of a fresh page or process, which runs in code that the engine has not optimised yet.

@module
*/
import type { Metric } from 'vicinal';
import type { RuntimeKind } from '../runtimes/runtime.js';
import { type Cell, printTable } from '../table.js';
import { median } from '../turns.js';
import { K } from './searchers.js';
import { openLoaded, type Session } from './session.js';

const METRICS: readonly Metric[] = ['cosine', 'euclidean'];
const FRESH = 3;
const LATER_QUERIES = 20;

export async function first({ clusters: set, kinds, report }: Session): Promise<void> {
  console.log(`\nFirst query of a fresh page or process, ms, k = ${K}, ${set.title}`);
  const firsts = new Map<string, number[]>();
  const laters = new Map<string, number[]>();
  const each = METRICS.flatMap((metric) => kinds.map((kind) => ({ metric, kind })));
  for (let round = 0; round < FRESH; round++) {
    for (const { metric, kind } of each) {
      const { first, later } = await measure(kind, set, metric);
      const who = `${metric} ${kind.title}`;
      firsts.set(who, [...(firsts.get(who) ?? []), first]);
      laters.set(who, [...(laters.get(who) ?? []), later]);
    }
  }
  const rows: Cell[][] = each.map(({ metric, kind }) => {
    const who = `${metric} ${kind.title}`;
    const [first, later] = [firsts.get(who)!, laters.get(who)!];
    const toLater = median(first.map((ms, round) => ms / later[round]!));
    const line = { part: 'first', data: set.title, where: kind.facts, what: 'first query', metric, k: K };
    report.addRounds({ ...line, unit: 'ms', ratios: { laterQueries: toLater } }, first);
    return [metric, kind.title, median(first), median(later), toLater];
  });
  printTable(['metric', 'where', 'first', 'later', 'first / later'], [0, 0, 1, 1, 2], rows);
}

async function measure(kind: RuntimeKind, set: Session['clusters'], metric: Metric) {
  const { runtime } = await openLoaded(kind, set);
  try {
    const handle = await runtime.call('open', { searcher: 'vicinal', metric });
    const search = async (query: number) => (await runtime.call('search', handle, query, K, 1)).ms;
    const first = await search(0);
    const rest = [];
    for (let query = 1; query <= LATER_QUERIES; query++) rest.push(await search(query));
    return { first, later: median(rest.slice(LATER_QUERIES / 2)) };
  } finally {
    await runtime.close();
  }
}
