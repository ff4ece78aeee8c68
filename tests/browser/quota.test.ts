/** A site that may keep no more, as the browser has it: what was acknowledged is there, and the next is refused. */
import { describe, expect, test } from 'vitest';
import { waitFor } from './drivers/driver.js';
import { useKeptPage } from './kept-page.js';

/** Beyond what is there when the limit is set. */
const roomBytes = 3_000_000;

describe('a site that may keep no more', () => {
  const page = useKeptPage();
  const { ask } = page;

  test.each([
    ['opfs', 'strict'],
    ['indexeddb', 'strict'],
    ['indexeddb', 'relaxed'],
  ])('takes what there is room for, in %s, %s', async (storage, durability) => {
    const name = `limited ${storage} ${durability}`;
    const options = { name, dim: 16, metric: 'euclidean', storage, durability, shards: 1 };
    await page.load();
    await ask('open', options);
    await ask('upsert', 1, 100);
    await page.driver.limitStorage?.((await ask<number>('usage')) + roomBytes);
    const { first, code, message } = await ask<{ first: number; code: string; message: string }>('fill', 101);
    expect(code).toBe('STORAGE_FULL');
    const [, keptBytes] = /the site, which keeps (\d+)/.exec(message) ?? [];
    expect(Number(keptBytes)).toBeGreaterThan(roomBytes / 2);
    expect(first).toBeGreaterThan(1000);
    const taken = await ask<number[]>('ids');
    expect(taken).toEqual(Array.from(taken, (_, i) => i + 1));
    // What was acknowledged before it was flushed may be lost with what is refused.
    if (durability === 'strict') expect(taken).toHaveLength(first - 1);
    else expect(taken.length % 100 === 0 && taken.length >= 100 && taken.length < first).toBe(true);

    await page.driver.limitStorage?.(undefined);
    await ask('upsert', taken.length + 1, taken.length + 10);
    const ids = Array.from({ length: taken.length + 10 }, (_, i) => i + 1);
    expect(await ask('ids')).toEqual(ids);
    const answers = await ask('answers', 77);
    await page.driver.reload();
    await waitFor(page.driver, 'globalThis.isReady');
    await ask('open', options);
    expect(await ask('ids')).toEqual(ids);
    expect(await ask('answers', 77)).toEqual(answers);
  });
});
