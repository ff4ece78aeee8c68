/** All points that match, in the order of their ids, a page at a time. */
import { useEffect } from 'preact/hooks';
import type { Filter, PointId } from 'vicinal/worker';
import { number } from '../format.js';
import { Failure } from '../page/failure.js';
import { Status } from '../page/status.js';
import type { PointSet } from './point-set.js';
import { type Ready, useAsked } from './use-asked.js';

interface PointPagesProps<Items> {
  readonly ready: Ready;
  readonly set: PointSet<Items>;
  readonly filter: Filter | undefined;
  /** Where the pages after the first begin, as far as they were turned. */
  readonly starts: readonly PointId[];
  /** Words that are marked where they stand. */
  readonly words: string;
  readonly href: (id: PointId) => string;
  readonly onTurn: (starts: readonly PointId[]) => void;
}

export function PointPages<Items>({
  ready,
  set,
  filter,
  starts,
  words,
  href,
  onTurn,
}: PointPagesProps<Items>) {
  const { Points, pageSize, drawn } = set;
  const offset = starts.at(-1);
  const { answer, error, isCurrent } = useAsked(
    ready,
    async (collection, signal) => {
      const records = [];
      const from = offset !== undefined && { offset };
      // One more tells whether there is another page, and where it begins.
      for await (const record of collection.scroll({
        limit: pageSize + 1,
        withVector: drawn,
        signal,
        ...from,
        ...(filter && { filter }),
      }))
        records.push(record);
      return {
        first: starts.length * pageSize + 1,
        records: records.slice(0, pageSize),
        next: records[pageSize]?.id,
      };
    },
    JSON.stringify([filter, offset]),
  );
  useEffect(() => {
    // What was on the last page is gone.
    if (isCurrent && answer?.records.length === 0 && starts.length > 0) onTurn(starts.slice(0, -1));
  }, [isCurrent, answer, starts]);
  if (error !== undefined) return <Failure error={error} onRetry={() => ready.live.changes.value++} />;
  if (!answer) return null;
  const { first, records, next } = answer;
  return (
    <>
      <Points
        id="points"
        label="Points that match"
        points={records.map(({ id, payload, vector }) => ({ id, payload: payload ?? {}, vector }))}
        words={words}
        href={href}
      />
      <div class="more">
        <Status
          id="page"
          class="quiet"
          text={
            records.length === 0
              ? 'No point matches.'
              : `${number(first)} to ${number(first + records.length - 1)}, in the order of their ids`
          }
        />
        <p>
          <button
            id="page-before"
            type="button"
            aria-disabled={starts.length === 0}
            onClick={() => onTurn(starts.slice(0, -1))}
          >
            Before
          </button>{' '}
          <button
            id="page-next"
            type="button"
            aria-disabled={next === undefined}
            onClick={() => isCurrent && next !== undefined && onTurn([...starts, next])}
          >
            Next
          </button>
        </p>
      </div>
    </>
  );
}
