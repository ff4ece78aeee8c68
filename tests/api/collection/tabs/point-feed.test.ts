/** Points that one writer after another pulls from a source. */
import { describe, expect, it } from 'vitest';
import { PointFeed } from '../../../../worker/collection/tabs/point-feed.js';
import type { Point } from '../../../../worker/collection/types.js';

const shapes = { dense: new Map([['', { dim: 1, metric: 'cosine' as const }]]), sparse: new Map() };
const pointOf = (id: number): Point => ({ id, vector: new Float32Array([1]) });

/** Points 1 and 2, and once `open` is called 3 and 4. */
function gatedFeed() {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  async function* source() {
    yield* [1, 2].map(pointOf);
    await gate;
    yield* [3, 4].map(pointOf);
  }
  return { feed: new PointFeed(source(), 2, shapes, {}), open };
}

describe('the points of an upsert', () => {
  it('are all pulled by the next writer, where the one before it waits for some', async () => {
    const { feed, open } = gatedFeed();
    expect((await feed.pull())?.points.map(({ id }) => id)).toEqual([1, 2]);
    feed.progress({ phase: 'upsert', done: 2, total: 2 });
    const early = feed.pull();
    feed.rewind();
    const pulled: unknown[] = [];
    const late = (async () => {
      for (;;) {
        const next = await feed.pull();
        pulled.push(...(next?.points ?? []).map(({ id }) => id));
        if (next === undefined || next.end !== undefined) return next?.end;
      }
    })();
    open();
    expect(await early).toBeUndefined();
    expect(await late).toBe('ended');
    expect(pulled).toEqual([3, 4]);
  });

  it('are not given to an earlier run in the same tab', async () => {
    const { feed, open } = gatedFeed();
    const run = async () => {
      const ids: unknown[] = [];
      for await (const { id } of feed.iterate()) ids.push(id);
      return ids;
    };
    const early = run();
    // It waits for the third.
    await new Promise((resolve) => setTimeout(resolve));
    feed.progress({ phase: 'upsert', done: 2, total: 2 });
    feed.rewind();
    const late = run();
    open();
    expect(await early).toEqual([1, 2]);
    expect(await late).toEqual([3, 4]);
  });
});
