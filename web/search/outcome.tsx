/** What the newest search took, how far its engine is filled, or what failed. */
import { bytes, milliseconds, number } from '../format.js';
import { Failure } from '../page/failure.js';
import { Progress } from '../page/progress.js';
import type { LiveSearch } from './live-search.js';

export function Outcome({ search }: { readonly search: LiveSearch }) {
  const answer = search.answer.value;
  const error = search.failure.value;
  if (error !== undefined) return <Failure error={error} onRetry={() => search.retry()} />;
  const { filling, facts } = search.slot;
  const part = filling.value;
  if (!answer) {
    return part === undefined ? (
      <Progress text="Starting the worker…" />
    ) : (
      <Progress text="Adding the rows…" part={part} />
    );
  }
  const { question, searchMs, roundTripMs } = answer;
  return (
    <div class="outcome">
      <p id="outcome" role="status">
        <strong>{milliseconds(searchMs)}</strong> to compare all {number(question.among.count)}, answer here
        after {milliseconds(roundTripMs)}
        {facts.value && <>; the engine holds {bytes(facts.value.stats.memoryBytes)}</>}
      </p>
      {/* Its room is always kept, so that nothing below it moves. */}
      <progress
        class="filling"
        hidden={part === undefined}
        aria-label="Adding the rows for this metric"
        value={part ?? 0}
      />
    </div>
  );
}
