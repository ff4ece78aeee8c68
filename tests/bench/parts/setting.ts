/**
A data set open everywhere: in every runtime, natively, and with its right answers.

@module
*/
import type { SearcherName } from '../measured/bench.js';
import type { DataSet } from '../rows/data-sets.js';
import { Truth } from '../rows/truth.js';
import { type NativeSearch, openNativeSearch } from '../runtimes/native-search.js';
import { printTable } from '../table.js';
import { median, type Rounds, ratio } from '../turns.js';
import { K } from './searchers.js';
import { type Loaded, type Session, withLoaded } from './session.js';

export interface Setting {
  readonly session: Session;
  readonly set: DataSet;
  readonly truth: Truth;
  readonly native: NativeSearch | undefined;
  /** With their kernels open. */
  readonly loaded: readonly Loaded[];
}

/** Does some work in the setting of a data set, and closes all of it whatever became of the work. */
export async function withSetting(
  session: Session,
  set: DataSet,
  work: (setting: Setting) => Promise<void>,
): Promise<void> {
  const truth = await Truth.of(set);
  const native = openNativeSearch(set);
  try {
    await withLoaded(session.kinds, set, async (loaded) => {
      for (const { runtime, kind } of loaded) {
        await runtime.call('openKernels', runtime.kernels(kind.facts.variant));
      }
      await work({ session, set, truth, native, loaded });
    });
  } finally {
    native?.close();
  }
}

/** The name of a searcher of {@link tellBeside} among the turns. */
export function besideName({ kind }: Loaded, searcher: SearcherName): string {
  return `${kind.title}: ${searcher}`;
}

/** Reports and prints what other packages took by cosine, beside this one in the same runtime. */
export function tellBeside(
  { session, set }: Setting,
  part: string,
  beside: readonly Loaded[],
  searchers: readonly SearcherName[],
  figures: Rounds,
  column: string,
): void {
  const rows = beside.flatMap((each) =>
    searchers.map((what) => {
      const who = besideName(each, what);
      const { title, facts } = each.kind;
      const ratios = { vicinal: ratio(figures, who, besideName(each, 'vicinal')) };
      const line = { part, data: set.title, where: facts, what, metric: 'cosine', k: K, unit: 'ms' };
      session.report.addRounds({ ...line, ratios }, figures.get(who)!);
      return [title, what, median(figures.get(who)!), ratios.vicinal];
    }),
  );
  console.log();
  printTable(['where', 'cosine by', column, 'x vicinal'], [0, 0, 2, 2], rows);
}
