/** `vicinal/inline` and `vicinal/worker/inline` in Node: their scripts alone, without any other file of the package. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as inline from 'vicinal/inline';
import * as workerInline from 'vicinal/worker/inline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from './support/awaitable.js';
import { packageUrl } from './support/fresh-package.js';

const scripts = [
  ...['inline.js', 'worker-inline.js', 'inline-shared.js'],
  ...['vicinal-packed-module.js', 'vicinal-worker-source.js'],
];
const moduleUrl = new URL(import.meta.resolve('vicinal/vicinal_simd128.wasm'));

describe('the inline entries', () => {
  let folder: string;
  let engineEntry: typeof inline;
  let workerEntry: typeof workerInline;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vicinal-inline-'));
    for (const script of scripts) await cp(new URL(`node/${script}`, packageUrl), join(folder, script));
    const load = (script: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, script)).href);
    engineEntry = await load('inline.js');
    workerEntry = await load('worker-inline.js');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('export what the entries with files export, and share the error class', async () => {
    expect(Object.keys(inline).sort()).toEqual(Object.keys(await import('vicinal')).sort());
    expect(Object.keys(workerInline).sort()).toEqual(Object.keys(await import('vicinal/worker')).sort());
    expect(engineEntry.VectorSearchError).toBe(workerEntry.VectorSearchError);
  });

  it('refuse the relaxed module, which is not in them, before the embedded one is loaded', async () => {
    const codes = ['INVALID_ARGUMENT', 'UNSUPPORTED_ENVIRONMENT'];
    for (const start of [engineEntry.default, workerEntry.startWorker]) {
      const error = await errorOf(() => start({ variant: 'relaxed' }));
      expect(codes).toContain((error as inline.VectorSearchError).code);
    }
  });

  it('search', async () => {
    await engineEntry.default();
    using engine = new engineEntry.VectorSearchEngine(2, 'dot');
    engine.addBatch(Float32Array.of(1, 0, 0, 1));
    expect(engine.search([0, 2], 1).toJSON()).toEqual([{ id: 1, score: 2, distance: -2 }]);
    expect(engineEntry.performanceMetrics().variant).toBe('simd128');
  });

  it('search in a worker thread', async () => {
    const engine = await workerEntry.createWorkerEngine({ dim: 2, metric: 'dot' });
    await engine.addBatch(Float32Array.of(1, 0, 0, 1));
    expect((await engine.search([0, 2], 1)).toJSON()).toEqual([{ id: 1, score: 2, distance: -2 }]);
    expect(engine.worker.variant).toBe('simd128');
    await engine.dispose();
  });

  it('take a module and a worker that are named', async () => {
    const workerUrl = fileURLToPath(new URL('node/vicinal-worker.js', packageUrl));
    const worker = await workerEntry.startWorker({ workerUrl, wasmUrl: moduleUrl });
    expect(worker.variant).toBe('simd128');
    await worker.dispose();
  });

  it('say where a file lies that was named and is not there', async () => {
    const nowhere = pathToFileURL(join(folder, 'nowhere'));
    for (const options of [{ wasmUrl: nowhere }, { workerUrl: nowhere }]) {
      const error = await errorOf(() => workerEntry.startWorker(options));
      expect(error).toMatchObject({ code: 'LOAD_FAILED' });
      expect((error as Error).message).toContain(nowhere.href);
    }
  });
});
