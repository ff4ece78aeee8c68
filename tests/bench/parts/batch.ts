/**
All queries in one call: beside single queries, the best that tiles of rows in cache give, native code, and the one other
package that has such a call.

@module
*/
import type { Metric } from 'vicinal';
import type { DataSet } from '../rows/data-sets.js';
import { type Cell, printTable } from '../table.js';
import { median, type Rounds, ratio, type Turn, takeTurns } from '../turns.js';
import { batchTurn, K, METRICS, open, type Searches, searchTurn } from './searchers.js';
import { type Session, timesOf } from './session.js';
import { besideName, type Setting, tellBeside, withSetting } from './setting.js';

const ROUNDS = 5;
const ROUNDS_WITH_PEER = 2; // some seven seconds each
const TILES: Record<Metric, string> = {
  cosine: 'dot_f32 tiles',
  euclidean: 'dot_f32 tiles',
  manhattan: 'max_sum_f32 tiles',
  dot: 'dot_f32 tiles',
};

export async function batch(session: Session): Promise<void> {
  const set = session.clusters;
  await withSetting(session, set, async (setting) => {
    console.log(`\nBatches of ${set.queryCount} queries, ms a query, k = ${K}, ${set.title}`);
    const rows: Cell[][] = [];
    for (const metric of METRICS) {
      const figures = await measure(setting, metric);
      rows.push(...nativeRow(setting, metric, figures), ...ourRows(setting, metric, figures));
    }
    printTable(
      ['metric', 'where', 'batch', 'single', 'times faster', 'Gop/s', 'tiles', '% of tiles', 'x native'],
      [0, 0, 2, 2, 2, 1, 1, 0, 2],
      rows,
    );
    console.log('tiles: Gop/s of the kernel itself on rows in cache, two operations a value');
    await besideTfjs(setting);
  });
}

async function measure({ set, truth, native, loaded }: Setting, metric: Metric): Promise<Rounds> {
  const searches: Searches = { metric, k: K, times: timesOf(set), truth };
  const opened = await Promise.all(loaded.map((each) => open(each, 'vicinal', metric)));
  const turns: Turn[][] = opened.map((each) => {
    const { kind, runtime, handle } = each;
    return [
      batchTurn(kind.title, (k) => runtime.call('searchBatch', handle, k), searches),
      searchTurn(`${kind.title}, single`, each, searches),
      { who: `${kind.title}, tiles`, take: () => runtime.call('tileGops', TILES[metric]) },
    ];
  });
  if (native) turns.push([batchTurn('native', (k) => native.searchBatch(metric, k), searches)]);
  const figures = await takeTurns(turns.flat(), ROUNDS, 1);
  for (const { runtime, handle } of opened) await runtime.call('dispose', handle);
  return figures;
}

/** Billions of operations a second, two a value. */
function gops({ rowCount, dim }: DataSet, ms: number): number {
  return (2 * rowCount * dim) / ms / 1e6;
}

function nativeRow({ session, set, native, loaded }: Setting, metric: Metric, figures: Rounds): Cell[][] {
  if (!native) return [];
  const ms = median(figures.get('native')!);
  const ratios = Object.fromEntries(
    loaded.map(({ kind: { title } }) => [title, ratio(figures, 'native', title)]),
  );
  const line = { part: 'batch', data: set.title, where: 'native', metric, k: K, unit: 'ms' };
  session.report.addRounds({ ...line, what: 'AVX2 tiles', ratios }, figures.get('native')!);
  return [[metric, 'native AVX2', ms, undefined, undefined, gops(set, ms), undefined, undefined, 1]];
}

function ourRows({ session, set, native, loaded }: Setting, metric: Metric, figures: Rounds): Cell[][] {
  return loaded.map(({ kind: { title, facts } }) => {
    const [batches, singles, tiles] = [title, `${title}, single`, `${title}, tiles`].map(
      (who) => figures.get(who)!,
    );
    const throughput = ratio(figures, `${title}, single`, title);
    const ofTiles = median(batches!.map((ms, round) => gops(set, ms) / tiles![round]!));
    const toNative = native && ratio(figures, title, 'native');
    session.report.addRounds(
      {
        part: 'batch',
        data: set.title,
        where: facts,
        what: 'vicinal',
        metric,
        k: K,
        unit: 'ms',
        ratios: { throughputToSingle: throughput, ofTiles, ...(native && { native: toNative! }) },
      },
      batches!,
    );
    const ms = median(batches!);
    return [
      metric,
      title,
      ms,
      median(singles!),
      throughput,
      gops(set, ms),
      median(tiles!),
      100 * ofTiles,
      toNative,
    ];
  });
}

async function besideTfjs(setting: Setting): Promise<void> {
  const { truth, loaded } = setting;
  const searchers = ['vicinal', 'tfjs-wasm'] as const;
  const beside = loaded.filter(({ kind }) => kind.peers);
  if (beside.length === 0) return;
  const turns: Turn[] = [];
  for (const each of beside) {
    for (const searcher of searchers) {
      const { runtime, handle } = await open(each, searcher, 'cosine');
      const searchBatch = (k: number) => runtime.call('searchBatch', handle, k);
      const searches = { metric: 'cosine', k: K, truth } as const;
      turns.push(batchTurn(besideName(each, searcher), searchBatch, searches));
    }
  }
  const figures = await takeTurns(turns, ROUNDS_WITH_PEER, 0);
  tellBeside(setting, 'batch', beside, searchers, figures, 'batch');
}
