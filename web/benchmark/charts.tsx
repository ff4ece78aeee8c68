/** What was measured, as four charts. */
import { useMemo } from 'preact/hooks';
import { bytes } from '../format.js';
import type { Bar } from './bar-chart.js';
import { Chart } from './chart.js';
import type { CodeSearch, Measurements } from './measurements.js';

/** Three digits, so that alike times can be told apart. */
function time(ms: number): string {
  return `${ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)} ms`;
}

function bitsName({ bits }: CodeSearch): string {
  return bits === 32 ? 'floats' : `${bits} ${bits === 1 ? 'bit' : 'bits'}`;
}

export function Charts({ measurements }: { readonly measurements: Measurements }) {
  const { exact, codes, metric } = measurements;
  const exactBars = useMemo<Bar[]>(
    () =>
      exact.flatMap(({ metric: group, oneMs, batchMs }) => [
        { group, series: 'one', value: oneMs, label: `${time(oneMs)} alone` },
        { group, series: 'batch', value: batchMs, label: `${time(batchMs)} in batch` },
      ]),
    [exact],
  );
  const bars = useMemo(() => codeBars(codes), [codes]);
  return (
    <div class="charts">
      <Chart
        id="chart-exact"
        title="Exact search, every row compared"
        note="Time of one query asked alone, and of one in a batch of 100. Shorter is better."
        axis="milliseconds a query"
        bars={exactBars}
        table={{
          head: ['Metric', 'Alone', 'In a batch of 100'],
          rows: exact.map((found) => [found.metric, time(found.oneMs), time(found.batchMs)]),
        }}
      />
      {codes.length > 0 && (
        <>
          <Chart
            id="chart-time"
            title="Compressed search, time"
            note={`Time of one query over codes of so many bits a value; ${metric}. Shorter is better; beside it, how many times faster than floats.`}
            axis="milliseconds a query"
            bars={bars.time}
            table={{
              head: ['Code', 'Time'],
              rows: codes.map((found) => [bitsName(found), time(found.oneMs)]),
            }}
          />
          <Chart
            id="chart-recall"
            title="Compressed search, recall@10"
            note="Share of the 10 nearest that are found: by the codes alone, and where the 40 best are scored again on the floats. Longer is better."
            axis="recall@10"
            max={1}
            bars={bars.recall}
            table={{
              head: ['Code', 'Codes alone', 'Rescored'],
              rows: codes.map((found) => [
                bitsName(found),
                found.recall.toFixed(3),
                found.rescoredRecall.toFixed(3),
              ]),
            }}
          />
          <Chart
            id="chart-memory"
            title="Compressed search, memory"
            note="What all rows take, where the floats are not kept. Shorter is better."
            axis="megabytes"
            bars={bars.memory}
            table={{
              head: ['Code', 'Memory'],
              rows: codes.map((found) => [bitsName(found), bytes(found.memoryBytes)]),
            }}
          />
        </>
      )}
    </div>
  );
}

function codeBars(codes: readonly CodeSearch[]): { time: Bar[]; recall: Bar[]; memory: Bar[] } {
  const exactMs = codes[0]?.oneMs ?? 0;
  const times = (found: CodeSearch): string =>
    found.bits === 32 || found.oneMs === 0 ? '' : `, ${(exactMs / found.oneMs).toFixed(1)} ×`;
  return {
    time: codes.map((found) => ({
      group: bitsName(found),
      series: 'one',
      value: found.oneMs,
      label: time(found.oneMs) + times(found),
    })),
    recall: codes
      .filter(({ bits }) => bits !== 32)
      .flatMap((found) => [
        {
          group: bitsName(found),
          series: 'codes',
          value: found.recall,
          label: `${found.recall.toFixed(3)} codes`,
        },
        {
          group: bitsName(found),
          series: 'rescored',
          value: found.rescoredRecall,
          label: `${found.rescoredRecall.toFixed(3)} rescored`,
        },
      ]),
    memory: codes.map((found) => ({
      group: bitsName(found),
      series: 'memory',
      value: found.memoryBytes / 1e6,
      label: bytes(found.memoryBytes),
    })),
  };
}
