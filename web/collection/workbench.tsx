/** A collection that is ready: its filter, its points, and how they were found. */
import type { PointId } from 'vicinal/worker';
import { place } from '../navigation.js';
import { useKept } from '../page/use-kept.js';
import { Explanation } from './explanation.js';
import { Figures } from './figures.js';
import { FilterBuilder } from './filter-builder.js';
import { clauseOf, type Draft, filterOf } from './filter-draft.js';
import { find, type Ranked, rankingOf } from './find.js';
import type { PointSet } from './point-set.js';
import { Results } from './results.js';
import { type Ready, useAsked } from './use-asked.js';

interface WorkbenchProps<Items> {
  readonly ready: Ready;
  readonly set: PointSet<Items>;
  readonly name: string;
}

export function Workbench<Items>({ ready, set, name }: WorkbenchProps<Items>) {
  const [draft, setDraft] = useKept<Draft>(`filter of ${name}`, {});
  const [wanted, want] = useKept<Partial<Pick<Ranked, 'ranking' | 'words' | 'grouped'>>>(
    `ranking of ${name}`,
    {},
  );
  /** Where the pages of what matches begin, after the first, as far as they were turned. */
  const [starts, turn] = useKept<readonly PointId[]>(`page of ${name}`, []);
  const { words = '', grouped = false } = wanted;
  const filter = filterOf(set.fields, draft);

  const id = idOf(place.value.choice);
  const { answer: records } = useAsked(
    ready,
    async (collection, signal) =>
      id === undefined ? [] : collection.retrieve([id], { withVector: set.drawn, signal }),
    String(id),
  );
  const chosen = records?.find((record) => record.id === id);
  const ranking = rankingOf(words.trim(), chosen?.id, wanted.ranking);
  const asked = { like: chosen?.id, words: words.trim(), filter, grouped };
  const found = useAsked(
    ready,
    async (collection, signal) => ranking && find(collection, set, { ...asked, ranking }, signal),
    JSON.stringify([ranking, asked]),
  );

  const wordsAsked = set.fields.map((field) => clauseOf(draft, field)).filter(({ not }) => !not);
  const marked = [ranking === 'meaning' ? '' : words, ...wordsAsked.map((clause) => clause.words)].join(' ');

  return (
    <div class="workbench">
      <FilterBuilder
        ready={ready}
        fields={set.fields}
        draft={draft}
        filter={filter}
        onChange={(next) => {
          setDraft(next);
          turn([]);
        }}
      />
      <Results
        isLooking={id !== undefined && records === undefined}
        {...{ ready, set, name, id, chosen, ranking, found, starts, marked }}
        asked={{ ...asked, words }}
        onTurn={turn}
        onAsk={(change) => want({ ...wanted, ...change })}
      />
      <div class="insight">
        <Explanation ranked={ranking !== undefined} shards={ranking && found.answer?.explanation} />
        <Figures ready={ready} />
      </div>
    </div>
  );
}

/** The point that an address names. */
function idOf(choice: string): PointId | undefined {
  const [, id = ''] = choice.split('/');
  return /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}
