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
/** Share of long frames that other programs of a busy machine may cause, beyond twice that of the idle page. */
const LONG_FRAMES_ALLOWED = 0.05;

interface Frames {
  readonly medianMs: number;
  /** Share of frames longer than `LONG_FRAME_MS`. */
  readonly long: number;
  readonly count: number;
}

/**
Time between frames, first of the page at rest, then while all 3,124 rows x 1,024 are added again and again: choosing
another metric does that.
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
  const idle = await frames(() => pause(1000));
  const busy = await frames(async () => {
    const metrics = ['euclidean', 'manhattan', 'dot', 'cosine'];
    const end = performance.now() + 2500;
    for (let i = 0; performance.now() < end; i++) await take(metrics[i % 4]);
  });
  return { idle, busy };
})()`;

export function demoFramesSuite(bench: Bench): void {
  describe('demo page: frames', () => {
    // A machine that something else has taken whole for seconds gets another chance; the page at rest tells how busy it is.
    test('come 60 times a second while 3,124 vectors are added', { retry: 3 }, async () => {
      await new DemoReader(bench).open();
      const { idle, busy } = await bench.driver.evaluate<{ idle: Frames; busy: Frames }>(measure);
      console.log(`frames: idle ${JSON.stringify(idle)}, while rows are added ${JSON.stringify(busy)}`);
      expect(busy.count).toBeGreaterThan(30);
      expect(busy.medianMs).toBeLessThanOrEqual(Math.max(FRAME_MS, 1.05 * idle.medianMs));
      expect(busy.long).toBeLessThanOrEqual(LONG_FRAMES_ALLOWED + 2 * idle.long);
    });
  });
}
