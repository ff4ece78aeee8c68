/**
Each way in which the module gets into a page.

@module
*/
import { describe, expect, test } from 'vitest';
import type { WayName } from '../site.js';
import type { Bench } from './browser.js';
import { run, value } from './scenario.js';

/** What the scenario `load` finds: the hits of three rows by hand. */
const nearest = [1, 2, 0];

export function loadingSuite(bench: Bench): void {
  const best = bench.expected.relaxed ? 'relaxed' : 'simd128';

  describe('loading', () => {
    test(`takes the ${best} module by itself`, async () => {
      expect(await value(bench, 'load')).toEqual({ variant: best, ids: nearest });
    });

    test('loads simd128 when asked to', async () => {
      const loaded = await value(bench, 'load', { options: { variant: 'simd128' } });
      expect(loaded).toEqual({ variant: 'simd128', ids: nearest });
    });

    if (bench.expected.relaxed) {
      test('loads relaxed when asked to', async () => {
        const loaded = await value(bench, 'load', { options: { variant: 'relaxed' } });
        expect(loaded).toEqual({ variant: 'relaxed', ids: nearest });
      });
    } else {
      test('refuses relaxed, which this engine does not have', async () => {
        const { error } = await run(bench, 'load', { options: { variant: 'relaxed' } });
        expect(error).toMatchObject({ code: 'UNSUPPORTED_ENVIRONMENT', isOurs: true });
        expect(error?.message).toContain('relaxed SIMD');
      });
    }

    test("runs in a page's own worker", async () => {
      expect(await value(bench, 'load', { place: 'own worker' })).toEqual({ variant: best, ids: nearest });
    });

    const ways: WayName[] = ['strict-policy', 'wasm-of-unknown-type'];
    for (const way of ways) {
      test(`${way}: runs in the page, in its own worker and in ours`, async () => {
        expect(await value(bench, 'load', { way })).toEqual({ variant: best, ids: nearest });
        expect(await value(bench, 'load', { way, place: 'own worker' })).toEqual({
          variant: best,
          ids: nearest,
        });
        expect(await value(bench, 'searchInWorker', { way })).toMatchObject({ variant: best });
      });
    }
  });
}
