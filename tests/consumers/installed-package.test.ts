import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from './installed-package.js';

/** Hits of the query of both fixtures, by hand: see fixtures/fruit.mjs. */
const fruit = [
  { name: 'apple', score: 0.994 },
  { name: 'pear', score: 0.963 },
];

describe('the package, packed and installed', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create();
  });
  afterAll(() => project?.remove());

  test('holds both modules, every entry with its types, and its licence', () => {
    const paths = project.files.map(({ path }) => path);
    expect(paths).toEqual(
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
    expect(paths.filter((path) => path.endsWith('.d.ts')).length).toBeGreaterThan(1);
    expect(paths.filter((path) => /(^|\/)(test|src|node_modules)\//.test(path))).toEqual([]);
  });

  test('searches in Node', async () => {
    expect(await project.node('search.mjs')).toEqual(fruit);
  });

  test('searches in a worker thread of Node, and the process ends by itself', async () => {
    expect(await project.node('search-in-worker.mjs')).toEqual(fruit);
  });

  for (const [name, settings] of [
    ['a bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node', { module: 'node16', moduleResolution: 'node16' }],
  ] as const) {
    test(`its types serve a project that resolves modules as ${name} does`, async () => {
      expect(await project.check('typed-search.ts', settings)).toBe('');
    });
  }
});
