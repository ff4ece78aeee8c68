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

interface RunOptions {
  /** How the server treats what is loaded. */
  readonly way?: WayName;
  /** In the page itself, or in a worker that it wrote for itself. */
  readonly place?: 'page' | 'own worker';
  readonly options?: object;
}

/** Runs a scenario and tells how it ended. */
export async function run<Name extends ScenarioName>(
  { driver, site }: Bench,
  name: Name,
  { way = 'plain', place = 'page', options = {} }: RunOptions = {},
): Promise<Outcome<Name>> {
  await driver.open(site.url('fixtures/scenarios.html', way));
  await waitFor(driver, 'globalThis.isReady');
  const runner = place === 'page' ? 'runScenario' : 'runInOwnWorker';
  return driver.evaluate(`${runner}(${JSON.stringify(name)}, ${JSON.stringify(options)})`);
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
