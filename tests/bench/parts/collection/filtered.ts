/**
The nearest of the points that match a filter, with recall; beside edgevec and Orama, which compares all that match.

@module
*/
import { type Condition, payloadsOf, YEARS } from '../../measured/collections/points.js';
import { clusters } from '../../rows/data-sets.js';
import { Truth } from '../../rows/truth.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { K } from '../searchers.js';
import { type Session, withLoaded } from '../session.js';
import { EDGEVEC, GRAPH, type Opened, ORAMA, openAll, placed, whoIs } from './contenders.js';

const QUICK_POINTS = 20_000;
const PERCENTS = [1, 10, 50];
const ROUNDS = 5;
const LEAST_MS = 200;

export async function filtered(session: Session): Promise<void> {
  const set = session.quick ? await clusters(QUICK_POINTS, session.clusters.dim) : session.clusters;
  await withLoaded(session.kinds, set, async (loaded) => {
    console.log(`\nFiltered search, k = ${K}, ${set.title}`);
    const opened = await openAll(placed(loaded, [GRAPH, ORAMA, EDGEVEC]));
    const payloads = payloadsOf(set.rowCount);
    const rows: Cell[][] = [];
    for (const percent of PERCENTS) {
      const condition = { yearBelow: (percent * YEARS) / 100 };
      const truth = await Truth.of(set, (row) => payloads[row]!.year < condition.yearBelow);
      const recalls = new Map<string, number>();
      for (const each of opened)
        recalls.set(each.who, await recallOf(each, condition, truth, set.queryCount));
      const turns = opened.map(({ who, runtime, handle }) => ({
        who,
        take: async () => 1000 / (await runtime.call('searchCollectionFor', LEAST_MS, handle, condition, K)),
      }));
      const rates = await takeTurns(turns, ROUNDS, 1);
      for (const each of opened) {
        const recall = recalls.get(each.who)!;
        const toOurs = ratio(rates, each.who, whoIs(each, GRAPH));
        const what = `${each.contender.name}, ${percent} % match`;
        const line = {
          part: 'collection',
          data: set.title,
          where: each.kind.facts,
          what,
          metric: 'cosine',
          k: K,
        };
        session.report.addRounds(
          { ...line, unit: 'queries a second', ratios: { vicinal: toOurs }, recall: { found: recall } },
          rates.get(each.who)!,
        );
        const rate = median(rates.get(each.who)!);
        rows.push([`${percent} %`, each.kind.title, each.contender.name, rate, toOurs, recall]);
      }
    }
    printTable(['match', 'where', 'by', 'queries/s', 'x vicinal', `recall@${K}`], [0, 0, 0, 0, 2, 3], rows);
  });
}

/** @throws {Error} where a hit does not match the filter. */
async function recallOf(
  { who, runtime, handle }: Opened,
  condition: Condition,
  truth: Truth,
  queryCount: number,
): Promise<number> {
  const found = await runtime.call('findAllByCollection', handle, condition, K);
  let total = 0;
  for (let query = 0; query < queryCount; query++) {
    const ids = found[query]!;
    const wrong = ids.filter((id) => !truth.isIn(id));
    if (wrong.length > 0)
      throw new Error(`${who}: ${wrong.length} hits of query ${query} do not match the filter`);
    total += truth.recall('cosine', query, K, ids);
  }
  return total / queryCount;
}
