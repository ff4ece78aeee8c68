/** What is chosen: a passage with its text, or a query with the passages that it is made of. */
import type { ComponentChildren } from 'preact';
import { counted } from '../format.js';
import { addressOf } from '../navigation.js';
import { type Passage, reference } from '../passages.js';
import type { Choice } from './choice.js';
import { address } from './passage-filter.js';
import { Star } from './star.js';

interface ReaderProps {
  readonly passages: readonly Passage[];
  readonly choice: Choice;
}

export function Reader({ passages, choice: { ids, query, words } }: ReaderProps) {
  const members = ids.map((id) => passages[id] as Passage);
  if (query) {
    return (
      <PooledText kicker="Saved query" title={query.title} members={members}>
        No language model runs in this page, so it cannot embed a question of your own. This query is{' '}
        {counted(members.length, 'passage')} about one thing: the worker takes the mean of their embeddings,
        scales it to length 1, and searches for what is nearest to it.
      </PooledText>
    );
  }
  if (words) {
    return (
      <PooledText kicker="Words" title={`“${words.text}”`} members={members}>
        {words.found > members.length && `The ${members.length} densest of `}
        {counted(words.found, 'passage')} with these words, as one query: the worker takes the mean of their
        embeddings and searches for what is nearest to it, whether it has the words or not.
      </PooledText>
    );
  }
  return <PassageText passage={members[0] as Passage} />;
}

function PassageText({ passage }: { readonly passage: Passage }) {
  return (
    <section id="passage" aria-labelledby="passage-title">
      <p class="kicker">Chosen passage</p>
      <div class="heading">
        <h2 id="passage-title" tabIndex={-1}>
          {reference(passage)}
        </h2>
        <Star passage={passage} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on narrow screens it scrolls by itself, by keys too */}
      <section id="passage-text" class="text" aria-label="Text" tabIndex={0}>
        {passage.text.split('\n').map((verse, i) => (
          <p key={i}>{verse}</p>
        ))}
      </section>
    </section>
  );
}

interface PooledTextProps {
  readonly kicker: string;
  readonly title: string;
  readonly members: readonly Passage[];
  /** How they make one query. */
  readonly children: ComponentChildren;
}

function PooledText({ kicker, title, members, children }: PooledTextProps) {
  return (
    <section id="passage" aria-labelledby="passage-title">
      <p class="kicker">{kicker}</p>
      <h2 id="passage-title" tabIndex={-1}>
        {title}
      </h2>
      <p class="note">{children}</p>
      <ul class="members" aria-label="Its passages">
        {members.map((passage) => (
          <li key={address(passage)}>
            <a href={addressOf('passages', address(passage))}>{reference(passage)}</a>
            <p class="excerpt">{passage.text.replaceAll('\n', ' ')}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
