/**
How fast rows go in, one by one and at once.

@module
*/
import type { SearcherName } from '../measured/bench.js';
import { type Cell, printTable } from '../table.js';
import { median, ratio, takeTurns } from '../turns.js';
import { type Session, withLoaded } from './session.js';

const ROUNDS = 3; // some packages take seconds each

const WAYS: readonly { searcher: SearcherName; what: string; oneByOne: boolean }[] = [
  { searcher: 'vicinal', what: 'vicinal, addBatch', oneByOne: false },
  { searcher: 'vicinal', what: 'vicinal, add', oneByOne: true },
  { searcher: 'hnswlib-wasm', what: 'hnswlib-wasm, addPoint', oneByOne: true },
  { searcher: 'tfjs-wasm', what: 'tfjs-wasm, tensor2d', oneByOne: false },
];

export async function add({ fewClusters: set, kinds, report }: Session): Promise<void> {
  await withLoaded(kinds, set, async (loaded) => {
    console.log(`\nAdding rows, thousands a second, ${set.title}`);
    const turns = loaded.map(({ kind, runtime }) =>
      WAYS.filter(({ searcher }) => searcher === 'vicinal' || kind.peers).map(
        ({ searcher, what, oneByOne }) => ({
          who: `${kind.title}: ${what}`,
          take: () => runtime.call('add', { searcher, metric: 'cosine' }, oneByOne),
        }),
      ),
    );
    const figures = await takeTurns(turns.flat(), ROUNDS, 1);
    const rows: Cell[][] = [];
    for (const { kind } of loaded) {
      for (const { what } of WAYS) {
        const who = `${kind.title}: ${what}`;
        const rates = figures.get(who);
        if (!rates) continue;
        const toOurs = ratio(figures, who, `${kind.title}: ${WAYS[0]!.what}`);
        const line = { part: 'add', data: set.title, where: kind.facts, what, metric: 'cosine' };
        report.addRounds({ ...line, unit: 'rows a second', ratios: { vicinalAddBatch: toOurs } }, rates);
        rows.push([kind.title, what, median(rates) / 1000, toOurs]);
      }
    }
    printTable(['where', 'by', 'thousand rows/s', 'x addBatch'], [0, 0, 0, 2], rows);
  });
}
