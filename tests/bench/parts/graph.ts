/**
Graphs: recall against queries a second, building, inserting and bytes, beside other packages in the same runtimes and
beside native code.

@module
*/
import { CLUSTERED_ROWS } from '../rows/clustered-rows.js';
import { type DataSet, withManyQueries } from '../rows/data-sets.js';
import { Truth } from '../rows/truth.js';
import { contenders, EF_CONSTRUCTION, M } from './graph/contenders.js';
import { HIT_COUNTS, measureCurves } from './graph/curve.js';
import { type SetCurves, writeFigures } from './graph/figures.js';
import { tellInShort } from './graph/in-short.js';
import { type Built, build } from './graph/places.js';
import { tellBuilding, tellCurves, tellInserting, tellRecalls } from './graph/tables.js';
import { type Loaded, type Session, withLoaded } from './session.js';

/** As many as take part in the measurement of speed. */
const MANY_QUERIES = 500;
/** Rows that go in one by one, at most: some packages take seconds for a thousand. */
const MOST_INSERTED = 10_000;

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
          tellRecalls(k, curves);
          measured.push({ set, k, curves });
        }
      } finally {
        for (const graphs of built) await graphs.close();
      }
    });
    await session.report.write();
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
