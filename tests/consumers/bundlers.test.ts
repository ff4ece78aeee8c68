/** Pages built by each bundler, as its user would: the commands are in the package.json of each fixture. */
import { readdir, rm, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byRelaxed, bySimd128, type PageReport } from './support/expected.js';
import { Project } from './support/project.js';
import { serveFiles } from './support/served.js';
import { type Visit, Visitor } from './support/visitor.js';

interface Bundler {
  readonly name: string;
  /** Arguments of a build for a host's folder; without them a build serves everywhere. */
  readonly forFolder?: readonly string[];
  /** Whether its user copies the package's files to the built ones. */
  readonly copiesFiles?: boolean;
}

const bundlers: readonly Bundler[] = [
  { name: 'vite', forFolder: ['--base', '/sub/app/'] },
  { name: 'webpack' },
  { name: 'rspack' },
  { name: 'parcel', forFolder: ['--public-url', '/sub/app/'] },
  { name: 'esbuild', copiesFiles: true },
  { name: 'rollup', copiesFiles: true },
];

/** Client of the worker and application; the engine's own script is 50 KB. */
const clientBytes = 25_000;

describe.each(bundlers)('$name', ({ name, forFolder, copiesFiles }) => {
  let project: Project;
  let visitor: Visitor;
  beforeAll(async () => {
    project = await Project.create(name);
    visitor = await Visitor.start();
  });
  afterAll(() => visitor?.close());

  async function build({ copy = copiesFiles ?? false, args = [] as readonly string[] } = {}): Promise<void> {
    await rm(project.path('dist'), { recursive: true, force: true });
    await project.run('build', ...args);
    if (copy) await project.run('copy');
  }

  async function visit(path = '/'): Promise<Visit<PageReport>> {
    const site = await serveFiles(project.path('dist'), path);
    try {
      return await visitor.visit(site.url);
    } finally {
      await site.close();
    }
  }

  test('the built page searches, itself and in the worker', async () => {
    await project.write();
    await build();
    const { report, problems } = await visit();
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: byRelaxed, worker: byRelaxed });
  });

  test('so it does in a folder of its host', async () => {
    if (forFolder) await build({ args: forFolder });
    const { report, problems } = await visit('/sub/app/');
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: byRelaxed, worker: byRelaxed });
  });

  test('a page that searches in the worker alone ships each module once, and the engine not twice', async () => {
    await project.write({ entry: 'worker-only.js' });
    await build();
    const { report, problems, loaded } = await visit();
    expect(problems).toEqual([]);
    expect(report).toEqual({ worker: byRelaxed });
    expect(loaded.filter((url) => url.endsWith('.wasm'))).toHaveLength(1);

    const files = await readdir(project.path('dist'), { recursive: true });
    expect(files.filter((file) => file.endsWith('.wasm'))).toHaveLength(2);
    const sizes = files
      .filter((file) => file.endsWith('.js'))
      .map(async (file) => (await stat(project.path('dist', file))).size);
    const small = (await Promise.all(sizes)).filter((size) => size < clientBytes);
    expect(small.length).toBe(sizes.length - 1);
  });

  test('with everything embedded it needs no file', async () => {
    await project.write({ inline: true });
    await build({ copy: false });
    const { report, problems, loaded } = await visit();
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: bySimd128, worker: bySimd128 });
    expect(loaded.filter((url) => /\.wasm|vicinal-worker/.test(url))).toEqual([]);
  });

  // The others need an entry for each worker.
  if (!copiesFiles) {
    test("so does a worker of the page's own", async () => {
      await project.write({ entry: 'with-own-worker.js' });
      await build();
      const { report, problems } = await visit();
      expect(problems).toEqual([]);
      expect(report).toEqual({ ownWorker: byRelaxed });
    });
  }

  if (copiesFiles) {
    test('without the copied files, the errors say what to do', async () => {
      await project.write();
      await build({ copy: false });
      const { report } = await visit();
      expect(report.page).toMatch(/vicinal_relaxed\.wasm.* 404 .*`wasmUrl`.*'\/inline'/);
      expect(report.worker).toMatch(/vicinal-worker\.js.*`workerUrl`.*'\/inline'/);
    });
  }
});
