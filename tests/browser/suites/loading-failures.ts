/**
What goes wrong while loading is told by a typed error, within the time limit.

@module
*/
import { describe, expect, test } from 'vitest';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';
import { run, type ScenarioName } from './scenario.js';

/** The limit that the scenarios are given, and how much later the error may come on a busy machine. */
const timeoutMs = 2_000;
const slackMs = 6_000;

interface Failure {
  readonly way: WayName;
  readonly code: 'LOAD_FAILED' | 'TIMEOUT';
  /** What the message says of the cause. */
  readonly says: RegExp;
}

const wasmFailures: Failure[] = [
  { way: 'no-wasm', code: 'LOAD_FAILED', says: /\.wasm.*404/ },
  { way: 'page-for-wasm', code: 'LOAD_FAILED', says: /\.wasm.*text\/html/ },
  { way: 'silent-wasm', code: 'TIMEOUT', says: /2000 ms/ },
];

const workerFailures: Failure[] = [
  { way: 'no-worker', code: 'LOAD_FAILED', says: /vicinal-worker\.js.*404/ },
  { way: 'page-for-worker', code: 'LOAD_FAILED', says: /vicinal-worker\.js.*text\/html/ },
  { way: 'silent-worker', code: 'TIMEOUT', says: /2000 ms/ },
];

export function loadingFailureSuite(bench: Bench): void {
  describe('failing to load', () => {
    for (const { way, code, says } of wasmFailures) {
      test(`${way}: init rejects with ${code}`, async () => {
        await expectFailure('load', way, {}, code, says);
      });
    }

    for (const { way, code, says } of wasmFailures) {
      test(`${way}: createWorkerEngine rejects with ${code}`, async () => {
        await expectFailure('searchInWorker', way, {}, code, says);
      });
    }

    for (const { way, code, says } of workerFailures) {
      test(`${way}: createWorkerEngine rejects with ${code}, and knows why where it knows the address`, async () => {
        await expectFailure('searchInWorker', way, {}, code, /vicinal-worker\.js|2000 ms/);
        await expectFailure('searchInWorker', way, { workerUrl: '../pkg/web/vicinal-worker.js' }, code, says);
      });
    }

    async function expectFailure(
      scenario: ScenarioName,
      way: WayName,
      options: object,
      code: Failure['code'],
      says: RegExp,
    ): Promise<void> {
      const { error, ms } = await run(bench, scenario, { way, options: { timeoutMs, ...options } });
      expect(error).toMatchObject({ code, isOurs: true });
      expect(error?.message).toMatch(says);
      expect(ms).toBeLessThan(timeoutMs + slackMs);
    }
  });
}
