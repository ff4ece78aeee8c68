/** A site whose data its user clears while a page has it open. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Driver, waitFor } from './drivers/driver.js';
import { launchChromiumOnDisk } from './drivers/playwright-driver.js';
import { type Site, startSite } from './site.js';

describe('a site whose data is cleared', () => {
  let site: Site;
  let driver: Driver;
  beforeAll(async () => {
    site = await startSite();
    driver = await launchChromiumOnDisk();
  });
  afterAll(async () => {
    await driver?.close();
    await site?.close();
  });

  const ask = <T>(name: string, ...values: unknown[]) =>
    driver.evaluate<T>(`kept.${name}(${values.map((value) => JSON.stringify(value)).join()})`);

  test.each(['opfs', 'indexeddb'])('is told so, closes, and begins anew, in %s', async (storage) => {
    const options = { name: `cleared ${storage}`, dim: 16, metric: 'euclidean', storage };
    await driver.open(site.url('kept/page.html'));
    await waitFor(driver, 'globalThis.isReady');
    await ask('open', options);
    await ask('upsert', 1, 100);
    await driver.clearStorage?.();
    // Within a second or so.
    const { code } = await ask<{ code: string }>('fill', 101);
    expect(code).toBe('STORAGE_FAILED');
    await ask('close');
    await ask('open', options);
    expect(await ask('ids')).toEqual([]);
    await ask('upsert', 1, 10);

    // Without a change that could tell.
    await driver.clearStorage?.();
    await ask('close');
    await driver.reload();
    await waitFor(driver, 'globalThis.isReady');
    await ask('open', options);
    expect(await ask('ids')).toEqual([]);
  });
});
