/**
Runs the scenarios of fixtures/ in a fresh page.

@module
*/
import { expect } from 'vitest';
import { waitFor } from '../drivers/driver.js';
import type * as scenarios from '../fixtures/scenarios.js';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';

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
  await driver.open(site.url(`fixtures/${page}.html`, way));
  await waitFor(driver, 'globalThis.isReady');
  const runner = place === 'own worker' ? 'runInOwnWorker' : 'runInPage';
  const args = [entries, name, options].map((value) => JSON.stringify(value));
  return driver.evaluate(`${runner}(${args.join(', ')})`);
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
