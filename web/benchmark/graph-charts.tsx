/** What graphs find, and how fast, as the walk keeps more rows in view; beside exact search. */
import { useCallback, useMemo } from 'preact/hooks';
import type { Metric } from 'vicinal/worker';
import { number } from '../format.js';
import { Chart, type Drawings } from './chart.js';
import type { GraphPoint } from './graph-chart.js';
import type { GraphSearches } from './measurements.js';
import { time } from './time.js';

const EXACT = 'exact';
/** Of a clock that ticked in none of the searches. */
const LEAST_MS = 0.001;

interface GraphChartsProps {
  readonly graphs: readonly GraphSearches[];
  /** One query by exact search. */
  readonly exactMs: number;
  readonly metric: Metric;
}

export function GraphCharts({ graphs, exactMs, metric }: GraphChartsProps) {
  const series = useMemo(() => [EXACT, ...graphs.map(({ name }) => name)], [graphs]);
  const points = useMemo<GraphPoint[]>(() => {
    const exact = { series: EXACT, label: EXACT, perSecond: perSecond(exactMs), recall: 1 };
    return [exact, ...graphs.flatMap(pointsOf)];
  }, [graphs, exactMs]);
  const draw = useCallback(
    ({ graphChart }: Drawings, width: number) => {
      const told = points.map(
        ({ series: name, label, perSecond: speed, recall }) =>
          `${name}${label === '' || label === name ? '' : `, ${label}`}: ${number(speed)} a second, recall ${recall.toFixed(3)}`,
      );
      return graphChart({ points, series, width, description: `${title}. ${told.join('; ')}` });
    },
    [points, series],
  );
  const rows = graphs.flatMap(({ name, searches }) =>
    searches.map(({ efSearch, recall, oneMs }) => [
      `${name}, ${efSearch}`,
      recall.toFixed(3),
      time(oneMs),
      number(perSecond(oneMs)),
    ]),
  );
  return (
    <Chart
      id="chart-graph"
      title={title}
      note={`Share of the 10 nearest that a walk through a graph finds, by ${metric}, as efSearch grows from right to left. Higher and further right is better. ${built(graphs)}`}
      draw={draw}
      legend={<Legend names={series} />}
      table={{
        head: ['Walk, efSearch', 'Recall', 'Time', 'Queries a second'],
        rows: [[EXACT, '1.000', time(exactMs), number(perSecond(exactMs))], ...rows],
      }}
    />
  );
}

const title = 'Graph: recall against queries a second';

function pointsOf({ name, searches }: GraphSearches): GraphPoint[] {
  return searches.map(({ efSearch, recall, oneMs }, i) => ({
    series: name,
    // Those between follow from these.
    label: i === 0 || i === searches.length - 1 ? `${efSearch}` : '',
    perSecond: perSecond(oneMs),
    recall,
  }));
}

function built(graphs: readonly GraphSearches[]): string {
  const told = graphs.map(
    ({ name, fillMs, bytesPerVector }) =>
      `${name} in ${number(fillMs)} ms, ${number(bytesPerVector)} bytes a row`,
  );
  return `Built: ${told.join('; ')}.`;
}

function perSecond(ms: number): number {
  return 1000 / Math.max(LEAST_MS, ms);
}

/** What the colours mean. */
function Legend({ names }: { readonly names: readonly string[] }) {
  return (
    <ul class="legend">
      {names.map((name, i) => (
        <li key={name}>
          <span class={`dot series-${i}`} />
          {name}
        </li>
      ))}
    </ul>
  );
}
