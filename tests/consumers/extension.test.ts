/** A Manifest V3 extension, under the policy that it needs for WebAssembly and no wider one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byRelaxed } from './support/expected.js';
import { Project } from './support/project.js';
import { Visitor } from './support/visitor.js';

let project: Project;
let visitor: Visitor;
beforeAll(async () => {
  project = await Project.create('extension');
  await project.run('build');
  await project.run('copy');
  visitor = await Visitor.start({ extension: project.path('dist') });
});
afterAll(() => visitor?.close());

test('its page searches, itself and in the worker, and so does its service worker', async () => {
  const { report, problems } = await visitor.visit(`${await visitor.extensionUrl()}page.html`);
  expect(problems).toEqual([]);
  expect(report).toEqual({ page: byRelaxed, worker: byRelaxed, background: byRelaxed });
});
