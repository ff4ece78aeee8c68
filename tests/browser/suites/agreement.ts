/**
The same hits in the same order, in every browser as in Node.

@module
*/
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { seededHitsInNode } from './node-scenario.js';
import { value } from './scenario.js';

export function agreementSuite(bench: Bench): void {
  describe('agreement with Node', () => {
    let inNode: Awaited<ReturnType<typeof seededHitsInNode>>;
    beforeAll(async () => {
      inNode = await seededHitsInNode();
    });

    for (const variant of bench.expected.relaxed
      ? (['simd128', 'relaxed'] as const)
      : (['simd128'] as const)) {
      test(`${variant}: every metric, every kind of codes and graphs of codes give the same hits in the same order`, async () => {
        const found = await value(bench, 'searchSeeded', { options: { variant } });
        expect(found.order).toEqual(inNode.order);
        expect(found.exact).toEqual(inNode.exact);
        expect(Object.keys(found.codes).length).toBeGreaterThanOrEqual(20);
        expect(found.codes).toEqual(inNode.codes);
        expect(Object.keys(found.graphs)).toHaveLength(6);
        expect(found.graphs).toEqual(inNode.graphs);
      });
    }
  });
}
