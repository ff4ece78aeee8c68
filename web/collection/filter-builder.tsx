/** Where a filter is built, field by field: how many points match, and the filter as JSON. */
import type { Filter } from 'vicinal/worker';
import { Segmented } from '../page/segmented.js';
import { Bounds } from './bounds.js';
import { Copyable } from './copyable.js';
import { type Clause, changed, clauseOf, conditionOf, type Draft } from './filter-draft.js';
import type { Field, PointSet } from './point-set.js';
import type { Ready } from './use-asked.js';
import { ValueChips } from './value-chips.js';
import { WordsClause } from './words-clause.js';

interface FilterBuilderProps {
  readonly ready: Ready;
  readonly fields: PointSet<unknown>['fields'];
  readonly draft: Draft;
  readonly filter: Filter | undefined;
  readonly onChange: (draft: Draft) => void;
}

export function FilterBuilder({ ready, fields, draft, filter, onChange }: FilterBuilderProps) {
  return (
    <section id="filter" aria-labelledby="filter-title">
      <div class="heading">
        <h2 id="filter-title">Filter</h2>
        {filter && (
          <button id="clear-filter" type="button" class="plain" onClick={() => onChange({})}>
            Clear
          </button>
        )}
      </div>
      {fields.map((field) => (
        <FieldClause
          key={field.key}
          {...{ ready, fields, draft, field }}
          onChange={(change) => onChange(changed(draft, field, change))}
        />
      ))}
      <details>
        <summary>As Qdrant’s JSON</summary>
        <Copyable
          id="filter-json"
          label="The filter as JSON"
          text={JSON.stringify(filter ?? {}, undefined, 2)}
        />
      </details>
    </section>
  );
}

export interface FieldClauseProps {
  readonly ready: Ready;
  readonly fields: readonly Field[];
  readonly draft: Draft;
  readonly field: Field;
  readonly onChange: (change: Partial<Clause>) => void;
}

const controls = { keyword: ValueChips, integer: Bounds, text: WordsClause } as const;

const joins: Readonly<Record<Field['index'], readonly [must: string, mustNot: string]>> = {
  keyword: ['any of', 'none of'],
  integer: ['within', 'outside'],
  text: ['has', 'has not'],
};

function FieldClause(props: FieldClauseProps) {
  const { draft, field, onChange } = props;
  const clause = clauseOf(draft, field);
  const Control = controls[field.index];
  const [must, mustNot] = joins[field.index];
  return (
    <fieldset class="clause" aria-labelledby={`clause-${field.key}`} id={`field-${field.key}`}>
      <div class="heading">
        <h3 id={`clause-${field.key}`}>{field.title}</h3>
        {conditionOf(field, clause) && (
          <Segmented
            name={`join-${field.key}`}
            label={`Points whose ${field.title} is so`}
            options={[
              { value: 'must', text: must },
              { value: 'must_not', text: mustNot },
            ]}
            value={clause.not ? 'must_not' : 'must'}
            onChange={(join) => onChange({ not: join === 'must_not' })}
          />
        )}
      </div>
      <Control {...props} />
    </fieldset>
  );
}
