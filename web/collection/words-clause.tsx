/** Words that a text must have, all of them. */
import { Alone } from './alone.js';
import type { FieldClauseProps } from './filter-builder.js';
import { clauseOf } from './filter-draft.js';

export function WordsClause(props: FieldClauseProps) {
  const { draft, field, onChange } = props;
  return (
    <>
      <input
        id={`${field.key}-words`}
        type="search"
        autocomplete="off"
        spellcheck={false}
        aria-label={`Words that the ${field.title} has, all of them`}
        placeholder="all of these words"
        value={clauseOf(draft, field).words}
        onInput={({ currentTarget: { value } }) => onChange({ words: value })}
      />
      <Alone {...props} />
    </>
  );
}
