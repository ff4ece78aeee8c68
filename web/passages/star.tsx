/** Stars a passage, or takes the star away. */
import { type Passage, reference } from '../passages.js';
import { starred, toggleStar } from './own-queries.js';
import { address } from './passage-filter.js';

export function Star({ passage }: { readonly passage: Passage }) {
  const at = address(passage);
  return (
    <button
      class="star"
      type="button"
      aria-pressed={starred.value.includes(at)}
      aria-label={`Star ${reference(passage)}`}
      title="Starred passages can be saved as a query"
      onClick={() => toggleStar(at)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m12 3.2 2.7 5.6 6.1.8-4.5 4.3 1.1 6.1-5.4-3-5.4 3 1.1-6.1L3.2 9.6l6.1-.8z" />
      </svg>
    </button>
  );
}
