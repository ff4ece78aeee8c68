/**
Sites for the browser to visit: a folder of files, or a tool's own server.

@module
*/
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { env } from './command.js';
import type { Project } from './project.js';

/** Longer than the slowest server takes to answer its first request on a loaded machine with two cores. */
const readyMs = 60_000;
/** From being asked to end, to being killed. */
const graceMs = 5_000;

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves the files of a folder, and nothing else, below `path`, which ends with a slash. */
export async function serveFiles(folder: string, path: string): Promise<Site> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = pathname.startsWith(path) ? pathname.slice(path.length) || 'index.html' : undefined;
    const body = file === undefined ? undefined : await readFile(join(folder, file)).catch(() => undefined);
    if (file === undefined || body === undefined) {
      response.writeHead(404).end();
    } else {
      response
        .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
        .end(body);
    }
  });
  return {
    url: `http://127.0.0.1:${await listen(server)}${path}`,
    close: () => close(server),
  };
}

/** How a tool is told its port. */
export type ToolOptions = (port: number) => { args?: string[]; env?: NodeJS.ProcessEnv };

/** Runs a project's own server, which a script of its package.json starts, and waits until it answers. */
export async function serveByTool(project: Project, script: string, options: ToolOptions): Promise<Site> {
  const port = await freePort();
  const { args = [], env: more } = options(port);
  const server = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: project.folder,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, since npm does not end with what it has started.
    detached: true,
  });
  const output = Promise.all([text(server.stdout), text(server.stderr)]);
  const kill = () => signal(server, 'SIGKILL');
  // Where a test run is cut short, nobody calls close().
  process.once('exit', kill);
  const site: Site = {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      process.off('exit', kill);
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      signal(server, 'SIGTERM');
      const late = new AbortController();
      await Promise.race([ended, setTimeout(graceMs, undefined, { signal: late.signal }).then(kill)]);
      late.abort();
      // What npm has started may outlive it.
      kill();
    },
  };
  const deadline = Date.now() + readyMs;
  while (!(await answers(site.url))) {
    const gone = server.exitCode !== null;
    if (gone || Date.now() > deadline) {
      await site.close();
      throw new Error(`${script} ${gone ? 'ended' : 'did not answer'}:\n${(await output).join('\n')}`);
    }
    await setTimeout(100);
  }
  return site;
}

/** Any answer will do: a page that fails shows itself in the browser. */
function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(readyMs) }).then(
    async (response) => {
      await response.arrayBuffer();
      return true;
    },
    () => false,
  );
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await close(server);
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
