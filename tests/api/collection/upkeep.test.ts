/** When what is done in stillness is done. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Upkeep } from '../../../worker/collection/durable/upkeep.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(pieces = 1) {
  const done: string[] = [];
  let left = pieces;
  const upkeep = new Upkeep(
    async () => {
      done.push('piece');
      return --left <= 0;
    },
    async () => done.push('rest'),
  );
  return { done, upkeep };
}

it('is done once it is still for a moment, and it rests once', async () => {
  const { done, upkeep } = watched(3);
  upkeep.changed();
  await vi.advanceTimersByTimeAsync(400);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(done).toEqual(['piece', 'piece', 'piece']);
  await vi.advanceTimersByTimeAsync(9000);
  expect(done).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toEqual(['piece', 'piece', 'piece', 'rest']);
});

it('does not rest where there are changes', async () => {
  const { done, upkeep } = watched();
  for (let round = 0; round < 5; round++) {
    upkeep.changed();
    await vi.advanceTimersByTimeAsync(5000);
    upkeep.pause();
    await vi.advanceTimersByTimeAsync(20_000);
  }
  expect(done).toEqual(Array(5).fill('piece'));
});

it('does nothing more once it has ended', async () => {
  const { done, upkeep } = watched();
  upkeep.changed();
  await vi.advanceTimersByTimeAsync(1000);
  upkeep.end();
  upkeep.changed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toEqual(['piece']);
});
