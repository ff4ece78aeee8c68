/**
The site of the pages, and of the rows for every program. Nothing may be cached, and pages are isolated from other
origins, so that their clocks are fine.

An address is `/<any name>/<folder>/<file>`: a new name is a new file to a browser.

@module
*/
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { paths } from '../paths.js';

const folders: Readonly<Record<string, string>> = {
  bench: join(paths.bench, 'page'),
  data: paths.data,
  demo: paths.demoData,
  kernels: paths.build,
  pkg: paths.pkg,
  edgevec: join(paths.peers, 'edgevec'),
  tfjs: join(paths.peers, '@tensorflow/tfjs-backend-wasm/dist'),
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface Site {
  /** Address of a file under a name that has not been used before. */
  address(file: string): string;
  close(): void;
}

export async function startSite(): Promise<Site> {
  const server = createServer(async (request, response) => {
    const [, , folder = '', ...rest] = new URL(request.url ?? '/', 'http://site').pathname.split('/');
    const path = join(folders[folder] ?? '/nowhere', ...rest);
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    );
    if (size === undefined || rest.includes('..')) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': size,
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let names = 0;
  return {
    address: (file) => `http://127.0.0.1:${port}/${++names}/${file}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
