/**
The entries that have the module and the worker in them, from hosts that have lost both files.

@module
*/
import { describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { run, value } from './scenario.js';

export function inlineSuite(bench: Bench): void {
  describe('vicinal/inline and vicinal/worker/inline', () => {
    const lost = { entries: 'inline', way: 'no-files' } as const;

    for (const place of ['page', 'own worker', 'classic page'] as const) {
      test(`need no file in: ${place}`, async () => {
        expect(await value(bench, 'load', { ...lost, place })).toEqual({
          variant: 'simd128',
          ids: [1, 2, 0],
        });
        expect(await value(bench, 'searchInWorker', { ...lost, place })).toMatchObject({
          variant: 'simd128',
          rowsDone: 700,
          disposal: 'DISPOSED',
        });
      });
    }

    test('say that relaxed SIMD is not in them', async () => {
      const code = bench.expected.relaxed ? 'INVALID_ARGUMENT' : 'UNSUPPORTED_ENVIRONMENT';
      for (const name of ['load', 'searchInWorker'] as const) {
        const { error } = await run(bench, name, { ...lost, options: { variant: 'relaxed' } });
        expect(error).toMatchObject({ code, isOurs: true });
      }
    });

    test('say what a policy that forbids their worker must allow', async () => {
      const strict = { entries: 'inline', way: 'strict-policy' } as const;
      expect(await value(bench, 'load', strict)).toMatchObject({ variant: 'simd128' });
      const { error } = await run(bench, 'searchInWorker', strict);
      expect(error).toMatchObject({ code: 'LOAD_FAILED', isOurs: true });
      expect(error?.message).toContain('`worker-src blob:`');
    });

    test('keep in memory what a page in a sandbox may not keep', async () => {
      expect(await value(bench, 'keep', { entries: 'inline', way: 'sandboxed' })).toEqual({
        type: 'memory',
        pointsCount: 1,
        isUsageKnown: false,
        persists: false,
      });
    });

    test('run under a policy that allows blobs as workers', async () => {
      const found = await value(bench, 'searchInWorker', { entries: 'inline', way: 'policy-with-blobs' });
      expect(found).toMatchObject({ variant: 'simd128', rowsDone: 700 });
    });
  });
}
