/**
One kind of codes in every runtime: its size, its recall, and its time beside exact search and beside only reading the
codes.

@module
*/
import type { OpenedFacts } from '../../measured/bench.js';
import type { DataSet } from '../../rows/data-sets.js';
import type { Truth } from '../../rows/truth.js';
import { median, type Rounds, ratio, type Turn, takeTurns } from '../../turns.js';
import { K } from '../searchers.js';
import type { Loaded } from '../session.js';
import type { Contender } from './contenders.js';

export const OVERSAMPLINGS = [2, 4, 10, 50] as const;
export type Oversampling = (typeof OVERSAMPLINGS)[number];

const ROUNDS = 9;
/** Of one measurement: clocks tick in steps of up to a millisecond. */
const LEAST_MS = 20;

/** A runtime with the rows and an exact searcher. */
export interface Place extends Loaded {
  readonly exact: number;
}

/** What a search by codes takes and finds. */
export interface Figures {
  /** Milliseconds a query, of each round. */
  readonly ms: readonly number[];
  readonly timesFaster: number;
  /** Share of the {@link K} nearest that are found. */
  readonly recall: number;
}

export interface Measured extends Figures {
  readonly place: Place;
  readonly codeBytes: number;
  readonly fillMs: number;
  /** Times faster than exact search, if only the bytes of the codes had to be read. */
  readonly boundTimesFaster: number;
  /** Time over that of only reading them. */
  readonly overBound: number;
  /** Milliseconds a query, all in one call, of each round. Absent where there is no such call. */
  readonly batchMs?: readonly number[];
  /** For each of {@link OVERSAMPLINGS}. Absent where it cannot rescore. */
  readonly rescored?: readonly Figures[];
}

interface Opened extends OpenedFacts {
  readonly place: Place;
}

export async function measureCodes(
  { wanted, rescores, peer }: Contender,
  { metric, queryCount }: DataSet,
  truth: Truth,
  places: readonly Place[],
): Promise<Measured[]> {
  const opened: Opened[] = [];
  // One after another, since filling is measured too.
  for (const place of places) {
    opened.push({ place, ...(await place.runtime.call('openAndTell', wanted)) });
  }
  const rounds = await takeTurns(
    opened.flatMap((each) => turnsOf(each, rescores, !peer)),
    ROUNDS,
  );
  const recall = async ({ runtime }: Place, handle: number, oversampling?: number) => {
    const found = await runtime.call('findAll', handle, K, ...(oversampling ? [oversampling] : []));
    return found.reduce((sum, ids, q) => sum + truth.recall(metric, q, K, ids), 0) / queryCount;
  };
  const all: Measured[] = [];
  for (const { place, handle, codeBytes, fillMs } of opened) {
    const who = names(place);
    const figures = async (name: string, oversampling?: number): Promise<Figures> => ({
      ms: rounds.get(name)!,
      timesFaster: ratio(rounds, who.exact, name),
      recall: await recall(place, handle, oversampling),
    });
    const rescoredFigures: Figures[] = [];
    for (const times of rescores ? OVERSAMPLINGS : []) {
      rescoredFigures.push(await figures(who.rescored(times), times));
    }
    const batchMs = rounds.get(who.batch);
    all.push({
      ...(await figures(who.alone)),
      ...{ place, codeBytes, fillMs },
      boundTimesFaster: ratio(rounds, who.exact, who.bound),
      overBound: ratio(rounds, who.alone, who.bound),
      ...(batchMs && { batchMs }),
      ...(rescores && { rescored: rescoredFigures }),
    });
    await place.runtime.call('dispose', handle);
  }
  return all;
}

function names({ kind: { title } }: Place) {
  return {
    exact: `${title}, exact`,
    alone: title,
    bound: `${title}, bound`,
    batch: `${title}, batch`,
    rescored: (times: number) => `${title}, rescored x ${times}`,
  };
}

function turnsOf({ place, handle, codeBytes }: Opened, rescores: boolean, batches: boolean): Turn[] {
  const { runtime, exact } = place;
  const who = names(place);
  const search = (name: string, searched: number, oversampling?: number): Turn => ({
    who: name,
    take: (round) =>
      runtime.call(
        'searchFor',
        LEAST_MS,
        searched,
        Math.max(0, round),
        K,
        ...(oversampling ? [oversampling] : []),
      ),
  });
  return [
    search(who.exact, exact),
    search(who.alone, handle),
    { who: who.bound, take: () => runtime.call('touchBytesFor', LEAST_MS, codeBytes) },
    ...(rescores ? OVERSAMPLINGS.map((times) => search(who.rescored(times), handle, times)) : []),
    ...(batches
      ? [{ who: who.batch, take: async () => (await runtime.call('searchBatch', handle, K)).ms }]
      : []),
  ];
}

/** How much faster all queries in one call are. */
export function batchThroughput({ ms, batchMs }: Measured): number | undefined {
  if (!batchMs) return undefined;
  const rounds: Rounds = new Map([
    ['single', ms],
    ['batch', batchMs],
  ]);
  return ratio(rounds, 'single', 'batch');
}

export function medianMs({ ms }: Figures): number {
  return median(ms);
}
