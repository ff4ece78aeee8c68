/**
From a filter to the points that match: read from an index, and without one; beside Orama's count.

@module
*/
import type { ConditionKind, FilterTimes } from '../../measured/collections/collections.js';
import { clusters } from '../../rows/data-sets.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { type Session, withLoaded } from '../session.js';
import { FLAT, ORAMA, openAll, placed, UNINDEXED, whoIs } from './contenders.js';

const POINTS = 100_000;
/** Vectors do not matter here. */
const DIM = 8;
/** Filters of one measurement, and of one that reads all payloads. */
const FILTERS = 20;
const SLOW_FILTERS = 3;
const KINDS: readonly ConditionKind[] = ['keyword', 'range'];
/** The goal, with an index. */
const GOAL_MS = 1;

export async function filters(session: Session): Promise<void> {
  const set = await clusters(POINTS, DIM);
  await withLoaded(session.kinds, set, async (loaded) => {
    console.log(`\nFilters, ms, ${POINTS.toLocaleString('en')} points`);
    const opened = await openAll(placed(loaded, [FLAT, UNINDEXED, ORAMA]));
    const rows: Cell[][] = [];
    for (const kind of KINDS) {
      const filterMs = new Map<string, number[]>();
      const turns = opened.map(({ who, runtime, handle, contender }) => ({
        who,
        async take(round: number) {
          const times = contender === UNINDEXED ? SLOW_FILTERS : FILTERS;
          const measured: FilterTimes = await runtime.call('filterTimes', handle, kind, times);
          if (round >= 0 && measured.filterMs !== undefined)
            filterMs.set(who, [...(filterMs.get(who) ?? []), measured.filterMs]);
          return measured.countMs;
        },
      }));
      const counts = await takeTurns(turns, session.rounds);
      for (const each of opened) {
        const { who, contender } = each;
        const name = contender === FLAT ? 'vicinal, indexed' : contender.name;
        const indexed = whoIs(each, FLAT);
        const countRatio = ratio(counts, who, indexed);
        const own = filterMs.get(who);
        const filterRatio = own && ratio(filterMs, who, indexed);
        const line = { part: 'collection', data: `${kind} filter`, where: each.kind.facts, unit: 'ms' };
        session.report.addRounds(
          { ...line, what: `${name}, count`, ratios: { vicinalIndexed: countRatio } },
          counts.get(who)!,
        );
        if (own && filterRatio)
          session.report.addRounds(
            {
              ...line,
              what: `${name}, filter`,
              ratios: {
                vicinalIndexed: filterRatio,
                ...(contender === FLAT && { goal: median(own) / GOAL_MS }),
              },
            },
            own,
          );
        rows.push([
          ...[kind, each.kind.title, name, own && median(own), filterRatio],
          ...[median(counts.get(who)!), countRatio],
        ]);
      }
    }
    printTable(
      ['filter', 'where', 'by', 'filter', 'x indexed', 'count', 'x indexed'],
      [0, 0, 0, 3, 2, 3, 2],
      rows,
    );
    console.log(
      `filter: of a search, as it explains itself; goal, indexed: ${GOAL_MS} ms. count: the whole call`,
    );
  });
}
