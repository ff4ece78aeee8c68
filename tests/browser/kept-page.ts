/**
A page with a collection that outlives it, in a Chromium that keeps files on disk: those of private pages are in memory, and
have no limit.

@module
*/
import { afterAll, beforeAll } from 'vitest';
import { type Driver, waitFor } from './drivers/driver.js';
import { launchChromiumOnDisk } from './drivers/playwright-driver.js';
import { type Site, startSite } from './site.js';

export interface KeptPage {
  readonly driver: Driver;
  /** Opens the page. */
  load(): Promise<void>;
  /** Calls one of the functions of kept/page.ts. */
  ask<T>(name: string, ...values: unknown[]): Promise<T>;
}

/** For the tests of the file, or of the `describe` that it is called in. */
export function useKeptPage(): KeptPage {
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
  return {
    get driver() {
      return driver;
    },
    async load() {
      await driver.open(site.url('kept/page.html'));
      await waitFor(driver, 'globalThis.isReady');
    },
    ask: (name, ...values) =>
      driver.evaluate(`kept.${name}(${values.map((value) => JSON.stringify(value)).join()})`),
  };
}
