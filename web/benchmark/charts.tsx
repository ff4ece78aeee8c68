/** What was measured, as charts. */
import { useCallback, useMemo } from 'preact/hooks';
import { number } from '../format.js';
import type { Bar } from './bar-chart.js';
import { Chart, type Drawings } from './chart.js';
import { CodeCharts } from './code-charts.js';
import { GraphCharts } from './graph-charts.js';
import type { Measurements } from './measurements.js';
import { time } from './time.js';

export function Charts({ measurements }: { readonly measurements: Measurements }) {
  const { exact, graphs, codes, metric, dim } = measurements;
  const [floats] = codes;
  const bars = useMemo<Bar[]>(
    () =>
      exact.flatMap(({ metric: group, oneMs, batchMs }) => [
        { group, series: 'one', value: oneMs, label: `${time(oneMs)} alone` },
        { group, series: 'batch', value: batchMs, label: `${time(batchMs)} in batch` },
      ]),
    [exact],
  );
  const title = 'Exact search, every row compared';
  const draw = useCallback(
    ({ barChart }: Drawings, width: number) => {
      const description = `${title}: ${bars.map((bar) => `${bar.group}, ${bar.label}`).join('; ')}`;
      return barChart({ bars, axis: 'milliseconds a query', width, description });
    },
    [bars],
  );
  return (
    <div class="charts">
      <Chart
        id="chart-exact"
        title={title}
        note="Time of one query asked alone, and of one in a batch of 100. Shorter is better."
        draw={draw}
        table={{
          head: ['Metric', 'Alone', 'In a batch of 100'],
          rows: exact.map((found) => [found.metric, time(found.oneMs), time(found.batchMs)]),
        }}
      />
      {floats && graphs.length > 0 && <GraphCharts graphs={graphs} exactMs={floats.oneMs} metric={metric} />}
      {codes.length > 1 && (
        <CodeCharts codes={codes} metric={metric} floatBytes={`${number(4 * dim)} bytes`} />
      )}
    </div>
  );
}
