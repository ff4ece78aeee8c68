/** What is running here: shown below the answers. */
import type { EngineStats } from 'vicinal/worker';
import { byId, create } from './element.js';
import { megabytes, milliseconds, number } from './format.js';

export interface StartFacts {
  /** Bytes of the demo's data that came over the network. */
  readonly dataBytes: number;
  /** Time to start the worker and add all rows. */
  readonly startMs: number;
}

export function showFacts(stats: EngineStats, { dataBytes, startMs }: StartFacts): void {
  const facts: [string, string][] = [
    ['Rows', `${number(stats.size)} × ${number(stats.dimension)}`],
    ['Search', `${stats.index === 'flat' ? 'exact' : stats.index}, ${stats.metric}`],
    ['Module', stats.variant],
    ['Memory', megabytes(stats.memoryBytes)],
    ['Data', megabytes(dataBytes)],
    ['Worker started, rows added', milliseconds(startMs)],
  ];
  byId('facts', HTMLElement).replaceChildren(
    ...facts.map(([name, value]) => create('div', {}, create('dt', {}, name), create('dd', {}, value))),
  );
}
