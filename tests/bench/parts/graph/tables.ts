/**
What was measured of graphs, as tables and for the JSON file.

@module
*/
import type { DataSet } from '../../rows/data-sets.js';
import { type Cell, printTable } from '../../table.js';
import type { Loaded, Session } from '../session.js';
import type { Contender } from './contenders.js';
import { type Curve, type HitCount, RECALLS, SWEEPS, speedAt } from './curve.js';
import { type Built, build, NATIVE } from './places.js';

/** Native ones that all are compared with. */
const REFERENCES = ['usearch f16, native', 'hnswlib, native'] as const;

/** Where building was no other than inserting one by one, its time is taken. */
export async function tellInserting(
  { report }: Session,
  set: DataSet,
  wanted: readonly Contender[],
  loaded: readonly Loaded[],
  built: readonly Built[],
): Promise<void> {
  const inserted = built.filter(({ oneByOne }) => oneByOne);
  for (const contender of wanted) {
    if (inserted.some(({ name }) => name === contender.name)) continue;
    const again = await build(contender, set, loaded, true);
    for (const { close } of again) await close();
    inserted.push(...again);
  }
  const rows = inserted.map(({ name, where, buildMs }) => {
    const figure = (set.rowCount / buildMs) * 1000;
    const line = { part: 'graph', data: set.title, where, what: `${name}, one by one` };
    report.add({ ...line, figure, unit: 'rows a second', ratios: {} });
    return [name, where, figure];
  });
  console.log();
  printTable(['inserting one by one', 'where', 'rows a second'], [0, 0, 0], rows);
}

export function tellBuilding({ report }: Session, set: DataSet, built: readonly Built[]): void {
  const rows = built.map(({ name, where, buildMs, bytes }) => {
    const line = { part: 'graph', data: set.title, where };
    report.add({ ...line, what: `${name}, build`, figure: buildMs / 1000, unit: 's', ratios: {} });
    const each = (part: number | undefined) => (part === undefined ? undefined : part / set.rowCount);
    for (const [part, figure] of Object.entries(bytes)) {
      const what = `${name}, ${part}`;
      const ratios = { floats: figure / (4 * set.dim * set.rowCount) };
      report.add({ ...line, what, figure: figure / set.rowCount, unit: 'bytes a vector', ratios });
    }
    const { all, vectors, codes, graph: links } = bytes;
    return [name, where, buildMs / 1000, each(all), each(vectors), each(codes), each(links)];
  });
  console.log();
  printTable(['by', 'where', 'build s', 'bytes', 'vectors', 'codes', 'graph'], [0, 0, 2, 0, 0, 0, 0], rows);
}

export function tellCurves({ report }: Session, set: DataSet, k: HitCount, curves: readonly Curve[]): void {
  const rows: Cell[][] = [];
  for (const curve of curves) {
    const { name, where } = curve.searched;
    const line = { part: 'graph', data: set.title, where, metric: set.metric, k };
    for (const { efSearch, recall, ms } of curve.points) {
      report.addRounds(
        { ...line, what: name, efSearch, unit: 'ms', recall: { found: recall }, ratios: {} },
        ms,
      );
    }
    const atRecalls = RECALLS.flatMap((recall): Cell[] => {
      const figure = speedAt(curve, recall);
      const ratios = ratiosOf(curve, curves, recall);
      if (figure !== undefined) {
        const what = `${name}, at recall ${recall}`;
        report.add({ ...line, what, figure, unit: 'queries a second', ratios });
      }
      return [figure, where === NATIVE ? undefined : ratios.peer, ...REFERENCES.map((each) => ratios[each])];
    });
    rows.push([name, where, curve.points[0]?.recall, curve.points.at(-1)?.recall, ...atRecalls]);
  }
  const columns = RECALLS.flatMap((recall) => [`at ${recall}`, 'x peer', 'x usearch f16', 'x hnswlib']);
  console.log();
  printTable(
    [`recall@${k}`, 'where', 'from', 'to', ...columns],
    [0, 0, 3, 3, ...columns.map((_, at) => (at % 4 === 0 ? 0 : 2))],
    rows,
  );
}

/** What each finds with the same length of the list: whether a graph is as good as another. */
export function tellRecalls(k: HitCount, curves: readonly Curve[]): void {
  const rows = curves.map(({ searched, points }) => [
    searched.name,
    searched.where,
    ...SWEEPS[k].map((efSearch) => points.find((point) => point.efSearch === efSearch)?.recall),
  ]);
  console.log();
  printTable(
    [`recall@${k}`, 'where', ...SWEEPS[k].map((efSearch) => `ef ${efSearch}`)],
    [0, 0, ...SWEEPS[k].map(() => 4)],
    rows,
  );
}

/** How many times faster it is than others, at a recall. */
function ratiosOf(curve: Curve, curves: readonly Curve[], recall: number): Record<string, number> {
  const figure = speedAt(curve, recall);
  const over = (others: readonly Curve[]) => {
    const speeds = others.flatMap((other) => speedAt(other, recall) ?? []);
    return figure === undefined || speeds.length === 0 ? undefined : figure / Math.max(...speeds);
  };
  const { where, name } = curve.searched;
  const peers = curves.filter(({ searched }) => searched.isPeer && searched.where === where);
  const ratios = {
    peer: over(peers.filter(({ searched }) => searched.name !== name)),
    ...Object.fromEntries(
      REFERENCES.map((each) => [each, over(curves.filter(({ searched }) => searched.name === each))]),
    ),
  };
  return Object.fromEntries(
    Object.entries(ratios).filter((each): each is [string, number] => each[1] !== undefined),
  );
}
