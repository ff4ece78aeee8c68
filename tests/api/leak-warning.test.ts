/** Development builds say what was never disposed. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { collectGarbage } from './support/collect-garbage.js';

beforeAll(() => vi.stubGlobal('VICINAL_DEV', true));
afterAll(() => vi.unstubAllGlobals());

it('an object that is collected without dispose is freed and reported, one that was disposed is not', async () => {
  const { guardLeak, forgetLeak } = await import('../../bindings/api/leak-guard.js');
  const { onLog } = await import('../../bindings/api/log.js');
  const messages: string[] = [];
  const stopListening = onLog(({ level, message }) => messages.push(`${level}: ${message}`));
  const released = vi.fn();
  (() => {
    guardLeak({}, 'engine', released);
    const disposed = {};
    guardLeak(disposed, 'store', released);
    forgetLeak(disposed);
  })();
  await vi.waitFor(async () => {
    await collectGarbage();
    expect(messages).toEqual(['warn: engine never disposed: call dispose() when you are done with it']);
  });
  expect(released).toHaveBeenCalledTimes(1);
  stopListening();
});
