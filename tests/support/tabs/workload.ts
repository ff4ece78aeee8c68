/**
What a tab does in a test of several: writes and reads a few points that all tabs write and read, and remembers what it
was told when.

@module
*/
import type { Collection, PointId } from 'vicinal/worker';
import type { Operation } from './linearizable.js';

/** What was done to each point. */
export type History = { readonly [point: string]: Operation[] };

export interface WorkloadOptions {
  /** Other seeds do other things. Below 1000; values are told apart by it. */
  readonly seed: number;
  readonly points: readonly string[];
  /** Operations. */
  readonly count: number;
  /** Milliseconds, on the clock of all tabs. */
  readonly now: () => number;
  /** Called after each operation, with those that were done so far. */
  readonly onDone?: (history: History, done: number) => void;
}

/** Errors that say that a change may have been made, or that a read was not. */
const excused = new Set(['WORKER_CRASHED', 'TIMEOUT', 'STOPPED', 'DISPOSED']);

/** @returns All that was done. @throws Where a call rejects with what it must not reject with. */
export async function runWorkload(collection: Collection, options: WorkloadOptions): Promise<History> {
  const { seed, points, count, now, onDone } = options;
  const random = randomFrom(seed);
  const history: History = Object.fromEntries(points.map((point) => [point, []]));
  for (let done = 0; done < count; done++) {
    const point = points[Math.floor(random() * points.length)] as string;
    const value = 1000 * (done + 1) + seed;
    const start = now();
    const add = (kind: Operation['kind'], seen: number | null, isOpen = false) =>
      history[point]?.push({ kind, value: seen, start, end: now(), ...(isOpen && { isOpen }) });
    const choice = random();
    const [kind, written] =
      choice < 0.45 ? ['read' as const, null] : ['write' as const, choice < 0.85 ? value : null];
    try {
      if (kind === 'read') add('read', await pointValue(collection, point));
      else {
        await write(collection, point, written, random);
        add('write', written);
      }
    } catch (error) {
      const { code } = error as { code?: string };
      if (!excused.has(code ?? '')) throw error;
      if (kind === 'write') add('write', written, true);
      if (code === 'DISPOSED') break;
    }
    onDone?.(history, done + 1);
  }
  return history;
}

export async function pointValue(collection: Collection, point: PointId): Promise<number | null> {
  const [record] = await collection.retrieve([point]);
  return record === undefined ? null : ((record.payload as { value: number }).value ?? null);
}

/** In one of the ways that come to the same. */
async function write(
  collection: Collection,
  point: string,
  value: number | null,
  random: () => number,
): Promise<void> {
  if (value === null) {
    const filter = { must: [{ has_id: [point] }] };
    await collection.delete(random() < 0.5 ? [point] : { filter });
    return;
  }
  const vector = Float32Array.of(value, 1, 2, 3);
  await collection.upsert([{ id: point, vector, payload: { value } }]);
}

/** Numbers in [0, 1) by a linear congruential generator: Numerical Recipes' constants. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
