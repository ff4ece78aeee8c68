/** Vite's development server, which moves the scripts of dependencies. */
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byRelaxed, type PageReport } from './support/expected.js';
import { Project } from './support/project.js';
import { serveByTool } from './support/served.js';
import { type Visit, Visitor } from './support/visitor.js';

const exclusion = "optimizeDeps: { exclude: ['vicinal'] }";

let visitor: Visitor;
beforeAll(async () => {
  visitor = await Visitor.start();
});
afterAll(() => visitor?.close());

async function visit(project: Project): Promise<Visit<PageReport>> {
  const site = await serveByTool(project, 'dev', (port) => ({
    args: ['--host', '127.0.0.1', '--port', String(port), '--strictPort'],
  }));
  try {
    return await visitor.visit(site.url);
  } finally {
    await site.close();
  }
}

describe('Vite 8', () => {
  test('serves the page as it is', async () => {
    const { report, problems } = await visit(await Project.create('vite-dev'));
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: byRelaxed, worker: byRelaxed });
  });
});

describe('Vite 7', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create('vite7-dev');
  });

  test('loses the files, and the errors say what to add to its configuration', async () => {
    const { report } = await visit(project);
    expect(report.page).toContain(exclusion);
    expect(report.worker).toContain(exclusion);
  });

  test('serves the page once that is added', async () => {
    await rm(project.path('node_modules/.vite'), { recursive: true });
    await writeFile(project.path('vite.config.js'), `export default { ${exclusion} };\n`);
    const { report, problems } = await visit(project);
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: byRelaxed, worker: byRelaxed });
  });
});
