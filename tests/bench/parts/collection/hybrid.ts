/**
Words and a vector in one query, over the demo's passages; beside Orama.

@module
*/
import type { HybridName } from '../../measured/collections/hybrid.js';
import { queriesAmong } from '../../rows/data-sets.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { K } from '../searchers.js';
import { type Loaded, type Session, withLoaded } from '../session.js';

const NAMES: readonly HybridName[] = ['vicinal', 'orama'];
const ROUNDS = 5;
const LEAST_MS = 200;

interface OpenedHybrid extends Loaded {
  readonly name: HybridName;
  readonly handle: number;
  readonly who: string;
  /** Row numbers that each query found. */
  readonly found: readonly number[][];
}

export async function hybrid({ kinds, real, report }: Session): Promise<void> {
  const set = real.find(({ title }) => title.startsWith('passages'))!;
  await withLoaded(kinds, set, async (loaded) => {
    console.log(`\nHybrid search, words and a vector, k = ${K}, ${set.title}`);
    const queries = queriesAmong(set.rowCount + set.queryCount);
    const opened: OpenedHybrid[] = [];
    for (const { kind, runtime } of loaded) {
      for (const name of kind.peers ? NAMES : NAMES.slice(0, 1)) {
        const words = { texts: runtime.address('demo/passages-texts.bin'), queries };
        const handle = await runtime.call('openHybrid', name, words);
        const found = await runtime.call('findAllHybrid', handle, K);
        opened.push({ kind, runtime, name, handle, found, who: `${kind.title}: ${name}` });
      }
    }
    const turns = opened.map(({ who, runtime, handle }) => ({
      who,
      take: async () => 1000 / (await runtime.call('searchHybridFor', LEAST_MS, handle, K)),
    }));
    const rates = await takeTurns(turns, ROUNDS, 1);
    const rows: Cell[][] = opened.map(({ who, kind, name, found }) => {
      const ours = opened.find((other) => other.kind === kind && other.name === 'vicinal')!;
      const toOurs = ratio(rates, who, ours.who);
      const shared = sharedWith(ours.found, found);
      const line = { part: 'collection', data: set.title, where: kind.facts, what: `${name}, hybrid`, k: K };
      const ratios = { vicinal: toOurs, hitsShared: shared };
      report.addRounds({ ...line, unit: 'queries a second', ratios }, rates.get(who)!);
      return [kind.title, name, median(rates.get(who)!), toOurs, shared];
    });
    printTable(['where', 'by', 'queries/s', 'x vicinal', 'hits shared'], [0, 0, 0, 2, 2], rows);
    console.log('they fuse in other ways: by ranks, and by sums of scores');
  });
}

/** Share of all hits that are among the others' for the same query. */
function sharedWith(others: readonly number[][], hits: readonly number[][]): number {
  const shared = hits.flatMap((ids, query) => ids.filter((id) => others[query]!.includes(id)));
  return shared.length / hits.flat().length;
}
