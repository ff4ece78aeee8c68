/**
What all charts have in common.

@module
*/
import type { PlotOptions } from '@observablehq/plot';

/** Most of a character, so that texts beside marks have room. */
export const CHARACTER_WIDTH = 7.2;

/** Title of the axis of recall, and the room that it takes in the upper left of its chart. */
export const RECALL = 'recall@10';
export const recallTitle = { left: 0, right: 4 + CHARACTER_WIDTH * RECALL.length, top: 0, bottom: 16 };

/** Keeps the grid's lines off the texts. */
export const halo = { fill: 'currentColor', stroke: 'var(--surface)', strokeWidth: 4 };

/**
Options of every plot. Plot brings a style element of its own, which a strict policy refuses, in Firefox even before it
is in the page. So a chart grows in a document without a policy and leaves its style behind: style/benchmark.css has
what it says.
*/
export function plotOptions(): PlotOptions {
  return { document: document.implementation.createHTMLDocument(), className: 'plot' };
}

/** A finished plot as one image. */
export function asImage(chart: Element): Element {
  chart.setAttribute('role', 'img');
  // To assistive technology an image is one thing: names of its parts would only be in the way.
  for (const part of chart.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  chart.querySelector('style')?.remove();
  return chart;
}
