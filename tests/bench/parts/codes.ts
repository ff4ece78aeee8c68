/**
Codes in place of floats: how much smaller and faster than exact search, and their recall.

@module
*/

import type { Wanted } from '../measured/bench.js';
import type { DataSet } from '../rows/data-sets.js';
import { Truth } from '../rows/truth.js';
import { type Cell, printTable } from '../table.js';
import { median, ratio, type Turn, takeTurns } from '../turns.js';
import { K, open, searchTurn } from './searchers.js';
import { type Loaded, type Session, timesOf, withLoaded } from './session.js';

const BITS = [8, 4, 2, 1] as const;
const ROUNDS = 5;

type Bits = (typeof BITS)[number];

export async function codes(session: Session): Promise<void> {
  for (const set of [...session.real, session.fewClusters]) {
    const truth = await Truth.of(set);
    await withLoaded(session.kinds, set, async (loaded) => {
      console.log(`\nCodes, cosine, k = ${K}, ms a query, ${set.title}`);
      const rows: Cell[][] = [];
      for (const bits of BITS) rows.push(...(await timeCodes(session, set, truth, loaded, bits)));
      printTable(
        ['bits', 'where', 'smaller', 'single', 'x faster', 'batch', `recall@${K}`, 'rescored x 4'],
        [0, 0, 1, 2, 1, 2, 3, 3],
        rows,
      );
    });
  }
}

/** Beside exact search in the same runtime. */
async function timeCodes(
  { report }: Session,
  set: DataSet,
  truth: Truth,
  loaded: readonly Loaded[],
  bits: Bits,
): Promise<Cell[][]> {
  const searches = { metric: 'cosine', k: K, times: timesOf(set), truth } as const;
  const turns: Turn[][] = [];
  const opened: { each: Loaded; handle: number; exactHandle: number }[] = [];
  for (const each of loaded) {
    const { kind, runtime } = each;
    const exact = await open(each, 'vicinal', 'cosine');
    const handle = await runtime.call('open', wanted(bits));
    const single = async (round: number) =>
      (await runtime.call('search', handle, Math.max(0, round), K, searches.times)).ms;
    const batch = async () => (await runtime.call('searchBatch', handle, K)).ms;
    opened.push({ each, handle, exactHandle: exact.handle });
    turns.push([
      searchTurn(`${kind.title}, exact`, exact, searches),
      { who: kind.title, take: single },
      { who: `${kind.title}, batch`, take: batch },
    ]);
  }
  const figures = await takeTurns(turns.flat(), ROUNDS);
  const rows: Cell[][] = [];
  for (const { each, handle, exactHandle } of opened) {
    const { runtime, kind } = each;
    const faster = ratio(figures, `${kind.title}, exact`, kind.title);
    const smaller = await runtime.call('compressionRatio', handle);
    const byCode = await recall(each, truth, handle);
    for (const done of [handle, exactHandle]) await runtime.call('dispose', done);
    const rescoring = await runtime.call('open', { ...wanted(bits), rescored: true });
    const rescored = await recall(each, truth, rescoring);
    await runtime.call('dispose', rescoring);
    const [singles, batches] = [figures.get(kind.title)!, figures.get(`${kind.title}, batch`)!];
    const what = `${bits}-bit codes`;
    const line = { part: 'codes', data: set.title, where: kind.facts, metric: 'cosine', k: K, unit: 'ms' };
    const ratios = { timesFaster: faster, timesSmaller: smaller };
    const batchRatios = { throughputToSingle: ratio(figures, kind.title, `${kind.title}, batch`) };
    report.addRounds({ ...line, what, ratios, recall: { byCode, rescored } }, singles);
    report.addRounds({ ...line, what: `${what}, in a batch`, ratios: batchRatios }, batches);
    rows.push([bits, kind.title, smaller, median(singles), faster, median(batches), byCode, rescored]);
  }
  return rows;
}

function wanted(bits: Bits): Wanted {
  return { searcher: 'vicinal', metric: 'cosine', bits };
}

async function recall({ runtime }: Loaded, truth: Truth, handle: number): Promise<number> {
  const { ids } = await runtime.call('searchBatch', handle, K);
  const shares = ids.map((found, query) => truth.recall('cosine', query, K, found));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
