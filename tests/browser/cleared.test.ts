/** A site whose data its user clears while a page has it open. */
import { describe, expect, test } from 'vitest';
import { waitFor } from './drivers/driver.js';
import { useKeptPage } from './kept-page.js';

describe('a site whose data is cleared', () => {
  const page = useKeptPage();
  const { ask } = page;

  test.each(['opfs', 'indexeddb'])('is told so, closes, and begins anew, in %s', async (storage) => {
    const options = { name: `cleared ${storage}`, dim: 16, metric: 'euclidean', storage };
    await page.load();
    await ask('open', options);
    await ask('upsert', 1, 100);
    await page.driver.clearStorage?.();
    // Within a second or so.
    const { code } = await ask<{ code: string }>('fill', 101);
    expect(code).toBe('STORAGE_FAILED');
    await ask('close');
    await ask('open', options);
    expect(await ask('ids')).toEqual([]);
    await ask('upsert', 1, 10);

    // Without a change that could tell.
    await page.driver.clearStorage?.();
    await ask('close');
    await page.driver.reload();
    await waitFor(page.driver, 'globalThis.isReady');
    await ask('open', options);
    expect(await ask('ids')).toEqual([]);
  });
});
