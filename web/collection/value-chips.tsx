/** The values of a field as buttons, each with how many of the points it would leave. */
import { useState } from 'preact/hooks';
import { number } from '../format.js';
import type { FieldClauseProps } from './filter-builder.js';
import { clauseOf, filterOf } from './filter-draft.js';
import { useAsked } from './use-asked.js';

/** Others are a click away. */
const SHOWN = 10;
/** More than any field of the demo has. */
const MOST = 1000;

export function ValueChips({ ready, fields, draft, field, onChange }: FieldClauseProps) {
  const [all, showAll] = useState(false);
  const { key } = field;
  const { values } = clauseOf(draft, field);
  const others = filterOf(fields, draft, field);
  const left = useAsked(
    ready,
    (collection, signal) => collection.facet({ key, limit: MOST, signal, ...(others && { filter: others }) }),
    JSON.stringify([key, others]),
  );
  const counts = new Map(left.answer?.map(({ value, count }) => [String(value), count]));
  // Most first; the order is the same whatever is chosen of this field.
  const names = [...counts.keys()];
  const listed = names.filter((name, place) => all || place < SHOWN || values.includes(name));
  // What is chosen can be taken back where it leaves nothing, too.
  const shown = [...listed, ...values.filter((value) => !counts.has(value))];
  const more = names.length - listed.length;

  const toggle = (name: string): void =>
    onChange({
      values: values.includes(name) ? values.filter((value) => value !== name) : [...values, name],
    });

  return (
    <div class="chips">
      {shown.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={values.includes(name)}
          data-value={name}
          onClick={() => toggle(name)}
        >
          {name} <span class="count">{left.answer && number(counts.get(name) ?? 0)}</span>
        </button>
      ))}
      {(more > 0 || (all && names.length > SHOWN)) && (
        <button type="button" class="plain" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? 'Fewer' : `${number(more)} more`}
        </button>
      )}
    </div>
  );
}
