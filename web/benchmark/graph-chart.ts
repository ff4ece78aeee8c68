/**
Recall against queries a second: a line for each graph, with a dot for each `efSearch`, and a dot for exact search.

@module
*/
import { axisX, axisY, dot, gridX, gridY, line, plot, text } from '@observablehq/plot';
import { asImage, CHARACTER_WIDTH, halo, plotOptions, RECALL, recallTitle } from './as-image.js';
import { type Box, placeLabels } from './place-labels.js';
import { decimalTicks } from './ticks.js';

export interface GraphPoint {
  /** Points of one series have one colour, and a line in their order. */
  readonly series: string;
  /** Stands beside the dot; empty where nothing does. */
  readonly label: string;
  readonly perSecond: number;
  readonly recall: number;
}

export interface GraphChartOptions {
  readonly points: readonly GraphPoint[];
  /** Of the colours, in their order. */
  readonly series: readonly string[];
  readonly width: number;
  /** What a reader who does not see the chart is told. */
  readonly description: string;
}

const HEIGHT = 320;
const MARGIN = { left: 50, right: 18, top: 28, bottom: 44 };
const RADIUS = 4.5;
const LINE_HEIGHT = 15;

/** Of the series, in their order; style/benchmark.css has the same. */
const colours = ['var(--quiet)', 'var(--series-1)', 'var(--series-2)'];

export function graphChart({ points, series, width, description }: GraphChartOptions): Element {
  const speeds = points.map(({ perSecond }) => perSecond);
  // Some room beside the outermost dots; recall ends at 1.
  const x = { domain: [Math.min(...speeds) / 1.3, Math.max(...speeds) * 1.3] as const };
  const least = Math.min(...points.map(({ recall }) => recall));
  const y = { domain: [Math.floor(least * 20 - 0.2) / 20, 1] as const };
  const plotted = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const at = ({ perSecond, recall }: GraphPoint) => ({
    x:
      MARGIN.left + (plotted.width * Math.log(perSecond / x.domain[0])) / Math.log(x.domain[1] / x.domain[0]),
    y: MARGIN.top + (plotted.height * (1 - recall)) / (1 - y.domain[0]),
  });
  const labelled = points.filter(({ label }) => label !== '');
  const labels = placeLabels(
    labelled.map((point) => ({
      ...at(point),
      width: point.label.length * CHARACTER_WIDTH,
      height: LINE_HEIGHT,
    })),
    [recallTitle, ...points.map((point) => around(at(point), RADIUS))],
    { left: MARGIN.left, right: width, top: 0, bottom: HEIGHT - MARGIN.bottom },
    RADIUS + 3,
  );
  const xTicks = decimalTicks(x.domain[0], x.domain[1], plotted.width);
  return asImage(
    plot({
      ...plotOptions(),
      width,
      height: HEIGHT,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: MARGIN.top,
      marginBottom: MARGIN.bottom,
      x: { type: 'log', domain: [...x.domain] },
      y: { domain: [...y.domain] },
      color: { domain: [...series], range: colours.slice(0, series.length) },
      ariaLabel: description,
      marks: [
        gridX({ ticks: xTicks, stroke: 'var(--line)', strokeOpacity: 1 }),
        gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
        axisX({
          ticks: xTicks,
          tickFormat: (value: number) => value.toLocaleString('en'),
          label: 'queries a second',
          labelAnchor: 'center',
          labelArrow: 'none',
          tickSize: 0,
        }),
        axisY({ ticks: 5, label: RECALL, labelArrow: 'none', tickSize: 0 }),
        line(points, { x: 'perSecond', y: 'recall', z: 'series', stroke: 'series', strokeWidth: 2 }),
        labels.map(({ x, y }, i) =>
          text([labelled[i]], {
            text: 'label',
            ...{ frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'middle' },
            ...{ dx: x - MARGIN.left, dy: y - MARGIN.top, ...halo },
          }),
        ),
        // Where there is no room a label lies under a dot, not on it.
        dot(points, { x: 'perSecond', y: 'recall', fill: 'series', r: RADIUS }),
      ],
    }),
  );
}

function around({ x, y }: { x: number; y: number }, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}
