/** What the newest search took, how far its engine is filled, or what failed. */
import { bytes, milliseconds, number } from '../format.js';
import { Failure } from '../page/failure.js';
import { Progress } from '../page/progress.js';
import { Status } from '../page/status.js';
import type { Answer, LiveSearch } from './live-search.js';

interface OutcomeProps {
  readonly search: LiveSearch;
  /** What a reader calls a row. */
  readonly nameOf: (id: number) => string;
}

export function Outcome({ search, nameOf }: OutcomeProps) {
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
  const { question, hits, searchMs, roundTripMs } = answer;
  const [best] = hits;
  return (
    <div class="outcome">
      <Status
        id="outcome"
        text={best ? `Nearest of ${number(question.among.count)}: ${nameOf(best.id)}` : ''}
      >
        <strong>{milliseconds(searchMs)}</strong> {whatItDid(answer)}, answer here after{' '}
        {milliseconds(roundTripMs)}
        {facts.value && <>; the engine holds {bytes(facts.value.stats.memoryBytes)}</>}
      </Status>
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

/** As many rows, or fewer, a graph compares one by one too: `fullScanThreshold`. */
const FULL_SCAN_ROWS = 1000;

function whatItDid({ question: { index, among }, hits, exactHits }: Answer): string {
  if (index === 'exact' || among.count <= FULL_SCAN_ROWS) return `to compare all ${number(among.count)}`;
  return `to walk the graph, which found ${exactHits} of the ${hits.length} nearest`;
}
