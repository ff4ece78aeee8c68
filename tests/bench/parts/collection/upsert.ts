/**
How fast points with payloads go in: five fields, three of them indexed.

@module
*/
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { type Session, withLoaded } from '../session.js';
import { EDGEVEC, FLAT, GRAPH, ORAMA, placed, whoIs } from './contenders.js';

const QUICK_POINTS = 2000;
const ROUNDS = 3;

export async function upsert({ kinds, fewClusters: set, quick, report }: Session): Promise<void> {
  const count = quick ? QUICK_POINTS : set.rowCount;
  await withLoaded(kinds, set, async (loaded) => {
    console.log(`\nPoints with payloads, points a second, ${count.toLocaleString('en')} of ${set.title}`);
    const all = placed(loaded, [FLAT, GRAPH, ORAMA, EDGEVEC]);
    const turns = all.map(({ who, runtime, contender: { name: _, ...wanted } }) => ({
      who,
      take: () => runtime.call('upsert', wanted, count),
    }));
    const rates = await takeTurns(turns, ROUNDS, 1);
    const rows: Cell[][] = all.map((each) => {
      const { who, kind, contender } = each;
      const ratios = {
        flat: ratio(rates, who, whoIs(each, FLAT)),
        hnsw: ratio(rates, who, whoIs(each, GRAPH)),
      };
      const line = {
        part: 'collection',
        data: set.title,
        where: kind.facts,
        what: `${contender.name}, upsert`,
      };
      report.addRounds({ ...line, unit: 'points a second', ratios }, rates.get(who)!);
      return [kind.title, contender.name, median(rates.get(who)!), ratios.flat, ratios.hnsw];
    });
    printTable(['where', 'by', 'points/s', 'x flat', 'x hnsw'], [0, 0, 0, 3, 2], rows);
  });
}
