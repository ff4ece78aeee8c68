/**
Two shards against one: a batch of exact searches, and a graph built by upsert.

@module
*/
import { Truth } from '../../rows/truth.js';
import { type Cell, printTable } from '../../table.js';
import { median, type Rounds, ratio, takeTurns } from '../../turns.js';
import { batchTurn, K } from '../searchers.js';
import { type Loaded, type Session, withLoaded } from '../session.js';
import { type Contender, FLAT, GRAPH, openAll, placed, whoIs } from './contenders.js';

const ROUNDS = 5;
const BUILD_ROUNDS = 3;
const QUICK_POINTS = 2000;
/** The goal on two cores. */
const GOAL_TIMES = 1.85;
const FLATS = withShards(FLAT);
const GRAPHS = withShards(GRAPH);

export async function shards(session: Session): Promise<void> {
  const { clusters, fewClusters, kinds, quick } = session;
  const rows: Cell[][] = [];
  await withLoaded(kinds, clusters, async (loaded) => {
    const truth = await Truth.of(clusters);
    const opened = await openAll(placed(loaded, FLATS));
    const turns = opened.map(({ who, runtime, handle }) =>
      batchTurn(who, (k) => runtime.call('searchCollectionBatch', handle, k), {
        metric: 'cosine',
        k: K,
        truth,
      }),
    );
    const ms = await takeTurns(turns, ROUNDS, 1);
    const what = `batch of ${clusters.queryCount}, ms a query, ${clusters.title}`;
    rows.push(...tell(session, loaded, FLATS, { what, unit: 'ms', data: clusters.title }, ms));
  });
  const count = quick ? QUICK_POINTS : fewClusters.rowCount;
  await withLoaded(kinds, fewClusters, async (loaded) => {
    const turns = placed(loaded, GRAPHS).map(({ who, runtime, contender: { name: _, ...wanted } }) => ({
      who,
      take: async () => count / (await runtime.call('upsert', wanted, count)),
    }));
    const seconds = await takeTurns(turns, BUILD_ROUNDS, 1);
    const what = `hnsw by upsert, s, ${count.toLocaleString('en')} points`;
    rows.push(...tell(session, loaded, GRAPHS, { what, unit: 's', data: fewClusters.title }, seconds));
  });
  console.log('\nTwo shards against one');
  printTable(['what', 'where', 'one', 'two', 'times faster'], [0, 0, 2, 2, 2], rows);
  console.log(`goal on two cores: ${GOAL_TIMES} times`);
}

function withShards(contender: Contender): readonly [one: Contender, two: Contender] {
  return [
    { ...contender, name: `${contender.name}, one shard`, shards: 1 },
    { ...contender, name: `${contender.name}, two shards`, shards: 2 },
  ];
}

/** Reports two shards beside one, which takes `figures`, less being better; rows of the table. */
function tell(
  { report }: Session,
  loaded: readonly Loaded[],
  [one, two]: readonly [Contender, Contender],
  { what, unit, data }: { readonly what: string; readonly unit: string; readonly data: string },
  figures: Rounds,
): Cell[][] {
  return loaded.map((each) => {
    const [whoOne, whoTwo] = [whoIs(each, one), whoIs(each, two)];
    const timesFaster = ratio(figures, whoOne, whoTwo);
    const ratios = { timesFaster, goal: timesFaster / GOAL_TIMES };
    const line = { part: 'collection', data, where: each.kind.facts, unit };
    report.addRounds({ ...line, what: `${what}, one shard`, ratios: {} }, figures.get(whoOne)!);
    report.addRounds({ ...line, what: `${what}, two shards`, ratios }, figures.get(whoTwo)!);
    return [what, each.kind.title, median(figures.get(whoOne)!), median(figures.get(whoTwo)!), timesFaster];
  });
}
