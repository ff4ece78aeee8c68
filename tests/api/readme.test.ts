/** The README's JavaScript examples, run word by word. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code as string);

describe('README', () => {
  test('has examples', () => expect(examples.length).toBeGreaterThanOrEqual(4));

  test.for(examples.map((code, index) => ({ code, index })))('example $index runs', async ({ code }) => {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd: root });
    const { stdout } = await run;
    expect(stdout).not.toBe('');
  });

  test('the first example finds the apple first', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', examples[0] as string],
      { cwd: root },
    );
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['apple', 'pear', '']);
  });
});
