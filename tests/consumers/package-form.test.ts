/** The package's form: what its package.json promises is there, and types say what scripts do. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, describe, expect, inject, test } from 'vitest';

const run = promisify(execFile);
const entries = ['vicinal', 'vicinal/inline', 'vicinal/worker', 'vicinal/worker/inline'];
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the tarball', () => {
  const { tarball } = inject('packed');

  test('is as publint wants it', async () => {
    const { buffer, byteOffset, byteLength } = await readFile(tarball);
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('has types that are right wherever modules are resolved by `exports`', async () => {
    const program = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    // `esm-only`: of resolutions without `exports` and of `require` nothing is asked. The modules are no code.
    const modules = ['vicinal_simd128.wasm', 'vicinal_relaxed.wasm'];
    const checked: { stdout: string; code?: number } = await run(process.execPath, [
      ...[program, tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii'],
      ...['--exclude-entrypoints', ...modules],
    ]).catch((error: { stdout: string; code: number }) => error);
    expect(checked.code ?? 0, checked.stdout).toBe(0);
    for (const entry of entries) expect(checked.stdout).toContain(`"${entry}"`);
  });
});

describe('the declarations', () => {
  // Below the repository, so that the package is found by its name.
  const folder = join(root, 'build/tests/declarations');
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("need no types but Node's", async () => {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, types: ['node'] },
      ...{ target: 'es2022', lib: ['es2022'], module: 'nodenext' },
    };
    await mkdir(folder, { recursive: true });
    const imports = entries.map((entry, index) => `export * as entry${index} from '${entry}';`);
    await writeFile(join(folder, 'entries.mts'), imports.join('\n'));
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['entries.mts'] }),
    );
    const checked: { stdout: string } = await run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['-p', folder],
    ]).catch((error: { stdout: string }) => error);
    expect(checked.stdout).toBe('');
  });

  test("keep the comments that editors show, and the package's inner names to themselves", async () => {
    const engine = await readFile(join(root, 'pkg/types/bindings/api/search-engine.d.ts'), 'utf8');
    expect(engine).toContain('Find the `k` vectors nearest to `query`');
    expect(engine).not.toMatch(/@internal|searchBatchSteps/);
  });
});
