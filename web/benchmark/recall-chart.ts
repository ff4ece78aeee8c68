/**
Recall against what it costs: a dot for each kind of codes, and a ring for the same codes rescored, joined by a line.

@module
*/
import { axisX, axisY, dot, gridX, gridY, link, plot, text } from '@observablehq/plot';
import { asImage, CHARACTER_WIDTH, halo, plotOptions, RECALL, recallTitle } from './as-image.js';
import { type Box, placeLabels } from './place-labels.js';
import { decimalTicks } from './ticks.js';

export interface RecallPoint {
  readonly label: string;
  /** Codes of one family have one colour. */
  readonly family: string;
  /** What it costs, more than 0. */
  readonly cost: number;
  readonly recall: number;
  /** The same codes rescored. */
  readonly rescored: { readonly cost: number; readonly recall: number };
}

export interface RecallChartOptions {
  readonly points: readonly RecallPoint[];
  /** Of the colours, in their order. */
  readonly families: readonly string[];
  /** What the axis of costs counts, with its unit. */
  readonly axis: string;
  readonly width: number;
  /** What a reader who does not see the chart is told. */
  readonly description: string;
}

const HEIGHT = 300;
const MARGIN = { left: 44, right: 18, top: 28, bottom: 44 };
const RADIUS = 5;
const LINE_HEIGHT = 15;

/** Of the families, in their order; style/benchmark.css has the same. */
const colours = ['var(--quiet)', 'var(--series-1)', 'var(--series-2)', 'var(--series-3)'];

export function recallChart({ points, families, axis, width, description }: RecallChartOptions): Element {
  const costs = points.flatMap(({ cost, rescored }) => [cost, rescored.cost]);
  const recalls = points.flatMap(({ recall, rescored }) => [recall, rescored.recall]);
  // Some room beside the outermost dots; recall ends at 1.
  const x = { domain: [Math.min(...costs) / 1.3, Math.max(...costs) * 1.3] as const };
  const y = { domain: [Math.floor(Math.min(...recalls) * 10 - 0.2) / 10, 1] as const };
  const plotted = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const at = (cost: number, recall: number) => ({
    x: MARGIN.left + (plotted.width * Math.log(cost / x.domain[0])) / Math.log(x.domain[1] / x.domain[0]),
    y: MARGIN.top + (plotted.height * (1 - recall)) / (1 - y.domain[0]),
  });
  const dots: Box[] = points.flatMap(({ cost, recall, rescored }) =>
    [at(cost, recall), at(rescored.cost, rescored.recall)].map((center) => around(center, RADIUS, RADIUS)),
  );
  const labels = placeLabels(
    points.map(({ cost, recall, label }) => ({
      ...at(cost, recall),
      width: label.length * CHARACTER_WIDTH,
      height: LINE_HEIGHT,
    })),
    [recallTitle, ...dots],
    { left: MARGIN.left, right: width, top: 0, bottom: HEIGHT - MARGIN.bottom },
    RADIUS + 3,
  );
  const xTicks = decimalTicks(x.domain[0], x.domain[1], plotted.width);
  const rescoredPoints = points.map(({ family, rescored }) => ({ family, ...rescored }));
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
      color: { domain: [...families], range: colours.slice(0, families.length) },
      ariaLabel: description,
      marks: [
        gridX({ ticks: xTicks, stroke: 'var(--line)', strokeOpacity: 1 }),
        gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
        axisX({
          ticks: xTicks,
          tickFormat: String,
          label: axis,
          labelAnchor: 'center',
          labelArrow: 'none',
          tickSize: 0,
        }),
        axisY({ ticks: 5, label: RECALL, labelArrow: 'none', tickSize: 0 }),
        link(points, {
          x1: 'cost',
          y1: 'recall',
          x2: ({ rescored }: RecallPoint) => rescored.cost,
          y2: ({ rescored }: RecallPoint) => rescored.recall,
          stroke: 'family',
          strokeOpacity: 0.6,
        }),
        labels.map(({ x, y }, i) =>
          text([points[i]], {
            text: 'label',
            ...{ frameAnchor: 'top-left', textAnchor: 'start', lineAnchor: 'middle' },
            ...{ dx: x - MARGIN.left, dy: y - MARGIN.top, ...halo },
          }),
        ),
        // Where there is no room a label lies under a dot, not on it.
        dot(rescoredPoints, {
          ...{ x: 'cost', y: 'recall', stroke: 'family', fill: 'var(--surface)' },
          ...{ strokeWidth: 2, r: RADIUS },
        }),
        dot(points, { x: 'cost', y: 'recall', fill: 'family', r: RADIUS }),
      ],
    }),
  );
}

function around({ x, y }: { x: number; y: number }, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}
