/** The README's table of tools tells the versions that are tested. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folders } from './support/folders.js';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

const readme = readFileSync(`${folders.root}README.md`, 'utf8');
const rows = readme
  .split('### In your bundler')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const [bundlers, frameworks] = ['tests/consumers', 'tests/consumers/frameworks'].map(
  (folder) => JSON.parse(readFileSync(`${folders.root}${folder}/package-lock.json`, 'utf8')) as Lock,
);

test.each([
  ['Vite:', 'vite', bundlers],
  ['Vite 7:', 'vite7', bundlers],
  ['webpack', 'webpack', bundlers],
  ['Rspack', '@rspack/core', bundlers],
  ['Parcel', 'parcel', bundlers],
  ['esbuild', 'esbuild', bundlers],
  ['Rollup', 'rollup', bundlers],
  ['Bun', 'bun', bundlers],
  ['Deno', 'deno', bundlers],
  ['Next', 'next', frameworks],
  ['SvelteKit', '@sveltejs/kit', frameworks],
])('%s', (tool, name, lock) => {
  const version = lock?.packages[`node_modules/${name}`]?.version;
  expect(version).toBeDefined();
  expect(rows?.filter(([, first]) => first?.startsWith(tool)).map(([, , told]) => told)).toEqual([version]);
});
