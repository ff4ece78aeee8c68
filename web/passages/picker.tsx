/** Where a passage or a saved query is chosen. */
import { useState } from 'preact/hooks';
import { Tabs } from '../page/tabs.js';
import type { Passage } from '../passages.js';
import type { Choice } from './choice.js';
import { Finder } from './finder.js';
import type { PassageFilter } from './passage-filter.js';
import { QueryList } from './query-list.js';

interface PickerProps {
  readonly passages: readonly Passage[];
  readonly filter: PassageFilter;
  readonly choice: Choice;
}

const tabs = [
  { name: 'find', text: 'Find a passage' },
  { name: 'saved', text: 'Saved queries' },
] as const;

export function Picker({ passages, filter, choice }: PickerProps) {
  const [selected, select] = useState<'find' | 'saved'>(choice.query ? 'saved' : 'find');
  return (
    <section id="picker" aria-labelledby="picker-title">
      <h2 id="picker-title" class="hidden">
        Choose what to search for
      </h2>
      <Tabs label="Search for" tabs={tabs} selected={selected} onSelect={select}>
        {selected === 'find' ? (
          <Finder passages={passages} filter={filter} choice={choice} />
        ) : (
          <QueryList passages={passages} chosen={choice.query?.key} />
        )}
      </Tabs>
    </section>
  );
}
