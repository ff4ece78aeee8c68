/**
The curves as figures: one for each number of hits, a panel for each data set.

@module
*/
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { DataSet } from '../../rows/data-sets.js';
import { type Curve, HIT_COUNTS, type HitCount, queriesASecond } from './curve.js';
import { isShown, shownPlace } from './in-short.js';
import { NATIVE } from './places.js';

/** What was measured on a set. */
export interface SetCurves {
  readonly set: DataSet;
  readonly k: HitCount;
  readonly curves: readonly Curve[];
}

const PANELS_A_ROW = 3;
const PANEL_WIDTH = 320;
const PANEL_HEIGHT = 260;
const TICKS = [0.8, 0.9, 0.95, 0.99, 0.999];
const LEAST_RECALL = 0.8;
/** Beyond it, all points are drawn at the right edge. */
const MOST_RECALL = 0.9995;

/** @returns The names of the files. */
export async function writeFigures(folder: string, measured: readonly SetCurves[]): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const k of HIT_COUNTS) {
    const sets = measured.filter((each) => each.k === k);
    const where = shownPlace(sets);
    if (where === undefined) continue;
    const file = join(folder, `graph-recall-at-${k}.svg`);
    await writeFile(file, `${figure(where, sets)}\n`);
    files.push(file);
  }
  return files;
}

interface Mark {
  readonly panelX: number;
  readonly panelY: number;
  readonly name: string;
  readonly isNative: boolean;
  readonly x: number;
  readonly y: number;
}

function figure(where: string, sets: readonly SetCurves[]): string {
  const panel = (at: number) => ({ panelX: at % PANELS_A_ROW, panelY: Math.floor(at / PANELS_A_ROW) });
  const marks = sets.flatMap(({ curves }, at) =>
    curves.filter(isShown(where)).flatMap(({ searched, points }) =>
      points.flatMap((point): Mark[] => {
        if (point.recall < LEAST_RECALL) return [];
        const { name } = searched;
        return [
          {
            ...panel(at),
            name,
            isNative: searched.where === NATIVE,
            x: nines(point.recall),
            y: queriesASecond(point),
          },
        ];
      }),
    ),
  );
  const names = [...new Set(marks.map(({ name }) => name))];
  const titles = sets.map(({ set }, at) => ({ ...panel(at), title: set.title }));
  // The legend has a panel of its own: the names one below the other, on the scale that the panels share.
  const [lowest, highest] = [Math.min(...marks.map(({ y }) => y)), Math.max(...marks.map(({ y }) => y))];
  const legend = names.map((name, at) => ({
    ...panel(sets.length),
    name,
    x: nines(LEAST_RECALL),
    y: highest * (lowest / highest) ** ((at + 1) / (names.length + 1)),
  }));
  const facet = { fx: 'panelX', fy: 'panelY' } as const;
  const at = { ...facet, x: 'x', y: 'y' } as const;
  const columns = Math.min(PANELS_A_ROW, sets.length + 1);
  const rows = Math.ceil((sets.length + 1) / PANELS_A_ROW);
  const drawn = Plot.plot({
    document: parseHTML('<html></html>').document,
    width: columns * PANEL_WIDTH,
    height: rows * PANEL_HEIGHT,
    marginTop: 30,
    marginLeft: 50,
    style: { background: 'white', color: 'black', fontSize: '11px' },
    fx: { axis: null },
    fy: { axis: null },
    x: { domain: [nines(LEAST_RECALL), nines(MOST_RECALL)], label: `recall@${sets[0]!.k}` },
    y: { type: 'log', label: 'queries a second', grid: true },
    color: { domain: names, scheme: 'Observable10' },
    marks: [
      Plot.axisX(TICKS.map(nines), { tickFormat: (_, index) => String(TICKS[index]) }),
      Plot.gridX(TICKS.map(nines)),
      ...[true, false].map((isNative) =>
        Plot.line(
          marks.filter((mark) => mark.isNative === isNative),
          { ...at, stroke: 'name', strokeWidth, ...(isNative && { strokeDasharray: '4 3' }) },
        ),
      ),
      Plot.dot(marks, { ...at, fill: 'name', r: 2 }),
      Plot.text(titles, { ...facet, text: 'title', frameAnchor: 'top', dy: -14, fontWeight: 'bold' }),
      Plot.dot(legend, { ...at, fill: 'name', r: 4, dx: 12 }),
      Plot.text(legend, { ...at, text: 'name', textAnchor: 'start', dx: 22 }),
    ],
  });
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return drawn.outerHTML;
}

/** Ours stands out. */
function strokeWidth({ name }: Mark): number {
  return name.startsWith('vicinal') ? 2.5 : 1.2;
}

/** How many nines a recall has: 1 of 0.9, 2 of 0.99. */
function nines(recall: number): number {
  return -Math.log10(1 - Math.min(recall, MOST_RECALL));
}
