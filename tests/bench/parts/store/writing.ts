/**
Points a second that are acknowledged, one after another and in batches, over a file that the same bytes are written to and
flushed, a write and a flush a call: in turns, each with a store of its own, which grows from round to round. What a store
does of its own accord between calls is waited for before the next turn.

@module
*/
import type { WantedStore, Written } from '../../measured/stored/stores.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { type Loaded, type Session, withLoaded } from '../session.js';

const ROUNDS = 7;
const SINGLE_CALLS = 50;
const BATCH_CALLS = 4;
const BATCH_POINTS = 1000;
/** The goal for strict batches, of what is written and flushed raw. */
const GOAL_OF_RAW = 0.5;

interface Writer extends Omit<WantedStore, 'name'> {
  readonly title: string;
  /** Default: everywhere. */
  readonly only?: 'Node' | 'Chromium';
  /** Default: one after another, and in batches. */
  readonly batchesOnly?: true;
  /** Calls of a turn with batches. */
  readonly batchCalls: number;
}

const RAW: Writer = { title: 'raw write and flush', store: 'raw', batchCalls: BATCH_CALLS };
const WRITERS: readonly Writer[] = [
  { title: 'vicinal, strict', store: 'vicinal', durability: 'strict', batchCalls: BATCH_CALLS },
  { title: 'vicinal, relaxed', store: 'vicinal', durability: 'relaxed', batchCalls: BATCH_CALLS },
  RAW,
  { title: 'PGlite, never flushed', store: 'pglite', only: 'Node', batchCalls: 1 },
  { title: 'edgevec, save', store: 'edgevec', only: 'Chromium', batchesOnly: true, batchCalls: 1 },
];

export async function writing({ kinds, fewClusters: set, quick, report }: Session): Promise<void> {
  await withLoaded(kinds, set, async (loaded) => {
    for (const pointsPerCall of [1, BATCH_POINTS]) {
      const isBatch = pointsPerCall > 1;
      const how = isBatch ? `in batches of ${BATCH_POINTS.toLocaleString('en')}` : 'one after another';
      console.log(`\nPoints acknowledged, ${how}, points a second, ${set.dim} dimensions, flat, one shard`);
      const all = loaded.flatMap((each) =>
        WRITERS.filter(
          ({ only = each.kind.facts.name, batchesOnly }) =>
            only === each.kind.facts.name && (isBatch || !batchesOnly),
        ).map((writer) => new WriterTurns(each, writer, pointsPerCall, quick)),
      );
      for (const each of all) await each.open();
      const turns = all.map((each) => ({ who: each.who, take: (round: number) => each.take(round) }));
      const rates = await takeTurns(turns, quick ? 3 : ROUNDS, 1);
      for (const each of all) await each.remove();
      const rows: Cell[][] = all.map((each) => {
        const { kind } = each.loaded;
        const toRaw = ratio(rates, each.who, whoIs(each.loaded, RAW));
        const isGoal = isBatch && each.writer.durability === 'strict';
        const ratios = { raw: toRaw, ...(isGoal && { goal: toRaw / GOAL_OF_RAW }) };
        const line = { part: 'store', data: set.title, where: kind.facts };
        const what = `${each.writer.title}, ${how}`;
        report.addRounds({ ...line, what, unit: 'points a second', ratios }, rates.get(each.who)!);
        const { flushesPerCall } = each;
        if (flushesPerCall !== undefined) {
          report.add({ ...line, what, figure: flushesPerCall, unit: 'flushes a call', ratios: {} });
        }
        return [kind.title, each.writer.title, median(rates.get(each.who)!), toRaw, flushesPerCall];
      });
      printTable(['where', 'by', 'points/s', 'x raw', 'flushes a call'], [0, 0, 0, 3, 2], rows);
      console.log(
        isBatch
          ? `goal for strict batches: ${GOAL_OF_RAW} of raw`
          : 'goal for strict: one flush a call, as raw has it',
      );
    }
  });
}

class WriterTurns {
  readonly who: string;
  readonly #wanted: WantedStore;
  readonly #calls: number;
  readonly #written: Written[] = [];

  constructor(
    readonly loaded: Loaded,
    readonly writer: Writer,
    readonly pointsPerCall: number,
    quick: boolean,
  ) {
    this.who = whoIs(loaded, writer);
    const { store, durability = 'strict' } = writer;
    this.#wanted = { store, durability, name: `${store}-${durability}-${pointsPerCall}` };
    const calls = pointsPerCall > 1 ? writer.batchCalls : SINGLE_CALLS;
    this.#calls = quick ? Math.ceil(calls / 2) : calls;
  }

  open(): Promise<void> {
    return this.loaded.runtime.call('openStore', this.#wanted);
  }

  async take(round: number): Promise<number> {
    const { runtime } = this.loaded;
    const written = await runtime.call('writeToStore', this.#wanted.name, this.#calls, this.pointsPerCall);
    if (round >= 0) this.#written.push(written);
    return (this.#calls * this.pointsPerCall * 1000) / written.ms;
  }

  /** Absent where nobody can tell. */
  get flushesPerCall(): number | undefined {
    const flushes = this.#written.flatMap(({ counts }) => (counts ? [counts.flushes] : []));
    if (flushes.length === 0) return undefined;
    return flushes.reduce((sum, each) => sum + each, 0) / flushes.length / this.#calls;
  }

  async remove(): Promise<void> {
    await this.loaded.runtime.call('closeStore', this.#wanted.name);
    await this.loaded.runtime.call('removeStore', this.#wanted);
  }
}

function whoIs({ kind }: Loaded, { title }: Writer): string {
  return `${kind.title}: ${title}`;
}
