/**
What goes wrong while loading is told by a typed error, within the time limit.

@module
*/
import { describe, expect, test } from 'vitest';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';
import { type RunOptions, run, type ScenarioName } from './scenario.js';

/** The limit that the scenarios are given. Where it is what ends them it is short, since no answer comes after it. */
const timeoutsMs = { LOAD_FAILED: 2_000, TIMEOUT: 500 } as const;
/** How much later the error may come on a busy machine. */
const slackMs = 6_000;

interface Failure {
  readonly way: WayName;
  readonly code: 'LOAD_FAILED' | 'TIMEOUT';
  /** What the message says of the cause. */
  readonly says: RegExp;
}

const wasmFailures: Failure[] = [
  { way: 'no-wasm', code: 'LOAD_FAILED', says: /http.*\.wasm.* 404 \(text\/plain\)/ },
  { way: 'page-for-wasm', code: 'LOAD_FAILED', says: /http.*\.wasm.*text\/html.*front page/ },
  { way: 'silent-wasm', code: 'TIMEOUT', says: /500 ms.*http.*\.(wasm|js)/ },
];

const workerFailures: Failure[] = [
  { way: 'no-worker', code: 'LOAD_FAILED', says: /http.*vicinal-worker\.js.*404/ },
  { way: 'page-for-worker', code: 'LOAD_FAILED', says: /http.*vicinal-worker\.js.*text\/html/ },
  { way: 'silent-worker', code: 'TIMEOUT', says: /500 ms.*http.*vicinal-worker\.js/ },
];

/** What the message says to do where it is the package's own file that is lost. */
const wasmRemedy = /`wasmUrl`.*'\/inline'/;
const workerRemedy = /`workerUrl`.*'\/inline'/;

/** The same files, named by the page, relative to it. */
const wasmUrl = '../pkg/web/vicinal_simd128.wasm';
const workerUrl = '../pkg/web/vicinal-worker.js';

export function loadingFailureSuite(bench: Bench): void {
  describe('failing to load', () => {
    for (const { way, code, says } of wasmFailures) {
      test(`${way}: init rejects with ${code}`, async () => {
        const message = await failure('load', { way }, code);
        expect(message).toMatch(says);
        expect(message).toMatch(wasmRemedy);
      });

      test(`${way}: createWorkerEngine rejects with ${code}`, async () => {
        const message = await failure('searchInWorker', { way }, code);
        expect(message).toMatch(says);
        if (code === 'LOAD_FAILED') expect(message).toMatch(wasmRemedy);
      });

      for (const entries of ['files', 'inline'] as const) {
        test(`${way}: a file that the page names itself, ${entries}`, async () => {
          const named = { entries, way, options: { wasmUrl, variant: 'simd128' } };
          expect(await failure('load', named, code)).toMatch(says);
          // The embedded worker has no address to be named by.
          const message = await failure('searchInWorker', named, code);
          if (code === 'LOAD_FAILED') expect(message).toMatch(says);
        });
      }
    }

    for (const { way, code, says } of workerFailures) {
      test(`${way}: createWorkerEngine rejects with ${code}`, async () => {
        const message = await failure('searchInWorker', { way }, code);
        expect(message).toMatch(/http.*vicinal-worker\.js/);
        expect(message).toMatch(workerRemedy);
      });

      for (const entries of ['files', 'inline'] as const) {
        test(`${way}: a file that the page names itself, ${entries}`, async () => {
          const named = { entries, way, options: { workerUrl } };
          expect(await failure('searchInWorker', named, code)).toMatch(says);
        });
      }
    }

    test('a policy without WebAssembly: what it must allow', async () => {
      for (const scenario of ['load', 'searchInWorker'] as const) {
        const message = await failure(scenario, { way: 'policy-without-wasm' }, 'LOAD_FAILED');
        expect(message).toContain("'wasm-unsafe-eval'");
      }
    });

    /** The message of the error that a scenario must end with, in time. */
    async function failure(
      scenario: ScenarioName,
      options: RunOptions,
      code: Failure['code'],
    ): Promise<string> {
      const timeoutMs = timeoutsMs[code];
      const { error, ms } = await run(bench, scenario, {
        ...options,
        options: { ...options.options, timeoutMs },
      });
      expect(error).toMatchObject({ code, isOurs: true });
      expect(ms).toBeLessThan(timeoutMs + slackMs);
      return error?.message ?? '';
    }
  });
}
