/** Plain files and an import map: no tool touches them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byRelaxed } from './support/expected.js';
import { Project } from './support/project.js';
import { type Site, serveFiles } from './support/served.js';
import { Visitor } from './support/visitor.js';

let visitor: Visitor;
let site: Site;
beforeAll(async () => {
  const project = await Project.create('import-map');
  visitor = await Visitor.start();
  site = await serveFiles(project.folder, '/sub/app/');
});
afterAll(async () => {
  await visitor?.close();
  await site?.close();
});

test('a page with an import map searches, itself and in the worker', async () => {
  const { report, problems } = await visitor.visit(site.url);
  expect(problems).toEqual([]);
  expect(report).toEqual({ page: byRelaxed, worker: byRelaxed });
});
