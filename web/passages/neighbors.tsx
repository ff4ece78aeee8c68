/** The nearest passages, best first, and what it took to find them. */
import type { Metric, SearchHit } from 'vicinal/worker';
import { addressOf } from '../navigation.js';
import { type Passage, reference } from '../passages.js';
import type { Answer, LiveSearch } from '../search/live-search.js';
import { Outcome } from '../search/outcome.js';
import { scales, scoreText } from '../search/score.js';
import { address } from './passage-filter.js';
import { Star } from './star.js';

interface NeighborsProps {
  readonly passages: readonly Passage[];
  readonly search: LiveSearch;
  readonly answer: Answer | undefined;
}

export function Neighbors({ passages, search, answer }: NeighborsProps) {
  return (
    <section id="nearest" aria-labelledby="nearest-title" aria-busy={search.slot.filling.value !== undefined}>
      <h2 id="nearest-title" tabIndex={-1}>
        Nearest passages
      </h2>
      <Outcome search={search} nameOf={(id) => reference(passages[id] as Passage)} />
      <ol id="hits">
        {answer?.hits.map((hit, rank) => (
          <Hit
            key={hit.id}
            passage={passages[hit.id] as Passage}
            hit={hit}
            best={answer.hits[0] as SearchHit}
            metric={answer.question.metric}
            rank={rank + 1}
          />
        ))}
      </ol>
      {answer?.hits.length === 0 && <p class="quiet">There are no passages to search among.</p>}
    </section>
  );
}

interface HitProps {
  readonly passage: Passage;
  readonly hit: SearchHit;
  readonly best: SearchHit;
  readonly metric: Metric;
  readonly rank: number;
}

function Hit({ passage, hit, best, metric, rank }: HitProps) {
  const score = scoreText(metric, hit);
  return (
    <li class="hit">
      <span class="rank" aria-hidden="true">
        {rank}
      </span>
      <a class="reference" href={addressOf('passages', address(passage))}>
        {passage.book} {passage.chapter}
        {passage.parts > 1 && (
          <span class="part">
            , part {passage.part} of {passage.parts}
          </span>
        )}
      </a>
      <span class="score" title={scales[metric].name}>
        <span class="hidden">{scales[metric].name} </span>
        {score}
      </span>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${scales[metric].part(hit, best) * 100}%` }} />
      </span>
      <Star passage={passage} />
      <p class="excerpt">{passage.text.replaceAll('\n', ' ')}</p>
    </li>
  );
}
