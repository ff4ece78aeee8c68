/**
Codes in place of floats: how much smaller and faster than exact search, how near to only reading them, and their recall;
beside edgevec's, and beside Faiss's recall.

@module
*/
import type { DataSet } from '../rows/data-sets.js';
import { Truth } from '../rows/truth.js';
import { type Cell, printTable } from '../table.js';
import { type Contender, contenders } from './codes/contenders.js';
import { type FaissFigures, faissFigures } from './codes/faiss.js';
import { type SetFigures, tellInShort } from './codes/in-short.js';
import {
  batchThroughput,
  type Measured,
  measureCodes,
  medianMs,
  OVERSAMPLINGS,
  type Place,
} from './codes/measure-codes.js';
import { K } from './searchers.js';
import { type Session, withLoaded } from './session.js';

const RESCORED_COLUMNS = OVERSAMPLINGS.flatMap((times) => [`x ${times}`, 'faster']);
const COLUMNS = [
  ...['codes', 'where', 'bytes', 'smaller', 'ms', 'faster', 'at bound', 'x bound', 'in batch', `recall@${K}`],
  ...RESCORED_COLUMNS,
  'fill s',
];
const DIGITS = [0, 0, 0, 1, 3, 2, 1, 2, 1, 3, ...RESCORED_COLUMNS.map((_, at) => (at % 2 ? 2 : 3)), 2];

export async function codes(session: Session): Promise<void> {
  const inShort: SetFigures[] = [];
  for (const set of session.coded) {
    const truth = await Truth.of(set);
    await withLoaded(session.kinds, set, async (loaded) => {
      console.log(`\nCodes, ${set.metric}, k = ${K}, ${set.title}`);
      const places: Place[] = [];
      for (const each of loaded) {
        await each.runtime.call('openKernels', each.runtime.kernels(each.kind.facts.variant));
        const exact = await each.runtime.call('open', { searcher: 'vicinal', metric: set.metric });
        places.push({ ...each, exact });
      }
      const rows: Cell[][] = [];
      const byName = new Map<string, Measured>();
      inShort.push({ set, measured: byName });
      const besideFaiss: Cell[][] = [];
      const faiss = await faissFigures(set);
      for (const contender of contenders(set)) {
        if (!contender.name.includes(session.only)) continue;
        const able = contender.peer ? places.filter(({ kind }) => kind.peers) : places;
        const measured = await measureCodes(contender, set, truth, able);
        rows.push(...measured.map((each) => tell(session, set, contender, each)));
        const theirs = contender.faiss === undefined ? undefined : faiss[contender.faiss];
        if (!measured[0]) continue;
        byName.set(contender.name, measured[0]);
        if (theirs) besideFaiss.push(faissRow(contender, set, measured[0], theirs));
      }
      printTable(COLUMNS, DIGITS, rows);
      if (besideFaiss.length > 0) tellFaiss(besideFaiss);
    });
  }
  console.log(
    [
      '',
      'bytes: a vector, without what was learned of all. faster: exact search over it, in the same rounds; then the',
      `same where ${OVERSAMPLINGS.join(', ')} times k rows are rescored by their floats, after the recall of that. at bound:`,
      'what `faster` would be if the codes only had to be read, one byte of every cache line; x bound: time over',
      'that. in batch: throughput of all queries in one call over single ones. fill s: adding all rows, training',
      'included.',
    ].join('\n'),
  );
  tellInShort(session.kinds[0]!.title, inShort);
}

/** Reports what was measured; its row of the table. */
function tell({ report }: Session, set: DataSet, { name, isGraph }: Contender, measured: Measured): Cell[] {
  const { place, ms, timesFaster, boundTimesFaster, overBound, recall, rescored, batchMs, fillMs } = measured;
  const { title: where, facts } = place.kind;
  const bytes = measured.codeBytes / set.rowCount;
  const timesSmaller = (4 * set.dim) / bytes;
  const throughput = batchThroughput(measured);
  const line = { part: 'codes', data: set.title, where: facts, metric: set.metric, k: K };
  const recalls = Object.fromEntries(
    rescored?.map(({ recall }, at) => [`x${OVERSAMPLINGS[at]}`, recall]) ?? [],
  );
  const bound = isGraph ? undefined : { boundTimesFaster, overBound };
  const ratios = { timesFaster, ...bound };
  report.add({ ...line, what: name, figure: bytes, unit: 'bytes a vector', ratios: { timesSmaller } });
  report.add({ ...line, what: `${name}, filling`, figure: fillMs, unit: 'ms', ratios: {} });
  report.addRounds({ ...line, what: name, unit: 'ms', ratios, recall: { alone: recall, ...recalls } }, ms);
  rescored?.forEach((each, at) => {
    const what = `${name}, rescored x ${OVERSAMPLINGS[at]}`;
    const ratios = { timesFaster: each.timesFaster };
    report.addRounds({ ...line, what, unit: 'ms', ratios, recall: { rescored: each.recall } }, each.ms);
  });
  if (batchMs && throughput) {
    const ratios = { throughputToSingle: throughput };
    report.addRounds({ ...line, what: `${name}, in a batch`, unit: 'ms', ratios }, batchMs);
  }
  return [
    ...[name, where, bytes, timesSmaller, medianMs(measured), timesFaster],
    ...[bound?.boundTimesFaster, bound?.overBound, throughput, recall],
    ...OVERSAMPLINGS.flatMap((_, at) => [rescored?.[at]?.recall, rescored?.[at]?.timesFaster]),
    fillMs / 1000,
  ];
}

function faissRow(
  { name, faiss }: Contender,
  { rowCount }: DataSet,
  { codeBytes, recall, rescored }: Measured,
  theirs: FaissFigures,
): Cell[] {
  const x4 = rescored?.[OVERSAMPLINGS.indexOf(4)]?.recall;
  return [name, faiss, codeBytes / rowCount, theirs.code_bytes, recall, theirs.alone, x4, theirs.x4];
}

function tellFaiss(rows: Cell[][]): void {
  console.log('\nBeside Faiss, the same rows and queries');
  const columns = ['codes', "Faiss's", 'bytes', 'Faiss', `recall@${K}`, 'Faiss', 'rescored x 4', 'Faiss'];
  printTable(columns, [0, 0, 0, 0, 3, 3, 3, 3], rows);
}
