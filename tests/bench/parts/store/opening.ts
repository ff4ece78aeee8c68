/**
From before a collection is opened, its worker started and all, until the first answer: over reading the files that it is
kept in whole. The same with its floats left on disk; and what searches cost then, beside those of floats in memory. The
system has the files in memory for all of it. In turns.

@module
*/
import type { WantedStore } from '../../measured/stored/stores.js';
import type { Report } from '../../report.js';
import type { DataSet } from '../../rows/data-sets.js';
import { type Cell, printTable } from '../../table.js';
import { median, ratio, takeTurns } from '../../turns.js';
import { type Loaded, type Session, withLoaded } from '../session.js';

const ROUNDS = 5;
const SIZES = [1000, 10_000, 100_000];
const QUICK_SIZES = [1000, 5000];
/** It takes minutes to build more. */
const MOST_PGLITE_POINTS = 1000;
const GOAL_OF_RAW = 0.5;
const GOAL_MS = 1000;

interface Opener extends Omit<WantedStore, 'name'> {
  readonly title: string;
  /** Default: everywhere. */
  readonly only?: 'Node';
}

const OURS: Opener = { title: 'vicinal, hnsw', store: 'vicinal', index: 'hnsw' };
const ON_DISK: Opener = { title: 'vicinal, hnsw, on disk', store: 'vicinal', index: 'hnsw', onDisk: true };
const PGLITE: Opener = { title: 'PGlite, hnsw', store: 'pglite', only: 'Node' };
const READING = 'reading the files';

export async function opening({ kinds, clusters, fewClusters, quick, report }: Session): Promise<void> {
  const rows: Cell[][] = [];
  const searched: Cell[][] = [];
  for (const size of quick ? QUICK_SIZES : SIZES) {
    const set = size > fewClusters.rowCount ? clusters : fewClusters;
    for (const kind of kinds) {
      // One place after another: each holds all of it.
      await withLoaded([kind], set, async ([loaded]) => {
        const openers = [OURS, ON_DISK, ...(size > MOST_PGLITE_POINTS ? [] : [PGLITE])].filter(
          ({ only = kind.facts.name }) => only === kind.facts.name,
        );
        const { runtime } = loaded!;
        for (const opener of openers)
          if (opener !== ON_DISK) await runtime.call('keepInStore', wanted(opener), size);
        let bytes = 0;
        const turns = openers.map((opener) => openingTurn(loaded!, opener));
        const reading = {
          who: READING,
          async take() {
            const read = await runtime.call('timeReadingStore', wanted(OURS).name);
            bytes = read.bytes;
            return read.ms;
          },
        };
        const ms = await takeTurns([...turns, reading], ROUNDS, 1);
        await searching(loaded!, set, size, report, searched);
        for (const opener of openers)
          if (opener !== ON_DISK) await runtime.call('removeStore', wanted(opener));
        const line = { part: 'store', data: set.title, where: kind.facts, unit: 'ms' };
        const points = `${size.toLocaleString('en')} points`;
        report.addRounds({ ...line, what: `${READING}, ${points}`, ratios: {} }, ms.get(READING)!);
        for (const { title } of openers) {
          const ofRaw = ratio(ms, READING, title);
          const toOurs = ratio(ms, title, OURS.title);
          const goals = { goal: ofRaw / GOAL_OF_RAW, goalMs: median(ms.get(title)!) / GOAL_MS };
          const ours = title !== PGLITE.title;
          const ratios = ours ? { readingToOpening: ofRaw, ...goals } : { vicinal: toOurs };
          report.addRounds({ ...line, what: `${title}, open, ${points}`, ratios }, ms.get(title)!);
          rows.push([
            ...[kind.title, size, title, median(ms.get(title)!)],
            ...(ours ? [median(ms.get(READING)!), bytes / 1e6, ofRaw] : [undefined, undefined, undefined]),
            toOurs,
          ]);
        }
      });
    }
  }
  console.log(`\nOpening until the first answer, ms, ${clusters.dim} dimensions`);
  printTable(
    ['where', 'points', 'by', 'ms', 'reading', 'MB', 'reading / ms', 'x vicinal'],
    [0, 0, 0, 0, 1, 1, 3, 2],
    rows,
  );
  console.log(
    `reading: the files of the collection, whole. goals: ${GOAL_OF_RAW} of raw read speed; 100,000 points under ${GOAL_MS} ms`,
  );
  console.log('\nSearches of 10, one after another, and memory');
  printTable(
    ['where', 'points', 'by', 'ms', 'x in memory', 'MB', 'x in memory'],
    [0, 0, 0, 3, 2, 1, 2],
    searched,
  );
}

/** In turns, each time in a collection that was just opened. */
async function searching(
  { kind, runtime }: Loaded,
  set: DataSet,
  size: number,
  report: Report,
  rows: Cell[][],
): Promise<void> {
  const memory = new Map<Opener, number>();
  const turns = [OURS, ON_DISK].map((opener) => ({
    who: opener.title,
    async take() {
      const { ms, memoryBytes } = await runtime.call('timeSearchingStore', wanted(opener));
      memory.set(opener, memoryBytes);
      return ms;
    },
  }));
  const ms = await takeTurns(turns, ROUNDS, 1);
  const line = { part: 'store', data: set.title, where: kind.facts };
  for (const opener of [OURS, ON_DISK]) {
    const { title } = opener;
    const what = `${title}, ${size.toLocaleString('en')} points`;
    const toOurs = ratio(ms, title, OURS.title);
    const bytes = memory.get(opener)!;
    const ofOurs = bytes / memory.get(OURS)!;
    report.addRounds(
      { ...line, what: `search, ${what}`, unit: 'ms', ratios: { vicinal: toOurs } },
      ms.get(title)!,
    );
    report.add({
      ...line,
      what: `memory, ${what}`,
      figure: bytes,
      unit: 'bytes',
      ratios: { vicinal: ofOurs },
    });
    rows.push([kind.title, size, title, median(ms.get(title)!), toOurs, bytes / 1e6, ofOurs]);
  }
}

function openingTurn({ runtime }: Loaded, opener: Opener) {
  return { who: opener.title, take: () => runtime.call('timeOpeningStore', wanted(opener)) };
}

function wanted({ store, index, onDisk }: Opener): WantedStore {
  return { store, name: `${store}-opened`, ...(index && { index }), ...(onDisk && { onDisk }) };
}
