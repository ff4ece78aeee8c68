/**
The README's table: what is measured in one place, on the last set of all and, recall alone, on the first.

@module
*/
import type { DataSet } from '../../rows/data-sets.js';
import { type Figures, type Measured, OVERSAMPLINGS, type Oversampling } from './measure-codes.js';

/** What was measured on a set, by the names of the codes. */
export interface SetFigures {
  readonly set: DataSet;
  readonly measured: ReadonlyMap<string, Measured>;
}

export function tellInShort(where: string, sets: readonly SetFigures[]): void {
  const [first, last] = [sets[0], sets.at(-1)];
  if (!first || !last) return;
  const head = [
    ...['codes', 'bytes a vector', 'alone: faster; recall@10', 'rescored x 4', 'x 10', 'x 50'],
    `${first.set.title}: recall@10 alone; x 4; x 10`,
  ];
  console.log(`\nIn short, ${where}, ${last.set.title}`);
  console.log(line(head));
  console.log(line(head.map(() => '---')));
  for (const [name, measured] of last.measured) {
    const elsewhere = first.measured.get(name);
    console.log(
      line([
        name,
        `${Math.round(measured.codeBytes / last.set.rowCount)}`,
        fasterAndRecall(measured),
        ...([4, 10, 50] as const).map((times) => fasterAndRecall(rescored(measured, times))),
        [elsewhere, rescored(elsewhere, 4), rescored(elsewhere, 10)].map(recallOf).join('; '),
      ]),
    );
  }
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function rescored(measured: Measured | undefined, times: Oversampling): Figures | undefined {
  return measured?.rescored?.[OVERSAMPLINGS.indexOf(times)];
}

function fasterAndRecall(figures: Figures | undefined): string {
  return figures ? `${figures.timesFaster.toFixed(1)}; ${recallOf(figures)}` : '';
}

function recallOf(figures: Figures | undefined): string {
  return figures?.recall.toFixed(3) ?? '';
}
