/**
A page in a browser of its own.

@module
*/
import type { Driver } from '../../browser/drivers/driver.js';
import {
  launchChromium,
  launchChromiumOnDisk,
  launchFirefox,
} from '../../browser/drivers/playwright-driver.js';
import { launchWebKit } from '../../browser/drivers/webkit-driver.js';
import type { Runtime, RuntimeKind } from './runtime.js';
import type { Site } from './site.js';

const launchers = { Chromium: launchChromium, Firefox: launchFirefox, WebKit: launchWebKit };
const launchersOnDisk = { ...launchers, Chromium: launchChromiumOnDisk };

/** Longest that a measurement may take, of others' slow ones too. */
const limitMs = 30 * 60_000;

export type BrowserName = keyof typeof launchers;

/** Starts the browser once, to learn its version and which variant it runs. */
export async function browserKind(site: Site, name: BrowserName, peers: boolean): Promise<RuntimeKind> {
  const driver = await launchers[name](limitMs);
  try {
    const runtime = await openPage(site, driver);
    const facts = { name, version: driver.version, variant: await runtime.call('variant') };
    return {
      title: `${name} ${shortVersion(driver.version)}, ${facts.variant}`,
      facts,
      peers,
      open: async () => openPage(site, await launchers[name](limitMs)),
      openOnDisk: async () => openPage(site, await launchersOnDisk[name](limitMs)),
    };
  } finally {
    await driver.close();
  }
}

/** `156` of `156.0.7`, `2.50` of `2.50.4`. */
function shortVersion(version: string): string {
  const [major, minor] = version.split('.');
  return minor === undefined || minor === '0' ? major! : `${major}.${minor}`;
}

async function openPage(site: Site, driver: Driver): Promise<Runtime> {
  const page = site.address('bench/index.html');
  await driver.open(page);
  const address = (file: string) => new URL(`../${file}`, page).href;
  return {
    call: (name, ...args) => driver.evaluate(`callBench(${JSON.stringify(name)}, ${JSON.stringify(args)})`),
    address,
    kernels: (variant) => address(`kernels/wasm-${variant}/bench_kernels.mjs`),
    close: () => driver.close(),
  };
}
