/** How many points a clause matches by itself. */
import { counted } from '../format.js';
import type { FieldClauseProps } from './filter-builder.js';
import { clauseOf, filterOf } from './filter-draft.js';
import { useAsked } from './use-asked.js';

export function Alone({ ready, draft, field }: FieldClauseProps) {
  const filter = filterOf([field], { [field.key]: clauseOf(draft, field) });
  const { answer, isCurrent } = useAsked(
    ready,
    (collection, signal) => collection.count({ signal, ...(filter && { filter }) }),
    String(JSON.stringify(filter)),
  );
  return (
    <p class="alone quiet">
      {filter && isCurrent && answer !== undefined && `${counted(answer, 'point')} by itself`}
    </p>
  );
}
