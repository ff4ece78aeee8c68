/**
Bars side by side.

@module
*/
import { axisX, barX, gridX, plot, ruleX, text } from '@observablehq/plot';
import { asImage, CHARACTER_WIDTH, halo, plotOptions } from './as-image.js';
import { axisTicks } from './ticks.js';

export interface Bar {
  /** Bars of a group stand together, under its name. */
  readonly group: string;
  /** What a bar is, among the bars of its group. All bars of a series have one colour. */
  readonly series: string;
  readonly value: number;
  /** The value with its unit, and what it is where that is not plain: stands at the end of the bar. */
  readonly label: string;
}

export interface BarChartOptions {
  readonly bars: readonly Bar[];
  /** What the axis counts, with its unit. */
  readonly axis: string;
  readonly width: number;
  /** What a reader who does not see the chart is told. */
  readonly description: string;
  /** Largest value of the axis. Default: the largest of the bars. */
  readonly max?: number;
}

const BAR_HEIGHT = 22;
const GROUP_GAP = 12;
const colours = ['var(--series-1)', 'var(--series-2)'];

export function barChart({ bars, axis, width, description, max }: BarChartOptions): Element {
  const series = [...new Set(bars.map((bar) => bar.series))];
  const groups = [...new Set(bars.map((bar) => bar.group))];
  const marginLeft = 14 + CHARACTER_WIDTH * Math.max(...groups.map((group) => group.length));
  const marginRight = 10 + CHARACTER_WIDTH * Math.max(...bars.map(({ label }) => label.length));
  const most = max ?? Math.max(...bars.map(({ value }) => value));
  const wanted = axisTicks(most, width - marginLeft - marginRight);
  const ticks = typeof wanted === 'number' ? { ticks: wanted } : { ticks: wanted, tickFormat: String };
  return asImage(
    plot({
      ...plotOptions(),
      width,
      height: groups.length * (series.length * BAR_HEIGHT + GROUP_GAP) + 44,
      marginLeft,
      marginRight,
      marginTop: 0,
      marginBottom: 40,
      x: { domain: [0, most] },
      y: { axis: null, domain: series, padding: 0.12 },
      fy: {
        axis: 'left',
        label: null,
        domain: groups,
        padding: GROUP_GAP / (series.length * BAR_HEIGHT + GROUP_GAP),
      },
      color: { domain: series, range: colours.slice(0, series.length) },
      ariaLabel: description,
      marks: [
        gridX({ ticks: ticks.ticks, stroke: 'var(--line)', strokeOpacity: 1 }),
        axisX({ ...ticks, label: axis, labelAnchor: 'center', labelArrow: 'none', tickSize: 0 }),
        barX(bars, { x: 'value', y: 'series', fy: 'group', fill: 'series', insetTop: 1, insetBottom: 1 }),
        text(bars, {
          x: 'value',
          y: 'series',
          fy: 'group',
          text: 'label',
          textAnchor: 'start',
          dx: 6,
          ...halo,
        }),
        ruleX([0], { stroke: 'currentColor' }),
      ],
    }),
  );
}
