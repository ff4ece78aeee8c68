/** Starting a worker: each way in which it can go wrong ends with an error that says what to look at. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createWorkerEngine, startWorker } from 'vicinal/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/awaitable.js';
import { publishedWorkerUrl } from '../support/staged-worker.js';

/** Waits for messages, and answers none. */
const silentScript =
  "import('node:worker_threads').then(({ parentPort }) => parentPort.on('message', () => {}))";
const silentUrl = `data:text/javascript,${encodeURIComponent(silentScript)}`;

const simd128Url = new URL('../../../pkg/web/vicinal_simd128.wasm', import.meta.url);

describe('starting a worker', () => {
  let folder: string;
  /** Accepts connections, and answers none. */
  let silentServer: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vicinal-worker-'));
    silentServer = createServer(() => {});
    silentServer.listen(0, '127.0.0.1');
    await once(silentServer, 'listening');
  });

  afterAll(async () => {
    silentServer.closeAllConnections();
    silentServer.close();
    await rm(folder, { recursive: true });
  });

  it('needs no options', async () => {
    const worker = await startWorker();
    expect(['simd128', 'relaxed']).toContain(worker.variant);
    await worker.dispose();
  });

  it('gives up on a worker that never answers, and names it', async () => {
    const error = await errorOf(() => createWorkerEngine({ dim: 2, workerUrl: silentUrl, timeoutMs: 100 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', expected: 100 });
    expect((error as Error).message).toContain(`100 ms: ${silentUrl} did not answer`);
  });

  it('ends a worker that it has given up on', async () => {
    const thread = new Worker(new URL(silentUrl));
    const exited = once(thread, 'exit');
    const error = await errorOf(() => startWorker({ workerFactory: () => thread, timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    await exited;
  });

  it('gives up on a module that never arrives', async () => {
    const { port } = silentServer.address() as AddressInfo;
    const wasmUrl = `http://127.0.0.1:${port}/vicinal.wasm`;
    const error = await errorOf(() => startWorker({ wasmUrl, timeoutMs: 1000 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', expected: 1000 });
  });

  it('says that the worker file is missing, and where', async () => {
    const workerUrl = pathToFileURL(join(folder, 'missing.mjs'));
    const error = await errorOf(() => startWorker({ workerUrl }));
    expect(error).toMatchObject({ code: 'LOAD_FAILED' });
    expect((error as Error).message).toContain(workerUrl.href);
    expect((error as Error).message).toContain('Cannot find module');
  });

  it('says that the worker file is no script', async () => {
    const workerUrl = join(folder, 'page.mjs');
    await writeFile(workerUrl, '<!doctype html><title>Not found</title>');
    const error = await errorOf(() => startWorker({ workerUrl }));
    expect(error).toMatchObject({ code: 'LOAD_FAILED' });
    expect((error as Error).message).toContain(pathToFileURL(workerUrl).href);
    expect((error as Error).message).toContain('SyntaxError');
  });

  it('says that the worker file fails', async () => {
    const workerUrl = `data:text/javascript,${encodeURIComponent('throw new Error("no such luck")')}`;
    expect(await errorOf(() => startWorker({ workerUrl }))).toMatchObject({
      code: 'LOAD_FAILED',
      actual: 'Error: no such luck',
    });
  });

  it('says that the worker file ends at once', async () => {
    const workerUrl = 'data:text/javascript,process.exit(4)';
    expect(await errorOf(() => startWorker({ workerUrl }))).toMatchObject({
      code: 'LOAD_FAILED',
      actual: 'exit code 4',
    });
  });

  it('says what is wrong with a workerFactory', async () => {
    const throwing = () => {
      throw new Error('blocked by policy');
    };
    expect(await errorOf(() => startWorker({ workerFactory: throwing }))).toMatchObject({
      code: 'LOAD_FAILED',
      actual: 'Error: blocked by policy',
    });
    expect(await errorOf(() => startWorker({ workerFactory: () => undefined as never }))).toMatchObject({
      code: 'LOAD_FAILED',
    });
  });

  it('passes on why the module did not load', async () => {
    const wasmUrl = pathToFileURL(join(folder, 'missing.wasm'));
    const missing = await errorOf(() => startWorker({ wasmUrl }));
    expect(missing).toMatchObject({ code: 'LOAD_FAILED' });
    expect((missing as Error).message).toContain(wasmUrl.href);
    const wasmModule = new TextEncoder().encode('<!doctype html>');
    expect(await errorOf(() => startWorker({ wasmModule }))).toMatchObject({ code: 'LOAD_FAILED' });
  });

  it('takes the worker and the module from where they are said to lie', async () => {
    const worker = await startWorker({
      workerUrl: publishedWorkerUrl,
      wasmUrl: simd128Url,
      variant: 'simd128',
    });
    expect(worker.variant).toBe('simd128');
    await worker.dispose();
  });

  it('shares one compiled module among workers', async () => {
    const wasmModule = await WebAssembly.compile(await readFile(simd128Url));
    const workers = await Promise.all([1, 2].map(() => startWorker({ wasmModule, variant: 'simd128' })));
    expect(workers.map((worker) => worker.variant)).toEqual(['simd128', 'simd128']);
    await Promise.all(workers.map((worker) => worker.dispose()));
  });

  it('leaves no worker behind when the engine cannot be opened', async () => {
    const threads: Worker[] = [];
    const workerFactory = () => {
      const thread = new Worker(publishedWorkerUrl);
      threads.push(thread);
      return thread;
    };
    const error = errorOf(() => createWorkerEngine({ dim: 0, workerFactory }));
    const exited = once(threads[0] as Worker, 'exit');
    expect(await error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    await exited;
  });

  it('stops by its signal', async () => {
    const reason = new Error('page left');
    expect(await errorOf(() => startWorker({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    const abort = new AbortController();
    const started = errorOf(() => startWorker({ workerUrl: silentUrl, signal: abort.signal }));
    abort.abort(reason);
    expect(await started).toBe(reason);
  });

  it.each([0, -1, 1.5, Number.NaN, '1' as never])('refuses a time limit of %s', async (timeoutMs) => {
    expect(await errorOf(() => startWorker({ timeoutMs }))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
