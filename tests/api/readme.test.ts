/** The README's examples: run word by word, and checked against the package's types. Its commands: known to build.sh. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { downloads, sizeOf } from '../../.scripts/package-sizes.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, code]) => ({
  language,
  code: code as string,
}));
const examples = blocks.filter(({ language }) => language === 'js').map(({ code }) => code);
const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);

describe('README', () => {
  // Below the repository, so that the package is found by its name.
  const folder = `${root}build/tests/readme/`;

  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await Promise.all(examples.map((code, index) => writeFile(`${folder}example-${index}.mjs`, code)));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('has examples, and no block in a language that is not tested here', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
    expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(['js', 'sh']);
  });

  test.for(examples.map((_, index) => index))('example %d runs', async (index) => {
    const { stdout } = await run(process.execPath, [`${folder}example-${index}.mjs`]);
    expect(stdout).not.toBe('');
  });

  test('the first example finds the apple first', async () => {
    const { stdout } = await run(process.execPath, [`${folder}example-0.mjs`]);
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['apple', 'pear', '']);
  });

  test('the examples agree with the types that are shipped', async () => {
    const compilerOptions = {
      ...{ allowJs: true, checkJs: true, strict: true, noEmit: true, skipLibCheck: true, types: ['node'] },
      ...{ target: 'es2022', lib: ['es2022', 'dom'], module: 'nodenext' },
    };
    const files = examples.map((_, index) => `example-${index}.mjs`);
    await writeFile(`${folder}tsconfig.json`, JSON.stringify({ compilerOptions, files }));
    const compiler = `${root}node_modules/typescript/bin/tsc`;
    const checked: { stdout: string } = await run(process.execPath, [compiler, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(checked.stdout).toBe('');
  });

  test('the sizes that it tells are those of the package', () => {
    const told =
      /with its glue is (\d+) KB gzipped.*all of `vicinal` (\d+) KB, `vicinal\/worker` (\d+) KB/.exec(readme);
    const sizes = downloads(root);
    const names = ['module and glue, relaxed', 'vicinal, relaxed', 'vicinal/worker, relaxed'];
    for (const [place, name] of names.entries()) {
      const [, gzipped] = sizeOf(sizes[name] as never);
      expect(Math.abs(gzipped / 1000 - Number(told?.[place + 1])), name).toBeLessThan(
        0.03 * (gzipped / 1000),
      );
    }
  });

  test('its commands are verbs that build.sh has', async () => {
    const verbs = commands.flatMap((code) =>
      [...code.matchAll(/\.\/build\.sh (\w+)/g)].map(([, verb]) => verb),
    );
    const { stdout: help } = await run(`${root}build.sh`, ['help']);
    expect(verbs).not.toEqual([]);
    for (const verb of verbs) expect(help).toMatch(new RegExp(`^  ${verb} `, 'm'));
  });
});
