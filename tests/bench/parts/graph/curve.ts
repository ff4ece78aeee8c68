/**
Recall against speed, over the lengths of the candidate list.

@module
*/
import type { DataSet } from '../../rows/data-sets.js';
import type { Truth } from '../../rows/truth.js';
import { median, type Turn, takeTurns } from '../../turns.js';
import type { Searched } from './places.js';

/** Lengths of the candidate list that are tried, for each number of hits. */
export const SWEEPS = {
  10: [10, 16, 24, 32, 48, 64, 96, 128, 200, 400],
  100: [100, 128, 200, 400, 800],
} as const;
export type HitCount = keyof typeof SWEEPS;
export const HIT_COUNTS: readonly HitCount[] = [10, 100];

export const RECALLS = [0.9, 0.95, 0.99] as const;

const ROUNDS = 5;
const WARM_UP_ROUNDS = 1;
/** Of one measurement: clocks tick in steps of up to a millisecond. */
const LEAST_MS = 40;
/** Queries of one measurement, the same for all that take turns in a round. */
const QUERIES_A_ROUND = 100;

/** From here on longer lists are only slower; and from there where they find no more: codes may never find all. */
const FULL_RECALL = 0.9995;
const HIGH_RECALL = 0.99;

/** A setting whose recall is known. */
interface Swept {
  readonly searched: Searched;
  readonly efSearch: number;
  readonly recall: number;
  /** Its name among those who take turns. */
  readonly who: string;
}

export interface Point {
  readonly efSearch: number;
  readonly recall: number;
  /** Milliseconds a query, of each round. */
  readonly ms: readonly number[];
}

export interface Curve {
  readonly searched: Searched;
  readonly k: HitCount;
  /** By rising `efSearch`. */
  readonly points: readonly Point[];
}

export async function measureCurves(
  all: readonly Searched[],
  k: HitCount,
  set: DataSet,
  truth: Truth,
): Promise<Curve[]> {
  const swept: Swept[] = [];
  for (const searched of all) swept.push(...(await sweep(searched, k, set, truth)));
  const turns = swept.map(
    ({ searched, efSearch, who }): Turn => ({
      who,
      take: (round) => {
        const first = Math.max(0, round) * QUERIES_A_ROUND;
        const count = Math.min(QUERIES_A_ROUND, set.queryCount);
        return searched.searchFor(LEAST_MS, k, efSearch, { first, count });
      },
    }),
  );
  const rounds = await takeTurns(turns, ROUNDS, WARM_UP_ROUNDS);
  return all.map((searched) => ({
    searched,
    k,
    points: swept
      .filter((each) => each.searched === searched)
      .map(({ efSearch, recall, who }) => ({ efSearch, recall, ms: rounds.get(who)! })),
  }));
}

/** The recall of each length, up to the first that finds all that can be found. */
async function sweep(
  searched: Searched,
  k: HitCount,
  { metric, queryCount, rowCount }: DataSet,
  truth: Truth,
): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (const efSearch of SWEEPS[k]) {
    if (efSearch > rowCount) break;
    const found = await searched.findAll(k, efSearch);
    const recall = found.reduce((sum, ids, q) => sum + truth.recall(metric, q, k, ids), 0) / queryCount;
    const isEnough =
      recall >= FULL_RECALL || (recall >= HIGH_RECALL && recall <= (swept.at(-1)?.recall ?? 0));
    swept.push({ searched, efSearch, recall, who: `${searched.where}: ${searched.name}, ef ${efSearch}` });
    if (isEnough) break;
  }
  return swept;
}

export function queriesASecond({ ms }: Point): number {
  return 1000 / median(ms);
}

/**
Queries a second at a recall: between the two neighbours on the curve that enclose it, the logarithm of the speed along a
straight line over recall. Where even the shortest list has a higher recall, its speed. Undefined where none reaches it.
*/
export function speedAt({ points }: Curve, recall: number): number | undefined {
  const reaching = points.findIndex((point) => point.recall >= recall);
  const [below, above] = [points[reaching - 1], points[reaching]];
  if (!above) return undefined;
  if (!below) return queriesASecond(above);
  const share = (recall - below.recall) / (above.recall - below.recall);
  return queriesASecond(below) ** (1 - share) * queriesASecond(above) ** share;
}
