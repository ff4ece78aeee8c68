/**
What a page may name in place of the package's own files: with each entry, where those files cannot be had.

@module
*/
import { describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { run, value } from './scenario.js';

/** Addresses on a part of the site that has all files, relative to the page. */
const wasmUrl = '../../plain/pkg/web/vicinal_simd128.wasm';
const workerUrl = '../../plain/pkg/web/vicinal-worker.js';

export function overridesSuite(bench: Bench): void {
  describe('overrides', () => {
    for (const place of ['page', 'classic page'] as const) {
      for (const entries of ['files', 'inline'] as const) {
        const lost = { entries, place, way: 'no-files' } as const;

        test(`${entries}, ${place}: wasmUrl and workerUrl`, async () => {
          expect(await value(bench, 'load', { ...lost, options: { wasmUrl } })).toMatchObject({
            variant: 'simd128',
          });
          const options = { wasmUrl, workerUrl, variant: 'simd128' };
          expect(await value(bench, 'searchInWorker', { ...lost, options })).toMatchObject({ rowsDone: 700 });
        });

        test(`${entries}, ${place}: one wasmModule for the page and two workers of a workerFactory`, async () => {
          expect(await value(bench, 'shareModule', { ...lost, options: { wasmUrl, workerUrl } })).toEqual({
            variants: ['simd128', 'simd128', 'simd128'],
            ids: [[1], [1]],
          });
        });
      }
    }

    test('are what a classic script without them asks for', async () => {
      const { error } = await run(bench, 'load', { place: 'classic page' });
      expect(error).toMatchObject({ code: 'LOAD_FAILED', isOurs: true });
      expect(error?.message).toMatch(/without an address.*`wasmUrl`.*'\/inline'/);
      const { error: workerError } = await run(bench, 'searchInWorker', { place: 'classic page' });
      expect(workerError).toMatchObject({ code: 'LOAD_FAILED', isOurs: true });
      expect(workerError?.message).toMatch(/vicinal-worker\.js.*`workerUrl`.*'\/inline'/);
    });
  });
}
