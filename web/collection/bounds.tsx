/** The bounds of a number. */
import { Alone } from './alone.js';
import type { FieldClauseProps } from './filter-builder.js';
import { clauseOf } from './filter-draft.js';

export function Bounds(props: FieldClauseProps) {
  const { draft, field, onChange } = props;
  const { from, to } = clauseOf(draft, field);
  return (
    <>
      <div class="bounds">
        <Bound
          id={`${field.key}-from`}
          text="from"
          value={from}
          onChange={(value) => onChange({ from: value })}
        />
        <Bound id={`${field.key}-to`} text="to" value={to} onChange={(value) => onChange({ to: value })} />
      </div>
      <Alone {...props} />
    </>
  );
}

interface BoundProps {
  readonly id: string;
  readonly text: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function Bound({ id, text, value, onChange }: BoundProps) {
  return (
    <label for={id}>
      <span>{text}</span>
      <input
        id={id}
        type="number"
        step={1}
        value={value ?? ''}
        onInput={({ currentTarget: { valueAsNumber } }) =>
          onChange(Number.isFinite(valueAsNumber) ? valueAsNumber : undefined)
        }
      />
    </label>
  );
}
