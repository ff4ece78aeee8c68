/** Recall of every kind of codes against what it costs: bytes, and time; and all their figures. */
import { useCallback, useMemo } from 'preact/hooks';
import type { CodecName, Metric } from 'vicinal/worker';
import { number } from '../format.js';
import { Chart, type Drawings } from './chart.js';
import type { CodeSearch } from './measurements.js';
import type { RecallPoint } from './recall-chart.js';
import { Table } from './table.js';
import { time } from './time.js';

/** Their colours are classes of style/benchmark.css. */
const familyNames: readonly (CodecName | 'floats')[] = ['floats', 'scalar', 'binary', 'product'];

/** Of a clock that ticked in none of the searches: a logarithmic axis has no zero. */
const LEAST_MS = 0.001;

interface CodeChartsProps {
  readonly codes: readonly CodeSearch[];
  readonly metric: Metric;
  /** What a row of floats takes. */
  readonly floatBytes: string;
}

export function CodeCharts({ codes, metric, floatBytes }: CodeChartsProps) {
  const bySize = useMemo(
    () =>
      codes.map(({ name, family, bytesPerVector, recall, rescoredRecall }): RecallPoint => {
        const rescored = { cost: bytesPerVector, recall: rescoredRecall };
        return { label: name, family, cost: bytesPerVector, recall, rescored };
      }),
    [codes],
  );
  const byTime = useMemo(
    () =>
      codes.map(({ name, family, oneMs, recall, rescoredMs, rescoredRecall }): RecallPoint => {
        const rescored = { cost: Math.max(LEAST_MS, rescoredMs), recall: rescoredRecall };
        return { label: name, family, cost: Math.max(LEAST_MS, oneMs), recall, rescored };
      }),
    [codes],
  );
  const legend = <Legend codes={codes} />;
  const size = useDrawing('Recall against size', bySize, 'bytes a vector', sizeText);
  const speed = useDrawing('Recall against time', byTime, 'milliseconds a query', time);
  return (
    <>
      <Chart
        id="chart-bytes"
        title="Codes: recall against size"
        note={`Share of the 10 nearest that are found, by ${metric}. Higher and further left is better. To rescore, the floats are kept too: ${floatBytes} more.`}
        draw={size}
        legend={legend}
        table={{
          head: ['Codes', 'Bytes a vector', 'Recall', 'Rescored'],
          rows: codes.map((found) => [
            found.name,
            number(found.bytesPerVector),
            found.recall.toFixed(3),
            found.rescoredRecall.toFixed(3),
          ]),
        }}
      />
      <Chart
        id="chart-time"
        title="Codes: recall against time"
        note="The same against the time of one query. Rescored: the 40 best by scalar codes, of others the 100 best, are compared again by their floats."
        draw={speed}
        legend={legend}
        table={{
          head: ['Codes', 'Time', 'Recall', 'Time, rescored', 'Recall, rescored'],
          rows: codes.map((found) => [
            found.name,
            time(found.oneMs),
            found.recall.toFixed(3),
            time(found.rescoredMs),
            found.rescoredRecall.toFixed(3),
          ]),
        }}
      />
      <figure class="chart" id="code-figures">
        <figcaption>
          <h3>Codes: all figures</h3>
          <p class="note">
            Beside floats: how many times smaller, what codes have learned included, and how many times
            faster.
          </p>
        </figcaption>
        <Table
          caption="Codes: all figures"
          head={['Codes', 'Smaller', 'Faster', 'Recall', 'Faster, rescored', 'Recall, rescored', 'Filled in']}
          rows={codes.map((found) => figuresOf(found, codes[0] as CodeSearch))}
        />
      </figure>
    </>
  );
}

function figuresOf(found: CodeSearch, floats: CodeSearch): string[] {
  const times = (more: number, less: number) => (less === 0 ? '' : `${(more / less).toFixed(1)} ×`);
  return [
    found.name,
    times(floats.bytesPerVector, found.bytesPerVector),
    times(floats.oneMs, found.oneMs),
    found.recall.toFixed(3),
    times(floats.oneMs, found.rescoredMs),
    found.rescoredRecall.toFixed(3),
    `${number(found.fillMs)} ms`,
  ];
}

function useDrawing(
  title: string,
  points: readonly RecallPoint[],
  axis: string,
  costText: (cost: number) => string,
) {
  return useCallback(
    ({ recallChart }: Drawings, width: number) => {
      const told = points.map(({ label, cost, recall, rescored }) => {
        const again = `rescored ${costText(rescored.cost)}, ${rescored.recall.toFixed(3)}`;
        return `${label}: ${costText(cost)}, recall ${recall.toFixed(3)}, ${again}`;
      });
      const description = `${title}. ${told.join('; ')}`;
      return recallChart({ points, families: familyNames, axis, width, description });
    },
    [title, points, axis, costText],
  );
}

function sizeText(bytes: number): string {
  return `${number(bytes)} bytes`;
}

/** What the colours and the shapes mean. */
function Legend({ codes }: { readonly codes: readonly CodeSearch[] }) {
  const families = familyNames.filter((name) => codes.some(({ family }) => family === name));
  return (
    <ul class="legend">
      {families.map((name) => (
        <li key={name}>
          <span class={`dot ${name}`} />
          {name}
        </li>
      ))}
      <li>
        <span class="dot ring" />
        rescored
      </li>
    </ul>
  );
}
