/** The view of the benchmark: searches measured in this browser, over a collection of the page. */
import { useEffect } from 'preact/hooks';
import type { Metric } from 'vicinal/worker';
import { number } from '../format.js';
import { choose, place } from '../navigation.js';
import { type CollectionName, collectionNameOf, collections } from '../page/collections.js';
import { Failure } from '../page/failure.js';
import { OpenCollection } from '../page/open-collection.js';
import { Progress } from '../page/progress.js';
import { Segmented } from '../page/segmented.js';
import type { Collection } from '../search/collection.js';
import type { Rows } from '../search/rows.js';
import { VariantSelect } from '../search/variant-select.js';
import { run } from './benchmark-run.js';
import { Charts } from './charts.js';

/** The metric that each collection is made for: searches by codes and graphs are measured under it. */
const metricOf: Readonly<Record<CollectionName, Metric>> = { passages: 'cosine', fashion: 'euclidean' };

export function BenchmarkView() {
  const name = collectionNameOf(place.value);
  // What was measured belongs to its collection; a run does not go on where nobody sees it.
  useEffect(() => () => run.clear(), [name]);
  return (
    <div class="benchmark">
      <h2>How fast is it here?</h2>
      <p class="lede">
        Exact search under all four metrics, searches in batches, by graphs and by codes: what each of them
        finds, how fast, and how small it is. Measured in this browser by a worker of its own; it takes about
        half a minute, and nothing is sent anywhere.
      </p>
      <Segmented
        name="collection"
        label="Rows"
        options={Object.entries(collections).map(([value, { title }]) => ({ value, text: title }))}
        value={name as string}
        onChange={(value) => choose('benchmark', value)}
      />
      <OpenCollection collection={collections[name] as Collection<unknown>}>
        {({ rows }) => <Benchmark rows={rows} metric={metricOf[name]} />}
      </OpenCollection>
    </div>
  );
}

function Benchmark({ rows, metric }: { readonly rows: Rows; readonly metric: Metric }) {
  const state = run.state.value;
  const measurements = run.measurements.value;
  const variant = place.value.settings.variant ?? 'automatic';
  return (
    <>
      <div class="run">
        {state.name === 'running' ? (
          <>
            <button id="stop" type="button" onClick={() => run.stop()}>
              Stop
            </button>
            <Progress text={state.step} part={state.part} />
          </>
        ) : (
          <>
            <button
              id="run"
              class="primary"
              type="button"
              onClick={() => void run.start(rows, metric, variant)}
            >
              {state.name === 'idle' ? 'Run the benchmark' : 'Run it again'}
            </button>
            <VariantSelect />
            <p id="run-state" role="status">
              {state.name === 'done' && 'Done.'}
              {state.name === 'stopped' && 'Stopped; the worker has ended.'}
            </p>
          </>
        )}
      </div>
      {state.name === 'idle' && <WhatIsMeasured />}
      {state.name === 'failed' && (
        <Failure error={state.error} onRetry={() => void run.start(rows, metric, variant)} />
      )}
      {measurements && (
        <>
          <p class="quiet">
            {number(measurements.rowCount)} rows of {number(measurements.dim)} values, {measurements.variant}{' '}
            module, one thread; medians of 5 rounds. The queries are 100 other rows of the collection, taken
            out of it.
          </p>
          <Charts measurements={measurements} />
        </>
      )}
    </>
  );
}

function WhatIsMeasured() {
  return (
    <ul class="measured">
      <li>
        <h3>Exact search</h3>
        <p>Every row is compared with the query, by cosine, euclidean, manhattan and dot.</p>
      </li>
      <li>
        <h3>Batches</h3>
        <p>A hundred queries at once share each look at a row: memory is read less often.</p>
      </li>
      <li>
        <h3>Search by a graph</h3>
        <p>A walk from row to nearer row: more rows kept in view find more, and take longer.</p>
      </li>
      <li>
        <h3>Search by codes</h3>
        <p>Rows as codes of a few bits a value: less memory, fewer bytes to read.</p>
      </li>
      <li>
        <h3>Recall</h3>
        <p>How many of the ten nearest are found, and by codes how many after a second look at the floats.</p>
      </li>
    </ul>
  );
}
