/**
`vicinal/worker` in a page.

@module
*/
import { describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { seededHitsInNode } from './node-scenario.js';
import { value } from './scenario.js';

export function workerSuite(bench: Bench): void {
  describe('vicinal/worker', () => {
    test('fills, searches, saves, opens again and ends an engine in its worker', async () => {
      const inNode = await seededHitsInNode();
      const found = await value(bench, 'searchInWorker');
      expect(found).toEqual({
        variant: bench.expected.relaxed ? 'relaxed' : 'simd128',
        ids: inNode.order.cosine,
        idsAgain: inNode.order.cosine?.[0],
        rowsDone: 700,
        bytesLeft: 0,
        refusal: { code: 'DIMENSION_MISMATCH', message: 'Expected 51 dimensions, got 2' },
        disposal: 'DISPOSED',
      });
    });

    test('takes the module that the page names', async () => {
      const found = await value(bench, 'searchInWorker', {
        options: { variant: 'simd128', wasmUrl: '../pkg/web/vicinal_simd128.wasm' },
      });
      expect(found.variant).toBe('simd128');
    });

    test('takes the worker file that the page names', async () => {
      const found = await value(bench, 'searchInWorker', {
        options: { workerUrl: '../pkg/web/vicinal-worker.js' },
      });
      expect(found.rowsDone).toBe(700);
    });
  });
}
