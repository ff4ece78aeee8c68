/** How a worker ends, by `dispose()` or by a crash: every promise settles. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { createWorkerEngine, startWorker, VectorSearchError, type WorkerEngine } from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/awaitable.js';
import { deferred } from '../support/deferred.js';
import { publishedWorkerUrl, Stage } from '../support/staged-worker.js';

const dim = 64;
const one = new Float32Array(dim).fill(1);
const many = new Float32Array(dim * 60_000).fill(1);

/** Makes one call that stands still after its first step, and two that wait behind it. */
async function startCalls(engine: WorkerEngine): Promise<{ readonly errors: Promise<unknown[]> }> {
  const reported = deferred();
  const running = errorOf(() => engine.addBatch(many, undefined, { onProgress: () => reported.resolve() }));
  await reported.promise;
  const waiting = [errorOf(() => engine.add(one)), errorOf(() => engine.search(one, 1))];
  return { errors: Promise.all([running, ...waiting]) };
}

async function openStaged(stage: Stage): Promise<WorkerEngine> {
  return createWorkerEngine({ dim, metric: 'dot', workerFactory: stage.workerFactory });
}

/** Unlike `once` of node:events, also where an error comes first. */
function exitOf(thread: Worker): Promise<void> {
  return new Promise((resolve) => thread.once('exit', () => resolve()));
}

describe('dispose', () => {
  it('rejects every pending call, and all later ones', async () => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    const { errors } = await startCalls(engine);
    const exited = exitOf(stage.thread);
    const disposal = engine.dispose();
    for (const error of await errors) {
      expect(error).toBeInstanceOf(VectorSearchError);
      expect(error).toMatchObject({ code: 'DISPOSED', message: 'The engine has been disposed' });
    }
    await disposal;
    await exited;
    expect(await errorOf(() => engine.add(one))).toMatchObject({ code: 'DISPOSED' });
    expect(await errorOf(() => engine.worker.performanceMetrics())).toMatchObject({ code: 'DISPOSED' });
  });

  it('is what `await using` calls', async () => {
    const engine = await createWorkerEngine({ dim: 2 });
    await engine[Symbol.asyncDispose]();
    expect(await errorOf(() => engine.size)).toMatchObject({ code: 'DISPOSED' });
    const worker = await startWorker();
    await worker[Symbol.asyncDispose]();
    expect(await errorOf(() => worker.performanceMetrics())).toMatchObject({ code: 'DISPOSED' });
  });

  it('of a shared worker rejects the calls of all its objects', async () => {
    const worker = await startWorker();
    const engines = await Promise.all([1, 2].map(() => createWorkerEngine({ worker, dim: 2 })));
    const calls = engines.map((engine) => errorOf(() => engine.add([1, 2])));
    const disposal = worker.dispose();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: 'DISPOSED' });
    await disposal;
  });
});

describe('an engine that nobody disposes of', () => {
  it('does not keep a Node process from ending', async () => {
    const script = `
      import { createWorkerEngine } from ${JSON.stringify(new URL('worker.js', publishedWorkerUrl).href)};
      const engine = await createWorkerEngine({ dim: 2 });
      const id = await engine.add([1, 2]);
      void engine.search([1, 2], 1).then((results) => console.log(id, results.count()));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout).toBe('0 1\n');
  });

  it('holds the process until the worker has ended, also when it takes calls along', async () => {
    const script = `
      import { createWorkerEngine } from ${JSON.stringify(new URL('worker.js', publishedWorkerUrl).href)};
      const engine = await createWorkerEngine({ dim: 2 });
      const calls = [engine.add([1, 2]), engine.size];
      const disposal = engine.dispose();
      const errors = await Promise.allSettled(calls);
      await disposal;
      console.log(errors.map(({ reason }) => reason.code).join());
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout).toBe('DISPOSED,DISPOSED\n');
  });
});

describe('a crash', () => {
  it.each<[string, string, (stage: Stage) => unknown]>([
    ['its thread is ended', 'exit code 1', (stage) => stage.thread.terminate()],
    [
      'it sends what cannot be read',
      'an unreadable reply',
      (stage) => stage.thread.emit('messageerror', new Error()),
    ],
    [
      'it is sent what it does not know',
      'an unknown request',
      (stage) => stage.thread.postMessage({ type: 'dance' }),
    ],
  ])('rejects every pending call when %s', async (_, reason, crash) => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    const { errors } = await startCalls(engine);
    crash(stage);
    stage.open();
    await expectCrashed(engine, await errors, reason);
  });

  it.each([
    ['throws outside of a call', 'throw', 'Error: thrown on the stage'],
    ['exits', 'exit', 'exit code 3'],
  ] as const)('rejects every pending call when it %s', async (_, command, reason) => {
    const stage = new Stage();
    const engine = await openStaged(stage);
    stage.command(command);
    await exitOf(stage.thread);
    const calls = [errorOf(() => engine.add(one)), errorOf(() => engine.search(one, 1))];
    await expectCrashed(engine, await Promise.all(calls), reason);
  });

  it('follows a trap in the module, which the call that met it reports as INTERNAL', async () => {
    const stage = new Stage();
    const engine = await openStaged(stage);
    await stage.trap();
    const trapped = errorOf(() => engine.add(one));
    const behind = errorOf(() => engine.add(one));
    expect(await trapped).toMatchObject({ code: 'INTERNAL' });
    expect(String(await trapped)).toContain('unreachable');
    await expectCrashed(engine, [await behind], 'unreachable');
  });

  it('of one worker leaves the others alone', async () => {
    const stage = new Stage();
    const [doomed, other] = await Promise.all([openStaged(stage), createWorkerEngine({ dim: 2 })]);
    await stage.thread.terminate();
    expect(await errorOf(() => doomed.add(one))).toMatchObject({ code: 'WORKER_CRASHED' });
    expect(await other.add([1, 2])).toBe(0);
    await other.dispose();
  });

  it('is survived by opening saved bytes again', async () => {
    const stage = new Stage();
    const engine = await openStaged(stage);
    await engine.add(one);
    const bytes = await engine.save();
    await stage.thread.terminate();
    expect(await errorOf(() => engine.size)).toMatchObject({ code: 'WORKER_CRASHED' });
    const again = await createWorkerEngine({ load: bytes });
    expect(await again.get(0)).toEqual(one);
    await again.dispose();
  });

  it('may be followed by dispose', async () => {
    const stage = new Stage();
    const engine = await openStaged(stage);
    await stage.thread.terminate();
    await engine.dispose();
    expect(await errorOf(() => engine.size)).toMatchObject({ code: 'DISPOSED' });
  });
});

/** That the calls were rejected for `reason`, that later ones are, and that the thread is gone. */
async function expectCrashed(
  engine: WorkerEngine,
  errors: readonly unknown[],
  reason: string,
): Promise<void> {
  for (const error of [...errors, await errorOf(() => engine.get(0))]) {
    expect(error).toBeInstanceOf(VectorSearchError);
    expect(error).toMatchObject({ code: 'WORKER_CRASHED' });
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).toContain('open an engine anew');
  }
  await engine.dispose();
}
