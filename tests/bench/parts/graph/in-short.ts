/**
The README's table: speed at each recall in the last place that is a page, or else in the first, and natively.

@module
*/
import { type Curve, RECALLS, speedAt } from './curve.js';
import type { SetCurves } from './figures.js';
import { NATIVE } from './places.js';

const K = 10;

export function tellInShort(measured: readonly SetCurves[]): void {
  const sets = measured.filter(({ k }) => k === K);
  const where = shownPlace(sets);
  if (where === undefined) return;
  console.log(`\nIn short, ${where}: queries a second at recall@${K} ${RECALLS.join(' / ')}`);
  const names = new Set(
    sets.flatMap(({ curves }) => curves.filter(isShown(where)).map(({ searched }) => searched.name)),
  );
  const head = ['', ...sets.map(({ set }) => set.title)];
  console.log(line(head));
  console.log(line(head.map(() => '---')));
  for (const name of names) {
    const cells = sets.map(({ curves }) => {
      const curve = curves.find((each) => each.searched.name === name && isShown(where)(each));
      return curve ? RECALLS.map((recall) => speed(curve, recall)).join(' / ') : '';
    });
    console.log(line([name, ...cells]));
  }
}

/** The place that the README and the figure show: the first page, or else the first of all. */
export function shownPlace(sets: readonly SetCurves[]): string | undefined {
  const places = sets.flatMap(({ curves }) => curves.map(({ searched }) => searched.where));
  const inRuntimes = places.filter((where) => where !== NATIVE);
  return inRuntimes.find((where) => !where.startsWith('Node')) ?? inRuntimes[0] ?? places[0];
}

/** Whether a curve is of this place, or of the native code beside it. */
export function isShown(where: string): (curve: Curve) => boolean {
  return ({ searched }) => searched.where === where || searched.where === NATIVE;
}

function speed(curve: Curve, recall: number): string {
  const figure = speedAt(curve, recall);
  return figure === undefined ? '-' : Math.round(figure).toLocaleString('en');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
