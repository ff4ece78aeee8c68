/**
Bytes of the files over those of the data (floats and the payloads' JSON): once all points are acknowledged and the
collection is closed, and once half of them have been deleted and `optimize()` has given back their space; and what that
wrote. Bytes written are counted in the worker, at its calls to the files. Not timed: where pieces fall
may differ a little.

@module
*/
import { type Cell, printTable } from '../../table.js';
import { type Session, withLoaded } from '../session.js';

const QUICK_POINTS = 2000;

export async function bytes({ kinds, fewClusters: set, quick, report }: Session): Promise<void> {
  const count = quick ? QUICK_POINTS : set.rowCount;
  await withLoaded(kinds, set, async (loaded) => {
    const rows: Cell[][] = [];
    for (const { kind, runtime } of loaded) {
      for (const index of ['flat', 'hnsw'] as const) {
        const stored = await runtime.call('storedBytes', { store: 'vicinal', name: 'bytes', index }, count);
        const line = { part: 'store', data: set.title, where: kind.facts, unit: 'bytes' };
        const told = [
          { what: 'filled', figure: stored.filled, ratios: { data: stored.filled / stored.data } },
          { what: 'half deleted', figure: stored.left, ratios: { data: stored.left / stored.leftData } },
          {
            what: 'written by optimize()',
            figure: stored.rewritten,
            ratios: { data: stored.rewritten / stored.leftData },
          },
        ];
        for (const { what, ...rest } of told) report.add({ ...line, ...rest, what: `${index}, ${what}` });
        rows.push([
          ...[kind.title, index, stored.data / 1e6, stored.filled / stored.data],
          ...[stored.left / stored.leftData, stored.rewritten / stored.leftData],
        ]);
      }
    }
    console.log(`\nBytes on disk over bytes of data, ${count.toLocaleString('en')} points of ${set.title}`);
    printTable(
      ['where', 'index', 'data, MB', 'filled / data', 'half deleted / data', 'written / data left'],
      [0, 0, 1, 3, 3, 3],
      rows,
    );
    console.log('half deleted: and optimize() run. written: by that');
  });
}
