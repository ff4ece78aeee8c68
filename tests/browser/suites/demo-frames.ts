/**
The page stays smooth while its worker works.

@module
*/
import { describe, expect, test } from 'vitest';
import type { Bench } from './browser.js';
import { DemoReader } from './demo-reader.js';

/** A frame lasts 16.7 ms at 60 a second; what is over is the clock's grain. */
const FRAME_MS = 17.5;
const LONG_FRAME_MS = 50;
const LONG_FRAMES_ALLOWED = 0.05;
/** Other programs of the machine slow some rounds; what the page itself does is in all of them. */
const ROUNDS = 6;

interface Frames {
  readonly medianMs: number;
  /** Share of frames longer than `LONG_FRAME_MS`. */
  readonly long: number;
  readonly count: number;
}

/**
Time between frames, in rounds that each add all 3,124 rows x 1,024 by all four metrics: choosing another metric does
that.
*/
const measure = `(async () => {
  const frames = async (during) => {
    const times = [];
    let last;
    let going = true;
    const tick = (time) => {
      if (last !== undefined) times.push(time - last);
      last = time;
      if (going) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    await during();
    going = false;
    times.sort((a, b) => a - b);
    return {
      medianMs: times[times.length >> 1],
      long: times.filter((time) => time > ${LONG_FRAME_MS}).length / times.length,
      count: times.length,
    };
  };
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const take = async (metric) => {
    document.querySelector('#metric input[value=' + metric + ']').click();
    const taken = () => document.querySelector('#runs-on').textContent.includes('flat, ' + metric);
    while (!taken() || document.querySelector('#nearest').ariaBusy === 'true') await pause(5);
  };
  const rounds = [];
  for (let round = 0; round < ${ROUNDS}; round++) {
    rounds.push(await frames(async () => {
      for (const metric of ['euclidean', 'manhattan', 'dot', 'cosine']) await take(metric);
    }));
  }
  return rounds;
})()`;

export function demoFramesSuite(bench: Bench): void {
  describe('demo page: frames', () => {
    test('come 60 times a second while 3,124 vectors are added', async () => {
      await new DemoReader(bench).open();
      const rounds = await bench.driver.evaluate<Frames[]>(measure);
      console.log(`frames while rows are added: ${JSON.stringify(rounds)}`);
      for (const { count } of rounds) expect(count).toBeGreaterThan(4);
      expect(Math.min(...rounds.map(({ medianMs }) => medianMs))).toBeLessThanOrEqual(FRAME_MS);
      expect(Math.min(...rounds.map(({ long }) => long))).toBeLessThanOrEqual(LONG_FRAMES_ALLOWED);
    });
  });
}
