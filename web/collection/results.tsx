/** What matches, ranked by words or by nearness where that is asked; else in the order of ids. */
import { useEffect, useRef } from 'preact/hooks';
import type { PointId, PointRecord } from 'vicinal/worker';
import { counted, milliseconds, number } from '../format.js';
import { addressOf } from '../navigation.js';
import { Failure } from '../page/failure.js';
import { Segmented } from '../page/segmented.js';
import { Status } from '../page/status.js';
import type { Found, Ranked, Ranking } from './find.js';
import { PointCard } from './point-card.js';
import { PointPages } from './point-pages.js';
import type { PointSet } from './point-set.js';
import { type Asked, type Ready, useAsked } from './use-asked.js';

interface ResultsProps<Items> {
  readonly ready: Ready;
  readonly set: PointSet<Items>;
  /** Name of the set in the address. */
  readonly name: string;
  /** The point that the address names. */
  readonly id: PointId | undefined;
  /** Whether it is looked up for the first time. */
  readonly isLooking: boolean;
  /** Once it is here. */
  readonly chosen: PointRecord | undefined;
  readonly asked: Omit<Ranked, 'ranking'>;
  /** How points are ranked; nothing: they are not. */
  readonly ranking: Ranking | undefined;
  readonly found: Asked<Found | undefined>;
  /** Of pages, where points are not ranked. */
  readonly starts: readonly PointId[];
  /** Words that are marked where they stand. */
  readonly marked: string;
  readonly onAsk: (change: Partial<Ranked>) => void;
  readonly onTurn: (starts: readonly PointId[]) => void;
}

export function Results<Items>(props: ResultsProps<Items>) {
  const { ready, set, name, id, isLooking, chosen, asked, ranking, found, starts, marked, onAsk, onTurn } =
    props;
  const { filter, words, grouped } = asked;
  const { Points } = set;
  useFocusOnChoice(id, chosen);
  const href = (id: PointId): string => addressOf('collection', `${name}/${id}`);
  return (
    <section id="results" aria-labelledby="results-title">
      <div class="heading">
        <h2 id="results-title" tabIndex={-1}>
          Points
        </h2>
        <Count ready={ready} filter={filter} />
      </div>
      {chosen && <PointCard {...{ ready, set }} point={chosen} away={name} />}
      {id !== undefined && !chosen && !isLooking && <p class="quiet">There is no point {id}.</p>}
      <div class="ranking">
        {set.ranked.length > 0 && (
          <label class="words">
            <span class="above">Rank by words</span>
            <input
              id="rank-words"
              type="search"
              autocomplete="off"
              spellcheck={false}
              placeholder="lost sheep, …"
              value={words}
              onInput={({ currentTarget: { value } }) => onAsk({ words: value })}
            />
          </label>
        )}
        {words.trim() !== '' && chosen && ranking && (
          <Segmented
            name="ranking"
            label="Best first by"
            options={[
              { value: 'words', text: 'words' },
              { value: 'meaning', text: 'meaning' },
              { value: 'both', text: 'both' },
            ]}
            value={ranking}
            onChange={(wanted) => onAsk({ ranking: wanted as Ranking })}
          />
        )}
        {ranking && (
          <label class="check">
            <input
              id="grouped"
              type="checkbox"
              checked={grouped}
              onChange={({ currentTarget: { checked } }) => onAsk({ grouped: checked })}
            />
            Group by {set.groupBy.key}
          </label>
        )}
      </div>
      {found.error !== undefined && (
        <Failure error={found.error} onRetry={() => ready.live.changes.value++} />
      )}
      {ranking === undefined
        ? !isLooking && <PointPages {...{ ready, set, filter, starts, href, onTurn }} words={marked} />
        : found.answer && (
            <>
              <Status id="found" class="quiet" text={spoken(set, found.answer)}>
                {summary(found.answer)}
              </Status>
              {found.answer.groups.map(({ title, points }, place) => (
                <div key={title} class="group">
                  {title !== undefined && <h3>{title}</h3>}
                  <Points
                    id={title === undefined ? 'hits' : `group-${place}`}
                    label={title ?? 'Best first'}
                    {...{ points, href }}
                    words={marked}
                  />
                </div>
              ))}
            </>
          )}
    </section>
  );
}

/** What was followed is gone, and the focus must be somewhere: it goes where it led. */
function useFocusOnChoice(id: PointId | undefined, chosen: PointRecord | undefined): void {
  const before = useRef(id);
  useEffect(() => {
    if (chosen?.id !== id || id === before.current) return;
    before.current = id;
    const title = document.getElementById(chosen ? 'point-title' : 'results-title');
    title?.scrollIntoView({ block: 'nearest' });
    title?.focus({ preventScroll: true });
  }, [id, chosen]);
}

const rankings: Readonly<Record<Ranking, string>> = {
  words: 'Ranked by words, BM25',
  meaning: 'Nearest to the chosen point',
  both: 'Ranked by words and by nearness, fused by reciprocal ranks (RRF)',
};

function summary({ ranking, groups, ms }: Found): string {
  const count = groups.reduce((sum, { points }) => sum + points.length, 0);
  if (count === 0) return 'Nothing matches.';
  return `${rankings[ranking]}: the best ${count}, after ${milliseconds(ms)}.`;
}

/** As {@link summary}, without the time, and with what tells one answer from another. */
function spoken({ titleOf }: Pick<PointSet<unknown>, 'titleOf'>, { ranking, groups }: Found): string {
  const best = groups[0]?.points[0];
  return best ? `${rankings[ranking]}, the best: ${titleOf(best.payload)}` : 'Nothing matches.';
}

function Count({ ready, filter }: Pick<Ranked, 'filter'> & { readonly ready: Ready }) {
  const { answer, isCurrent } = useAsked(
    ready,
    async (collection, signal) => {
      const all = collection.count({ signal });
      return { all: await all, matching: filter ? await collection.count({ filter, signal }) : await all };
    },
    String(JSON.stringify(filter)),
  );
  if (!answer || !isCurrent) return <Status id="count" text="" />;
  const { all, matching } = answer;
  return filter ? (
    <Status id="count" text={`${number(matching)} of ${number(all)} match`}>
      <strong>{number(matching)}</strong> of {number(all)} match
    </Status>
  ) : (
    <Status id="count" text={counted(all, 'point')}>
      <strong>{counted(all, 'point')}</strong>
    </Status>
  );
}
