/** The saved queries: those that come with the page, the reader's own, and how to make one. */
import { useState } from 'preact/hooks';
import { counted } from '../format.js';
import { choose } from '../navigation.js';
import { type Passage, reference } from '../passages.js';
import { savedAddress } from './choice.js';
import { deleteQuery, ownQueries, saveStarred, starred, toggleStar, withKey } from './own-queries.js';
import { findAddress } from './passage-filter.js';
import { readyQueries, type SavedQuery } from './saved-queries.js';

interface QueryListProps {
  readonly passages: readonly Passage[];
  /** Key of the chosen query. */
  readonly chosen: string | undefined;
}

export function QueryList({ passages, chosen }: QueryListProps) {
  const nameOf = (address: string): string => {
    const passage = passages[findAddress(passages, address)];
    return passage ? reference(passage) : address;
  };
  const own = ownQueries.value.map(withKey);
  return (
    <div class="queries">
      <StarredForm nameOf={nameOf} />
      {own.length > 0 && (
        <>
          <h3>Yours, kept in this browser</h3>
          <ul id="own-queries" class="choices">
            {own.map((query) => (
              <li key={query.title}>
                <QueryButton query={query} chosen={chosen} nameOf={nameOf} />
                <button
                  class="delete"
                  type="button"
                  aria-label={`Delete the query ${query.title}`}
                  onClick={() => deleteQuery(query.title)}
                >
                  <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M6 6l12 12M18 6 6 18" />
                  </svg>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>To begin with</h3>
      <ul id="ready-queries" class="choices">
        {readyQueries.map((query) => (
          <li key={query.key}>
            <QueryButton query={query} chosen={chosen} nameOf={nameOf} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface QueryButtonProps {
  readonly query: SavedQuery;
  readonly chosen: string | undefined;
  readonly nameOf: (address: string) => string;
}

function QueryButton({ query, chosen, nameOf }: QueryButtonProps) {
  return (
    <button
      type="button"
      aria-current={query.key === chosen ? 'true' : undefined}
      onClick={() => choose('passages', savedAddress(query))}
    >
      <span class="reference">{query.title}</span>
      <span class="excerpt">{query.members.map(nameOf).join('; ')}</span>
    </button>
  );
}

/** Makes a query of the passages that the reader has starred. */
function StarredForm({ nameOf }: { readonly nameOf: (address: string) => string }) {
  const [title, setTitle] = useState('');
  const stars = starred.value;
  if (stars.length === 0) {
    return (
      <p class="note">
        Star passages as you read, then save them here as one query under a name of your own.
      </p>
    );
  }
  const save = (event: Event): void => {
    event.preventDefault();
    if (title.trim() === '') return;
    const query = saveStarred(title.trim());
    setTitle('');
    choose('passages', savedAddress(query));
  };
  return (
    <form class="starred" onSubmit={save}>
      <label class="above" for="query-title">
        Save {counted(stars.length, 'starred passage')} as a query
      </label>
      <div class="row">
        <input
          id="query-title"
          required
          maxLength={60}
          autocomplete="off"
          placeholder="Name it"
          value={title}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
        <button class="primary" type="submit">
          Save
        </button>
      </div>
      <ul class="chips" aria-label="Starred passages">
        {stars.map((star) => (
          <li key={star}>
            <button
              type="button"
              aria-label={`Take the star off ${nameOf(star)}`}
              onClick={() => toggleStar(star)}
            >
              {nameOf(star)} <span aria-hidden="true">×</span>
            </button>
          </li>
        ))}
      </ul>
    </form>
  );
}
