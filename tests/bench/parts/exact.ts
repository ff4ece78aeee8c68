/**
Exact search, one query at a time: beside native code, the read bound, and other packages.

@module
*/
import type { Metric } from 'vicinal';
import type { SearcherName } from '../measured/bench.js';
import type { NativeForm } from '../runtimes/native-search.js';
import { type Cell, printTable } from '../table.js';
import { median, type Rounds, ratio, type Turn, takeTurns } from '../turns.js';
import { K, METRICS, nativeTurn, open, type Searches, searchTurn } from './searchers.js';
import { type Session, timesOf } from './session.js';
import { besideName, type Setting, tellBeside, withSetting } from './setting.js';

const SEARCHERS: readonly SearcherName[] = ['vicinal', 'hnswlib-wasm', 'tfjs-wasm', 'plain loop'];
const FORMS: readonly NativeForm[] = ['by_row', 'streams'];
const FORM_NAMES = { by_row: 'row by row', streams: 'in streams' };
const OTHER_KS = [1, 100, 1000];

export async function exact(session: Session): Promise<void> {
  for (const set of [session.clusters, ...session.real]) {
    await withSetting(session, set, async (setting) => {
      console.log(`\nExact search, ms a query, ${set.title}`);
      await besideNative(setting, set === session.clusters ? METRICS : METRICS.slice(0, 1));
      await besideOthers(setting);
    });
  }
}

async function besideNative(setting: Setting, metrics: readonly Metric[]): Promise<void> {
  const rows: Cell[][] = [];
  for (const metric of metrics) {
    const figures = await measureBesideNative(setting, metric);
    rows.push(...nativeRow(setting, metric, figures), ...ourRows(setting, metric, figures));
  }
  const byK = OTHER_KS.map((k) => `k ${k} / ${K}`);
  printTable(
    ['metric', 'where', `k = ${K}`, 'x native', 'x bound', 'x own bound', ...byK],
    [0, 0, 2, 2, 2, 2, 2, 2, 2],
    rows,
  );
  console.log('bound: one byte read of every cache line, native; own bound: the same in WebAssembly');
}

async function measureBesideNative({ session, set, truth, native, loaded }: Setting, metric: Metric) {
  const searches: Searches = { metric, k: K, times: timesOf(set), truth };
  const opened = await Promise.all(loaded.map((each) => open(each, 'vicinal', metric)));
  const turns: Turn[][] = opened.map((each) => {
    const { kind, runtime } = each;
    const others = OTHER_KS.map((k) => searchTurn(`${kind.title}, k ${k}`, each, { ...searches, k }));
    const bound = { who: `${kind.title}, bound`, take: () => runtime.call('touch', searches.times) };
    return [searchTurn(kind.title, each, searches), bound, ...others];
  });
  if (native) {
    const bound = { who: 'bound', take: () => native.touch(searches.times) };
    turns.push([...FORMS.map((form) => nativeTurn(form, native, searches)), bound]);
  }
  const figures = await takeTurns(turns.flat(), session.rounds);
  for (const { runtime, handle } of opened) await runtime.call('dispose', handle);
  return figures;
}

/** The form of native code that is the faster one is what all else is compared with. */
function fasterForm(figures: Rounds): NativeForm {
  const [byRow, streams] = FORMS.map((form) => median(figures.get(form)!));
  return byRow! < streams! ? 'by_row' : 'streams';
}

function nativeRow({ session, set, native }: Setting, metric: Metric, figures: Rounds): Cell[][] {
  if (!native) return [];
  const line = { part: 'exact', data: set.title, where: 'native', metric, k: K, unit: 'ms' };
  for (const form of FORMS) {
    const ratios = { bound: ratio(figures, form, 'bound') };
    session.report.addRounds({ ...line, what: `AVX2, ${FORM_NAMES[form]}`, ratios }, figures.get(form)!);
  }
  const form = fasterForm(figures);
  const boundRatios = { native: ratio(figures, 'bound', form) };
  session.report.addRounds({ ...line, what: 'read bound', ratios: boundRatios }, figures.get('bound')!);
  const where = `native AVX2, ${FORM_NAMES[form]}`;
  return [[metric, where, median(figures.get(form)!), 1, ratio(figures, form, 'bound')]];
}

function ourRows({ session, set, native, loaded }: Setting, metric: Metric, figures: Rounds): Cell[][] {
  return loaded.map(({ kind: { title, facts } }) => {
    const toNative = native && ratio(figures, title, fasterForm(figures));
    const toBound = native && ratio(figures, title, 'bound');
    const toOwnBound = ratio(figures, title, `${title}, bound`);
    const byK = OTHER_KS.map((k) => ratio(figures, `${title}, k ${k}`, title));
    const ratios = {
      ...(native && { native: toNative!, bound: toBound! }),
      ownBound: toOwnBound,
      ...Object.fromEntries(OTHER_KS.map((k, at) => [`k ${k} over k ${K}`, byK[at]!])),
    };
    session.report.addRounds(
      { part: 'exact', data: set.title, where: facts, what: 'vicinal', metric, k: K, unit: 'ms', ratios },
      figures.get(title)!,
    );
    return [metric, title, median(figures.get(title)!), toNative, toBound, toOwnBound, ...byK];
  });
}

/** By cosine, in the same runtimes. */
async function besideOthers(setting: Setting): Promise<void> {
  const { session, set, truth, loaded } = setting;
  const searches: Searches = { metric: 'cosine', k: K, times: timesOf(set), truth };
  const beside = loaded.filter(({ kind }) => kind.peers);
  if (beside.length === 0) return;
  // All runtimes at once: some packages take long to fill.
  const turns = await Promise.all(
    beside.map(async (each) => {
      const here: Turn[] = [];
      for (const searcher of SEARCHERS) {
        const opened = await open(each, searcher, 'cosine');
        here.push(searchTurn(besideName(each, searcher), opened, searches));
      }
      return here;
    }),
  );
  const figures = await takeTurns(turns.flat(), session.rounds);
  tellBeside(setting, 'exact', beside, SEARCHERS, figures, `k = ${K}`);
}
