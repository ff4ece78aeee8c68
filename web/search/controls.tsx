/** How to search: the same controls for every collection. */
import type { Metric } from 'vicinal/worker';
import { type IndexChoice, indexChoices, metrics, resultCounts, type VariantChoice } from '../address.js';
import { change } from '../navigation.js';
import { Segmented } from '../page/segmented.js';
import { GraphPanel } from './graph-panel.js';
import type { LiveSearch } from './live-search.js';
import { VariantSelect } from './variant-select.js';

/** The settings in force. */
export interface Search {
  readonly metric: Metric;
  readonly k: number;
  readonly index: IndexChoice;
  readonly ef: number;
  readonly variant: VariantChoice;
  readonly among: string;
}

interface ControlsProps {
  readonly live: LiveSearch;
  readonly search: Search;
  /** What a view has by itself: it is not written into the address. */
  readonly usual: Search;
  /** Names and labels of the rows to search among. */
  readonly scopes: readonly { readonly value: string; readonly text: string }[];
  /** What the metrics mean for this collection. */
  readonly metricNote: string;
}

export function Controls({ live, search, usual, scopes, metricNote }: ControlsProps) {
  return (
    <section class="controls" aria-label="How to search">
      <Segmented
        name="metric"
        label="Metric"
        options={metrics.map((value) => ({ value, text: value }))}
        value={search.metric}
        onChange={(metric) => change({ metric: metric === usual.metric ? undefined : metric })}
      />
      <Segmented
        name="k"
        label="Results"
        options={resultCounts.map((value) => ({ value, text: String(value) }))}
        value={search.k}
        onChange={(k) => change({ k: k === usual.k ? undefined : k })}
      />
      <Segmented
        name="index"
        label="Index"
        options={indexChoices.map((value) => ({ value, text: value }))}
        value={search.index}
        onChange={(index) => change({ index: index === usual.index ? undefined : index })}
      />
      <label class="field">
        <span>Among</span>
        <select
          id="among"
          value={search.among}
          onChange={({ currentTarget: { value } }) =>
            change({ among: value === usual.among ? undefined : value })
          }
        >
          {scopes.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <VariantSelect />
      <p class="note">{metricNote}</p>
      {search.index === 'graph' && <GraphPanel live={live} search={search} usual={usual} />}
    </section>
  );
}
