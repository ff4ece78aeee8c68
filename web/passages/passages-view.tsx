/** The view of the passages: choose one, or a saved query, and see which others are nearest in meaning. */
import { useEffect, useMemo } from 'preact/hooks';
import { place } from '../navigation.js';
import { OpenCollection } from '../page/open-collection.js';
import { useShownOnChange } from '../page/use-shown-on-change.js';
import type { Passage } from '../passages.js';
import type { Loaded } from '../search/collection.js';
import { Controls, type Search } from '../search/controls.js';
import { searchBy, useAnswer } from '../search/use-answer.js';
import { findChoice } from './choice.js';
import { Neighbors } from './neighbors.js';
import { forgetUnknown, ownQueries, withKey } from './own-queries.js';
import { type PassageItems, passages } from './passage-collection.js';
import { findAddress } from './passage-filter.js';
import { Picker } from './picker.js';
import { Reader } from './reader.js';
import { readyQueries } from './saved-queries.js';
import { isScopeName, type ScopeName, scopeRows, scopes } from './scopes.js';

const usual: Search & { readonly among: ScopeName } = {
  metric: 'cosine',
  k: 10,
  index: 'exact',
  ef: 64,
  variant: 'automatic',
  among: 'chapters',
};

const scopeOptions = Object.entries(scopes).map(([value, { label }]) => ({ value, text: label }));

const metricNote =
  'These embeddings have length 1, so cosine, euclidean and dot find the same passages; only manhattan may differ.';

export function PassagesView() {
  return <OpenCollection collection={passages}>{(loaded) => <Passages {...loaded} />}</OpenCollection>;
}

function Passages({ items: { passages, filter }, search: live }: Loaded<PassageItems>) {
  const { choice: address, settings } = place.value;
  useEffect(() => forgetUnknown((named) => findAddress(passages, named) >= 0), [passages]);
  const queries = useMemo(() => [...ownQueries.value.map(withKey), ...readyQueries], [ownQueries.value]);
  const choice = useMemo(
    () => findChoice(passages, filter, address, queries),
    [passages, filter, address, queries],
  );
  const asked = searchBy(settings, usual);
  const among = isScopeName(asked.among) ? asked.among : usual.among;
  const search = { ...asked, among };
  const answer = useAnswer(live, choice.ids, search, () =>
    scopeRows(
      passages,
      choice.ids.map((id) => passages[id] as Passage),
      among,
    ),
  );
  const shown = useShownOnChange(address, choice.words === undefined);

  return (
    <>
      <Controls live={live} search={search} usual={usual} scopes={scopeOptions} metricNote={metricNote} />
      <div class="columns">
        <Picker passages={passages} filter={filter} choice={choice} />
        <div class="reading" ref={shown}>
          <Reader passages={passages} choice={choice} />
        </div>
        <Neighbors passages={passages} search={live} answer={answer} />
      </div>
    </>
  );
}
