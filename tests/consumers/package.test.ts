/** What the tarball holds, and its types. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { command } from './support/command.js';
import { folders } from './support/folders.js';
import { Project } from './support/project.js';

test('the package holds both modules, every entry with its types, and its licence', () => {
  const { files } = inject('packed');
  expect(files).toEqual(
    expect.arrayContaining([
      'package.json',
      'README.md',
      'LICENSE',
      'web/vicinal_simd128.wasm',
      'web/vicinal_relaxed.wasm',
      'web/index.js',
      'web/worker.js',
      'web/vicinal-worker.js',
      'node/index.js',
      'node/worker.js',
      'node/vicinal-worker.js',
    ]),
  );
  expect(files.filter((path) => path.endsWith('.d.ts')).length).toBeGreaterThan(1);
  expect(files.filter((path) => /(^|\/)(test|src|node_modules)\//.test(path))).toEqual([]);
});

describe('its types serve a project that resolves modules as', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create('types');
  });

  test.each([
    ['a bundler does', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node does', { module: 'node16', moduleResolution: 'node16' }],
    ['TypeScript did before', { module: 'esnext', moduleResolution: 'node10' }],
  ])('%s', async (_name, settings) => {
    const base = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [] };
    const config = { compilerOptions: { ...base, ...settings }, files: ['typed-search.ts'] };
    await writeFile(project.path('tsconfig.json'), JSON.stringify(config));
    const compiler = join(folders.root, 'node_modules/typescript/bin/tsc');
    expect(await command(project.folder, process.execPath, compiler, '-p', '.')).toBe('');
  });
});
