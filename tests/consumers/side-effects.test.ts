/** What bundlers may leave out: scripts of which nothing is used, and never the worker's. */
import { fileURLToPath } from 'node:url';
import { build, type Platform } from 'esbuild';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A program bundled into one text. */
async function bundled(program: string, platform: Platform): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    format: 'esm',
    platform,
    minifySyntax: true,
    write: false,
    // That an import is left out is what the tests are about.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}

describe('bundlers', () => {
  for (const entry of ['vicinal', 'vicinal/worker', 'vicinal/inline', 'vicinal/worker/inline']) {
    test(`leave out ${entry} where nothing of it is used`, async () => {
      for (const platform of ['browser', 'node'] as const)
        expect(await bundled(`import '${entry}'`, platform)).toBe('');
    });
  }

  test('keep the worker file, which works by being run', async () => {
    for (const platform of ['browser', 'node'] as const)
      expect(await bundled("import 'vicinal/vicinal-worker.js'", platform)).toContain('postMessage');
  });

  test('keep what a single function needs', async () => {
    const program = `
      import init, { dotProduct } from 'vicinal/inline';
      await init();
      export default dotProduct([1, 2], [3, 4]);`;
    const text = await bundled(program, 'node');
    const { default: product } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    expect(product).toBe(11);
  });
});
