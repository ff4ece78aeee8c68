/** All points that match, in the order of their ids, a page at a time. */
import { useState } from 'preact/hooks';
import type { Filter, PointId } from 'vicinal/worker';
import { number } from '../format.js';
import { Failure } from '../page/failure.js';
import type { PointSet } from './point-set.js';
import { type Ready, useAsked } from './use-asked.js';

interface PointPagesProps<Items> {
  readonly ready: Ready;
  readonly set: PointSet<Items>;
  readonly filter: Filter | undefined;
  /** Words that are marked where they stand. */
  readonly words: string;
  readonly href: (id: PointId) => string;
}

export function PointPages<Items>({ ready, set, filter, words, href }: PointPagesProps<Items>) {
  const { Points, pageSize, drawn } = set;
  const key = JSON.stringify(filter);
  /** Where the pages after the first begin, as far as they were turned, under a filter. */
  const [turned, turn] = useState<{ readonly key: string | undefined; readonly starts: readonly PointId[] }>({
    key,
    starts: [],
  });
  const starts = turned.key === key ? turned.starts : [];
  const offset = starts.at(-1);
  const { answer, error } = useAsked(
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
      return { records: records.slice(0, pageSize), next: records[pageSize]?.id };
    },
    JSON.stringify([filter, offset]),
  );
  if (error !== undefined) return <Failure error={error} onRetry={() => ready.live.changes.value++} />;
  if (!answer) return null;
  const { records, next } = answer;
  const first = starts.length * pageSize + 1;
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
        <p id="page" class="quiet" role="status">
          {records.length === 0
            ? 'No point matches.'
            : `${number(first)} to ${number(first + records.length - 1)}, in the order of their ids`}
        </p>
        <p>
          <button
            id="page-before"
            type="button"
            disabled={starts.length === 0}
            onClick={() => turn({ key, starts: starts.slice(0, -1) })}
          >
            Before
          </button>{' '}
          <button
            id="page-next"
            type="button"
            disabled={next === undefined}
            onClick={() => next !== undefined && turn({ key, starts: [...starts, next] })}
          >
            Next
          </button>
        </p>
      </div>
    </>
  );
}
