/** How the last search went, shard by shard: by which strategy, and what each clause of its filter did. */
import type { ClauseExplanation, ShardExplanation } from 'vicinal/worker';
import { Table } from '../benchmark/table.js';
import { milliseconds, number } from '../format.js';

const strategies: Readonly<Record<ShardExplanation['strategy'], string>> = {
  scan: 'Compared every point that matches',
  walk: 'Walked the graph',
  none: 'Had nothing to search: no point matches',
};

const sources: Readonly<Record<ClauseExplanation['by'], string>> = {
  index: 'index',
  payloads: 'payloads',
  points: 'ids',
  clauses: 'clauses',
};

interface ExplanationProps {
  /** Whether points are ranked. */
  readonly ranked: boolean;
  readonly shards: readonly ShardExplanation[] | undefined;
}

export function Explanation({ ranked, shards }: ExplanationProps) {
  return (
    <section id="explanation" aria-labelledby="explanation-title">
      <h2 id="explanation-title">How it was found</h2>
      {shards ? (
        <ol>
          {shards.map((shard) => (
            <ShardPart key={shard.shard} {...shard} />
          ))}
        </ol>
      ) : (
        <p class="quiet">
          {ranked
            ? 'A search by one vector, not grouped, tells how it went.'
            : 'Choose a point to search for those nearest to it. This tells how they were found.'}
        </p>
      )}
    </section>
  );
}

function ShardPart({ shard, strategy, matched, points, filterMs, searchMs, filter }: ShardExplanation) {
  return (
    <li>
      <h3>Shard {shard + 1}</h3>
      <p>
        <span class="strategy" data-strategy={strategy}>
          {strategies[strategy]}
        </span>
        <span class="quiet">
          {number(matched)} of {number(points)} match · filter {milliseconds(filterMs)} · search{' '}
          {milliseconds(searchMs)}
        </span>
      </p>
      {filter && (
        <Table
          caption={`Clauses of the filter in shard ${shard + 1}`}
          head={['Clause', 'By', 'Matched', 'Took']}
          rows={(filter.clauses ?? []).map(({ path, condition, by, matched, asked, ms }) => [
            path.startsWith('must_not') ? `not ${condition}` : condition,
            sources[by],
            `${number(matched)} of ${number(asked)}`,
            milliseconds(ms),
          ])}
        />
      )}
    </li>
  );
}
