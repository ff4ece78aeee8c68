/**
What the worker adds to a search.

@module
*/
import type { HopTimes } from '../../measured/collections/hop.js';
import { type Cell, printTable } from '../../table.js';
import { median, takeTurns } from '../../turns.js';
import { K } from '../searchers.js';
import { type Session, withLoaded } from '../session.js';

/** The goal for the median. */
const GOAL_MS = 0.3;

export async function hop({ kinds, fewClusters: set, rounds, report }: Session): Promise<void> {
  await withLoaded(kinds, set, async (loaded) => {
    console.log(`\nThe way to the worker and back, ms a search, k = ${K}, ${set.title}`);
    const all = new Map<string, HopTimes[]>();
    const turns = await Promise.all(
      loaded.map(async ({ kind, runtime }) => {
        const handle = await runtime.call('openHop');
        return {
          who: kind.title,
          async take(round: number) {
            const times: HopTimes = await runtime.call('hop', handle, K);
            if (round >= 0) all.set(kind.title, [...(all.get(kind.title) ?? []), times]);
            return times.hopMs;
          },
        };
      }),
    );
    await takeTurns(turns, rounds);
    const rows: Cell[][] = loaded.map(({ kind }) => {
      const times = all.get(kind.title)!;
      const hops = times.map(({ hopMs }) => hopMs);
      const echo = median(times.map(({ echoMs }) => echoMs));
      const over = times.map(({ searchMs, engineMs }) => searchMs - engineMs);
      const line = {
        part: 'collection',
        data: set.title,
        where: kind.facts,
        metric: 'cosine',
        k: K,
        unit: 'ms',
      };
      report.addRounds(
        { ...line, what: 'worker hop', ratios: { goal: median(hops) / GOAL_MS, echo: median(hops) / echo } },
        hops,
      );
      const toEngine = median(times.map(({ searchMs, engineMs }) => searchMs / engineMs));
      report.addRounds({ ...line, what: 'search over engine', ratios: { searchToEngine: toEngine } }, over);
      return [
        ...[
          kind.title,
          median(times.map(({ explainedMs }) => explainedMs)),
          median(hops),
          median(hops) / GOAL_MS,
          echo,
        ],
        ...[median(times.map(({ searchMs }) => searchMs)), median(times.map(({ engineMs }) => engineMs))],
        ...[median(over), toEngine],
      ];
    });
    printTable(
      ['where', 'explained', 'hop', 'x goal', 'echo', 'search', 'engine', 'over engine', 'x engine'],
      [0, 3, 3, 2, 3, 3, 3, 3, 2],
      rows,
    );
    console.log(
      `hop: a search that explains itself, less what its shard took; goal: ${GOAL_MS}. echo: a worker that only answers. engine: in the thread that asks`,
    );
  });
}
