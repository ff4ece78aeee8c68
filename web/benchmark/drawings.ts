/**
What draws the charts, by Observable Plot as SVG. Loaded when a benchmark is first run, since Plot is larger than the
rest of the page.

@module
*/
export { barChart } from './bar-chart.js';
export { graphChart } from './graph-chart.js';
export { recallChart } from './recall-chart.js';
