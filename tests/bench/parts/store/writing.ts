/**
Points a second that are acknowledged, one by one and in batches, over a file that the same bytes are written to and
flushed, a write and a flush for each batch: in turns, each with a store of its own, which grows from round to round. What a store
does of its own accord between calls is waited for before the next turn.

@module
*/
import type { GivenBatches, WantedStore, Written } from '../../measured/stored/stores.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { type Loaded, type Session, withLoaded } from '../session.js';

const ROUNDS = 7;

/** How points come. */
interface Way extends GivenBatches {
  readonly how: string;
  /** Calls of a turn with something that takes a second or more each. */
  readonly slowCount?: number;
}

const WAYS: readonly Way[] = [
  { how: 'one after another', count: 50, points: 1, giving: 'in turn' },
  { how: 'one by one, all asked for at once', count: 500, points: 1, giving: 'at once' },
  { how: 'in batches of 1,000, one after another', count: 4, points: 1000, giving: 'in turn', slowCount: 1 },
  { how: 'in one call, in batches of 1,000', count: 8, points: 1000, giving: 'in one call' },
];
/** The goal for strict batches, of what is written and flushed raw. */
const GOAL_OF_RAW = 0.5;

interface Writer extends Omit<WantedStore, 'name'> {
  readonly title: string;
  /** Default: everywhere. */
  readonly only?: 'Node' | 'Chromium';
  /** Only in batches. */
  readonly batchesOnly?: true;
  /** Its calls take a second or more each, and come one after another. */
  readonly isSlow?: true;
}

const RAW: Writer = { title: 'raw write and flush', store: 'raw' };
const WRITERS: readonly Writer[] = [
  { title: 'vicinal, strict', store: 'vicinal', durability: 'strict' },
  { title: 'vicinal, relaxed', store: 'vicinal', durability: 'relaxed' },
  RAW,
  { title: 'PGlite, never flushed', store: 'pglite', only: 'Node', isSlow: true },
  { title: 'edgevec, save', store: 'edgevec', only: 'Chromium', batchesOnly: true, isSlow: true },
];

export async function writing({ kinds, fewClusters: set, quick, report }: Session): Promise<void> {
  await withLoaded(kinds, set, async (loaded) => {
    for (const way of WAYS) {
      const { how, points, giving } = way;
      console.log(`\nPoints acknowledged, ${how}, points a second, ${set.dim} dimensions, flat, one shard`);
      const all = loaded.flatMap((each) =>
        WRITERS.filter(
          ({ only = each.kind.facts.name, batchesOnly, isSlow }) =>
            only === each.kind.facts.name &&
            (points > 1 || !batchesOnly) &&
            (giving === 'in turn' || !isSlow),
        ).map((writer) => new WriterTurns(each, writer, way, quick)),
      );
      for (const each of all) await each.open();
      const turns = all.map((each) => ({ who: each.who, take: (round: number) => each.take(round) }));
      const rates = await takeTurns(turns, quick ? 3 : ROUNDS, 1);
      for (const each of all) await each.remove();
      const rows: Cell[][] = all.map((each) => {
        const { kind } = each.loaded;
        const toRaw = ratio(rates, each.who, whoIs(each.loaded, RAW));
        const isGoal = points > 1 && each.writer.durability === 'strict';
        const ratios = { raw: toRaw, ...(isGoal && { goal: toRaw / GOAL_OF_RAW }) };
        const line = { part: 'store', data: set.title, where: kind.facts };
        const what = `${each.writer.title}, ${how}`;
        report.addRounds({ ...line, what, unit: 'points a second', ratios }, rates.get(each.who)!);
        const { flushesPerBatch } = each;
        if (flushesPerBatch !== undefined) {
          report.add({ ...line, what, figure: flushesPerBatch, unit: 'flushes a batch', ratios: {} });
        }
        return [kind.title, each.writer.title, median(rates.get(each.who)!), toRaw, flushesPerBatch];
      });
      printTable(['where', 'by', 'points/s', 'x raw', 'flushes a batch'], [0, 0, 0, 3, 2], rows);
      console.log(
        points > 1
          ? `goal for strict batches: ${GOAL_OF_RAW} of raw`
          : 'goal for strict: one flush a call at most, as raw has it',
      );
    }
  });
}

class WriterTurns {
  readonly who: string;
  readonly #wanted: WantedStore;
  readonly #batches: GivenBatches;
  readonly #written: Written[] = [];

  constructor(
    readonly loaded: Loaded,
    readonly writer: Writer,
    way: Way,
    quick: boolean,
  ) {
    this.who = whoIs(loaded, writer);
    const { store, durability = 'strict', isSlow } = writer;
    const { points, giving } = way;
    this.#wanted = {
      store,
      durability,
      name: `${store}-${durability}-${points}-${giving.replaceAll(' ', '-')}`,
    };
    const count = isSlow && way.slowCount !== undefined ? way.slowCount : way.count;
    this.#batches = { points, giving, count: quick ? Math.ceil(count / 2) : count };
  }

  open(): Promise<void> {
    return this.loaded.runtime.call('openStore', this.#wanted);
  }

  async take(round: number): Promise<number> {
    const { runtime } = this.loaded;
    const written = await runtime.call('writeToStore', this.#wanted.name, this.#batches);
    if (round >= 0) this.#written.push(written);
    const { count, points } = this.#batches;
    return (count * points * 1000) / written.ms;
  }

  /** Absent where nobody can tell. */
  get flushesPerBatch(): number | undefined {
    const flushes = this.#written.flatMap(({ counts }) => (counts ? [counts.flushes] : []));
    if (flushes.length === 0) return undefined;
    return flushes.reduce((sum, each) => sum + each, 0) / flushes.length / this.#batches.count;
  }

  async remove(): Promise<void> {
    await this.loaded.runtime.call('closeStore', this.#wanted.name);
    await this.loaded.runtime.call('removeStore', this.#wanted);
  }
}

function whoIs({ kind }: Loaded, { title }: Writer): string {
  return `${kind.title}: ${title}`;
}
