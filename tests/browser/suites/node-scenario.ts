/**
The same scenarios in Node, through the installed package: what the browsers' answers are compared with.

@module
*/
import * as engineEntry from 'vicinal';
import * as workerEntry from 'vicinal/worker';
import * as scenarios from '../fixtures/scenarios.js';

type SeededHits = Awaited<ReturnType<typeof scenarios.searchSeeded>>;

/** Hits of the seeded scenario, found by the module that every engine has. */
export function seededHitsInNode(): Promise<SeededHits> {
  return scenarios.searchSeeded({ ...workerEntry, ...engineEntry }, { variant: 'simd128' });
}
