/** The slider of a graph's `efSearch`, and what it does to recall and time. */
import { efChoices } from '../address.js';
import { time } from '../benchmark/time.js';
import { change, changeInPassing } from '../navigation.js';
import { Status } from '../page/status.js';
import type { Search } from './controls.js';
import { SAMPLE_QUERIES } from './graph-sample.js';
import type { LiveSearch } from './live-search.js';

interface GraphPanelProps {
  readonly live: LiveSearch;
  readonly search: Search;
  readonly usual: Search;
}

export function GraphPanel({ live, search: { k, ef }, usual }: GraphPanelProps) {
  // A walk keeps k rows at least, so that a smaller efSearch is none.
  const choices = efChoices.filter((choice) => choice >= k);
  const chosen = Math.max(0, choices.filter((choice) => choice <= ef).length - 1);
  const settings = (place: string) => {
    const picked = choices[Number(place)];
    return { ef: picked === usual.ef ? undefined : picked };
  };
  return (
    <section class="graph" aria-label="Search by the graph">
      <label class="ef">
        <span>
          efSearch <output>{choices[chosen]}</output>
        </span>
        <input
          id="ef"
          type="range"
          min={0}
          max={choices.length - 1}
          value={chosen}
          aria-valuetext={`${choices[chosen]} rows kept in view`}
          onInput={({ currentTarget: { value } }) => changeInPassing(settings(value))}
          onChange={({ currentTarget: { value } }) => change(settings(value))}
        />
      </label>
      <Effect live={live} />
      <p class="note">
        How many rows a walk through the graph keeps in view. Measured here and now, over {SAMPLE_QUERIES}{' '}
        rows of the collection as queries.
      </p>
    </section>
  );
}

function Effect({ live }: { readonly live: LiveSearch }) {
  const measured = live.sample.measured.value;
  if (!measured) return <p class="effect">Not measured yet…</p>;
  const { k, recall, searchMs, exactMs } = measured;
  return (
    <Status class="effect" text={`Recall ${recall.toFixed(3)} of the ${k} nearest`}>
      <p>
        <span>Recall</span> <strong id="sample-recall">{recall.toFixed(3)}</strong>{' '}
        <span>of the {k} nearest</span>
      </p>
      <Bar part={recall} />
      <p>
        <span>Time</span> <strong id="sample-time">{time(searchMs)}</strong>{' '}
        <span>a query, of {time(exactMs)} for exact search</span>
      </p>
      <Bar part={exactMs === 0 ? 0 : Math.min(1, searchMs / exactMs)} />
    </Status>
  );
}

function Bar({ part }: { readonly part: number }) {
  return (
    <span class="gauge" aria-hidden="true">
      <span style={{ width: `${part * 100}%` }} />
    </span>
  );
}
