/**
Graphs: recall against queries a second, building, inserting and bytes, beside other packages in the same runtimes and
beside native code.

@module
*/
import { CLUSTERED_ROWS } from '../rows/clustered-rows.js';
import { type DataSet, withManyQueries } from '../rows/data-sets.js';
import { Truth } from '../rows/truth.js';
import { type Cell, printTable } from '../table.js';
import { type Contender, contenders, EF_CONSTRUCTION, M } from './graph/contenders.js';
import { type Curve, HIT_COUNTS, type HitCount, measureCurves, RECALLS, speedAt } from './graph/curve.js';
import { type SetCurves, writeFigures } from './graph/figures.js';
import { tellInShort } from './graph/in-short.js';
import { type Built, build, NATIVE } from './graph/places.js';
import { type Loaded, type Session, withLoaded } from './session.js';

/** As many as take part in the measurement of speed. */
const MANY_QUERIES = 500;
/** Rows that go in one by one, at most: some packages take seconds for a thousand. */
const MOST_INSERTED = 10_000;

const REFERENCES = ['usearch f16, native', 'hnswlib, native'] as const;

export async function graph(session: Session): Promise<void> {
  const measured: SetCurves[] = [];
  for (const each of session.graphed) {
    const isClustered = each === session.clusters || each === session.fewClusters;
    const set = isClustered ? await withManyQueries(each, MANY_QUERIES) : each;
    console.log(`\nGraphs, M ${M}, efConstruction ${EF_CONSTRUCTION}, ${set.metric}, ${set.title}`);
    await withLoaded(session.kinds, set, async (loaded) => {
      const wanted = contenders(set).filter(({ name }) => name.includes(session.only));
      const built: Built[] = [];
      try {
        for (const contender of wanted) built.push(...(await build(contender, set, loaded)));
        tellBuilding(session, set, built);
        if (isClustered && set.rowCount <= MOST_INSERTED) {
          await tellInserting(session, set, wanted, loaded, built);
        }
        const truth = await exactTruth(set, loaded[0]!);
        for (const k of HIT_COUNTS) {
          const searched = built.flatMap((graphs) => graphs.searched);
          const curves = await measureCurves(searched, k, set, truth);
          tellCurves(session, set, k, curves);
          measured.push({ set, k, curves });
        }
      } finally {
        for (const graphs of built) await graphs.close();
      }
    });
  }
  for (const file of await writeFigures(session.figures, measured)) console.log(`\n${file}`);
  console.log(
    [
      '',
      'build s: all rows, one thread, as the package does it fastest. bytes: a vector. recall: share of the nearest rows,',
      'by exact search, that are found, over all queries, none of them among the rows. at R: queries a second where the',
      "recall is R, between the neighbours on the curve; where even the shortest list is above it, that one's. x peer: over",
      'the fastest other package for pages there, at the same recall. ef of edgevec and usearch: so many rows are asked',
      'for, since they take no other at a search.',
      `clusters: ${CLUSTERED_ROWS}; ${MANY_QUERIES.toLocaleString('en')} queries. Other rows: every so many a query.`,
    ].join('\n'),
  );
  tellInShort(measured);
}

/** What our own exact search finds. */
async function exactTruth(set: DataSet, { runtime }: Loaded): Promise<Truth> {
  const handle = await runtime.call('open', { searcher: 'vicinal', metric: set.metric });
  const found = await runtime.call('findAll', handle, Math.max(...HIT_COUNTS));
  await runtime.call('dispose', handle);
  return Truth.ofFound(set, found);
}

/** Where building was no other than inserting one by one, its time is taken. */
async function tellInserting(
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

function tellBuilding({ report }: Session, set: DataSet, built: readonly Built[]): void {
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

function tellCurves({ report }: Session, set: DataSet, k: HitCount, curves: readonly Curve[]): void {
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
