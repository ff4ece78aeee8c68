/** Frameworks that render on a server: the engine runs there, and in the page that it sends. */
import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, byRelaxed, bySimd128, type PageReport } from '../support/expected.js';
import { folders } from '../support/folders.js';
import { Project } from '../support/project.js';
import { type Site, serveByTool, type ToolOptions } from '../support/served.js';
import { Visitor } from '../support/visitor.js';

interface FrameworkReport extends PageReport {
  readonly server: Answer;
  readonly serverWorker: Answer;
}

const within = folders.frameworkProjects;

let visitor: Visitor;
beforeAll(async () => {
  visitor = await Visitor.start();
});
afterAll(() => visitor?.close());

/** Starts a built project as on another machine, where nothing is installed: what it needs must be in what was built. */
async function serveElsewhere(project: Project, options: ToolOptions): Promise<Site> {
  const [installed, hidden] = [project.path('node_modules/vicinal'), project.path('vicinal-hidden')];
  await rename(installed, hidden);
  const site = await serveByTool(project, 'start', options);
  return {
    ...site,
    async close() {
      await site.close();
      await rename(hidden, installed);
    },
  };
}

/** `onServer`: what is found there. What is bundled for a server has the simd128 module embedded. */
async function expectSearches(site: Site, onServer: Answer): Promise<void> {
  try {
    const response = await fetch(site.url);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/From the server: (<!-- -->)?apple/);
    const { report, problems } = await visitor.visit<FrameworkReport>(site.url);
    expect(problems).toEqual([]);
    expect(report).toEqual({ page: byRelaxed, worker: byRelaxed, server: onServer, serverWorker: onServer });
  } finally {
    await site.close();
  }
}

describe('Next', () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create('next', { within });
  });
  const options = (port: number) => ({ args: ['--hostname', '127.0.0.1', '--port', String(port)] });

  for (const [bundler, suffix] of [
    ['Turbopack', ''],
    ['webpack', ':webpack'],
  ]) {
    test(`as built by ${bundler}, searches on the server, in the page and in the worker`, async () => {
      await project.run(`build${suffix}`);
      await expectSearches(await serveElsewhere(project, options), bySimd128);
    });

    test(`as served by ${bundler} in development, does too`, async () => {
      await expectSearches(await serveByTool(project, `dev${suffix}`, options), byRelaxed);
    });
  }
});

describe('SvelteKit', () => {
  let project: Project;
  beforeAll(async () => {
    // As in its own templates. What is noted so is bundled for the server.
    project = await Project.create('sveltekit', { within, save: '--save-dev' });
  });

  test('as built for Node, searches on the server, in the page and in the worker', async () => {
    await project.run('build');
    const options = (port: number) => ({ env: { HOST: '127.0.0.1', PORT: String(port) } });
    await expectSearches(await serveElsewhere(project, options), bySimd128);
  });

  test('as served in development, does too', async () => {
    const site = await serveByTool(project, 'dev', (port) => ({
      args: ['--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    }));
    await expectSearches(site, byRelaxed);
  });
});
