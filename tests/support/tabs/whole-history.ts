/**
What all tabs were told, put together.

@module
*/
import { isLinearizable, type Operation } from './linearizable.js';
import type { History } from './workload.js';

/** What one tab was told. */
export interface TabHistory {
  readonly seed: number;
  readonly history: History;
  /** It was killed: what it had asked for since may have been done. */
  readonly isCut: boolean;
}

/**
Whether one history of a point explains what all tabs were told of it.

@param value - What it is in the end, at `end`.
*/
export function isOneHistory(
  tabs: readonly TabHistory[],
  point: string,
  value: number | null,
  end: number,
): boolean {
  const told = tabs.flatMap(({ history }) => history[point] ?? []);
  const operations: Operation[] = [...told, { kind: 'read', value, start: end, end }];
  const written = new Set(told.flatMap((operation) => (operation.kind === 'write' ? operation.value : [])));
  const cut = tabs.filter(({ isCut }) => isCut);
  const seen = new Set(operations.flatMap((operation) => (operation.kind === 'read' ? operation.value : [])));
  for (const { seed, history } of cut) {
    // After what it had been told.
    const start = Math.max(
      0,
      ...Object.values(history).flatMap((all) => all.map((operation) => operation.end)),
    );
    const untold = [...seen].find((each) => each !== null && each % 1000 === seed && !written.has(each));
    // One operation was under way: a write that somebody saw, else, for all that is known, a deletion.
    operations.push({ kind: 'write', value: untold ?? null, start, end, isOpen: true });
  }
  return isLinearizable(operations);
}
