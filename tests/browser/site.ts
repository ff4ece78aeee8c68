/**
The site that the browsers visit: the package, the built page and the fixtures, from a server that can misbehave.

An address is `/<way>/<folder>/<file>`: the first part says how the server treats what follows ({@link ways}), so that
tests need no state in common.

@module
*/
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

const folders: Readonly<Record<string, string>> = {
  pkg: join(root, 'pkg'),
  page: join(root, 'build/web'),
  fixtures: join(root, 'tests/browser/fixtures'),
  classic: join(root, 'build/tests/classic'),
  behaviour: join(root, 'build/tests/behaviour'),
  tabs: join(root, 'build/tests/tabs'),
  kept: join(root, 'build/tests/kept'),
  killed: join(root, 'build/tests/killed'),
  axe: join(root, 'node_modules/axe-core'),
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** What single-page hosts answer, with status 200, for a file that they do not have. */
const FALLBACK_PAGE = '<!doctype html><title>Home</title><p>This is the front page.</p>';

interface Way {
  /** Files that are answered otherwise than they should be. */
  readonly concerns?: RegExp;
  readonly answer?: (response: ServerResponse) => void;
  /** How long the second half of such a file is waited for, in milliseconds. */
  readonly pauseMs?: number;
  /** Type in place of the right one. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const WASM = /\.wasm$/;
const WORKER = /vicinal-worker[^/]*\.js$/;

const notFound = (response: ServerResponse): void => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
};
const fallbackPage = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': types['.html'] }).end(FALLBACK_PAGE);
};
const silence = (): void => undefined;

export const ways = {
  plain: {},
  'strict-policy': {
    headers: { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
  },
  'policy-without-wasm': { headers: { 'content-security-policy': "default-src 'self'" } },
  'policy-with-blobs': {
    headers: {
      'content-security-policy':
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:",
    },
  },
  // A page that has no origin: it may keep nothing, and is given what it loads as others' pages are.
  sandboxed: {
    headers: { 'content-security-policy': 'sandbox allow-scripts', 'access-control-allow-origin': '*' },
  },
  'wasm-of-unknown-type': { concerns: WASM, type: 'application/octet-stream' },
  'no-files': { concerns: /\.wasm$|vicinal-worker[^/]*\.js$/, answer: notFound },
  'no-wasm': { concerns: WASM, answer: notFound },
  'page-for-wasm': { concerns: WASM, answer: fallbackPage },
  'silent-wasm': { concerns: WASM, answer: silence },
  'no-worker': { concerns: WORKER, answer: notFound },
  'page-for-worker': { concerns: WORKER, answer: fallbackPage },
  'slow-data': { concerns: /\.bin$/, pauseMs: 1500 },
  'no-charts': { concerns: /drawings[^/]*\.js$/, answer: notFound },
  'silent-worker': { concerns: WORKER, answer: silence },
} satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

export interface Site {
  /** Address of a file, as `fixtures/scenarios.html`. */
  url(file: string, way?: WayName): string;
  close(): Promise<void>;
}

/**
@param onPost - Answers what pages post, whatever the address; without it nothing is taken.
*/
export async function startSite(
  onPost?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Site> {
  const server = createServer((request, response) => {
    if (request.method === 'POST' && onPost) return onPost(request, response);
    const [, way = '', folder = '', ...rest] = decodeURIComponent(
      new URL(request.url ?? '/', 'http://site').pathname,
    ).split('/');
    void answer(response, ways[way as WayName], folder, rest.join('/') || 'index.html');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (file, way = 'plain') => `http://127.0.0.1:${port}/${way}/${file}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  response: ServerResponse,
  way: Way | undefined,
  folder: string,
  file: string,
): Promise<void> {
  const path = normalize(join(folders[folder] ?? '', file));
  if (!way || !folders[folder] || !path.startsWith(folders[folder] + sep)) return notFound(response);
  const concerned = way.concerns?.test(path) ?? false;
  if (concerned && way.answer) return way.answer(response);
  const body = await readFile(path).catch(() => undefined);
  if (!body) return notFound(response);
  const type = concerned && way.type ? way.type : (types[extname(path)] ?? 'application/octet-stream');
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', ...way.headers });
  if (!concerned || !way.pauseMs) return void response.end(body);
  response.write(body.subarray(0, body.length / 2));
  setTimeout(() => response.end(body.subarray(body.length / 2)), way.pauseMs);
}
