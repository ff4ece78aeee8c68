/**
Runs the scenarios of fixtures/ in a fresh page.

@module
*/
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { waitFor } from '../drivers/driver.js';
import { startPlain } from '../drivers/plain-browser.js';
import type * as scenarios from '../fixtures/scenarios.js';
import { startSite, type WayName } from '../site.js';
import type { Bench } from './browser.js';
import { Telling } from './told.js';

export type ScenarioName = keyof typeof scenarios;
type ScenarioValue<Name extends ScenarioName> = Awaited<ReturnType<(typeof scenarios)[Name]>>;

export interface Outcome<Name extends ScenarioName> {
  readonly value?: ScenarioValue<Name>;
  readonly error?: { readonly code: string; readonly message: string; readonly isOurs: boolean };
  readonly ms: number;
}

export interface RunOptions {
  /** How the server treats what is loaded. */
  readonly way?: WayName;
  /** In the page itself, in a worker that it wrote for itself, or in a page of one classic script. */
  readonly place?: 'page' | 'own worker' | 'classic page';
  /** The entries that find the package's files, or those that have them within. */
  readonly entries?: 'files' | 'inline';
  readonly options?: object;
}

/** Runs a scenario and tells how it ended. */
export async function run<Name extends ScenarioName>(
  { driver, site }: Bench,
  name: Name,
  { way = 'plain', place = 'page', entries = 'files', options = {} }: RunOptions = {},
): Promise<Outcome<Name>> {
  const page = place === 'classic page' ? 'classic' : 'scenarios';
  const runner = place === 'own worker' ? 'runInOwnWorker' : 'runInPage';
  const args = [entries, name, options];
  // A worker that starts another stands still in its constructor, once in some twenty times, where Firefox is driven:
  // its agent listens to what workers there are, and the constructor waits for the main thread to have told it.
  if (driver.name === 'firefox' && place === 'own worker' && startWorkers.has(name))
    return runUndriven(way, [runner, ...args]);
  await driver.open(site.url(`fixtures/${page}.html`, way));
  await waitFor(driver, 'globalThis.isReady');
  return driver.evaluate(`${runner}(${args.map((value) => JSON.stringify(value)).join(', ')})`);
}

/** Scenarios that start workers. */
const startWorkers: ReadonlySet<ScenarioName> = new Set<ScenarioName>(['searchInWorker', 'shareModule']);

/** Runs a scenario in a Firefox that nobody drives. */
async function runUndriven<Name extends ScenarioName>(
  way: WayName,
  call: readonly unknown[],
): Promise<Outcome<Name>> {
  const telling = new Telling();
  const site = await startSite(telling.onPost);
  const profile = await mkdtemp(join(tmpdir(), 'vicinal-'));
  const address = site.url('fixtures/scenarios.html', way);
  try {
    const browser = await startPlain(
      'firefox',
      profile,
      `${address}#${encodeURIComponent(JSON.stringify(call))}`,
    );
    try {
      return JSON.parse((await telling.next()).body);
    } finally {
      await browser.kill();
    }
  } finally {
    await site.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** Runs a scenario that must succeed. */
export async function value<Name extends ScenarioName>(
  bench: Bench,
  name: Name,
  options?: RunOptions,
): Promise<ScenarioValue<Name>> {
  const outcome = await run(bench, name, options);
  expect(outcome.error).toBeUndefined();
  return outcome.value as ScenarioValue<Name>;
}
