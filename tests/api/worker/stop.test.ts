/** Stopping calls by their signal, in every state that a call can be in; and what is heard of progress. */
import {
  createWorkerBatchProcessor,
  createWorkerEngine,
  type Progress,
  type WorkerEngine,
} from 'vicinal/worker';
import { afterEach, describe, expect, it } from 'vitest';
import { randomVectors } from '../../support/vectors.js';
import { errorOf } from '../support/awaitable.js';
import { deferred } from '../support/deferred.js';
import { Stage } from '../support/staged-worker.js';

const dim = 64;
const one = new Float32Array(dim).fill(1);

/** So many that `addBatch` takes four steps. */
const manyRows = 60_000;
const many = new Float32Array(dim * manyRows).fill(1);

const opened: { dispose(): Promise<void> }[] = [];

async function openStaged(stage: Stage): Promise<WorkerEngine> {
  const engine = await createWorkerEngine({ dim, metric: 'dot', workerFactory: stage.workerFactory });
  opened.push(engine);
  return engine;
}

/** Starts a long call and waits until it stands still after its first step. */
async function startLongCall(engine: WorkerEngine, signal?: AbortSignal): Promise<{ call: Promise<number> }> {
  const reported = deferred();
  const onProgress = () => reported.resolve();
  const call = engine.addBatch(many, manyRows, { onProgress, ...(signal && { signal }) });
  await reported.promise;
  return { call };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((object) => object.dispose()));
});

describe('a signal', () => {
  it('that is aborted already keeps the call from being sent, and arrays from being given away', async () => {
    const engine = await openStaged(new Stage());
    const signal = AbortSignal.abort(new Error('too late'));
    const vector = one.slice();
    const calls = [
      () => engine.add(vector, { signal, transfer: true }),
      () => engine.addBatch(vector, 1, { signal, transfer: true }),
      () => engine.get(0, { signal }),
      () => engine.has(0, { signal }),
      () => engine.update(0, vector, { signal }),
      () => engine.remove(0, { signal }),
      () => engine.search(vector, 1, { signal }),
      () => engine.searchBatch(vector, 1, { signal }),
      () => engine.reserve(1, { signal }),
      () => engine.stats({ signal }),
      () => engine.compact({ signal }),
      () => engine.clear({ signal }),
      () => engine.save({ signal }),
      () => engine.worker.performanceMetrics({ signal }),
    ];
    for (const call of calls) expect(await errorOf(call), String(call)).toBe(signal.reason);
    expect(vector).toHaveLength(dim);
    expect(await engine.size).toBe(0);
  });

  it('removes a call that waits; those behind it run', async () => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    const { call: running } = await startLongCall(engine);
    const abort = new AbortController();
    const waiting = errorOf(() => engine.add(one, { signal: abort.signal }));
    const behind = engine.add(one);
    abort.abort('changed my mind');
    stage.open();
    expect(await waiting).toBe('changed my mind');
    expect(await running).toBe(0);
    expect(await behind).toBe(manyRows);
    expect(await engine.size).toBe(manyRows + 1);
  });

  it('stops a long call between two steps, which has changed nothing then', async () => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    await engine.add(one);
    const before = await engine.save();
    const abort = new AbortController();
    const { call } = await startLongCall(engine, abort.signal);
    const error = errorOf(() => call);
    abort.abort();
    stage.open();
    expect(await error).toBe(abort.signal.reason);
    expect(await engine.size).toBe(1);
    expect(await engine.save()).toEqual(before);
    expect(await engine.add(one)).toBe(1);
  });

  it('lets a search go at once, while the worker is still busy', async () => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    const { call: running } = await startLongCall(engine);
    const abort = new AbortController();
    const search = errorOf(() => engine.search(one, 1, { signal: abort.signal }));
    abort.abort();
    expect(await search).toBe(abort.signal.reason);
    stage.open();
    await running;
  });

  it('stops batch processing, and the array for the result stays as it was', async () => {
    const stage = new Stage({ gated: true });
    const processor = await createWorkerBatchProcessor({
      dim,
      batchSize: 10,
      workerFactory: stage.workerFactory,
    });
    opened.push(processor);
    const abort = new AbortController();
    const out = new Float32Array(dim * 100);
    const stopped = errorOf(() =>
      processor.process(randomVectors(100, dim), 'normalize', {
        out,
        signal: abort.signal,
        onProgress: () => abort.abort(),
      }),
    );
    expect(await stopped).toBe(abort.signal.reason);
    expect(out.every((value) => value === 0)).toBe(true);
    stage.open();
    expect(await processor.process(one, 'sum')).toEqual(one);
  });

  it('that is aborted too late changes nothing', async () => {
    const engine = await openStaged(new Stage());
    const abort = new AbortController();
    expect(await engine.add(one, { signal: abort.signal })).toBe(0);
    abort.abort();
    expect(await engine.size).toBe(1);
  });

  it('stays free of listeners once its calls have settled', async () => {
    const engine = await openStaged(new Stage());
    const { signal } = new AbortController();
    let listeners = 0;
    const counting: AbortSignal = Object.create(signal, {
      aborted: { value: false },
      throwIfAborted: { value: () => {} },
      addEventListener: { value: () => listeners++ },
      removeEventListener: { value: () => listeners-- },
    });
    await engine.add(one, { signal: counting });
    await errorOf(() => engine.add([1], { signal: counting }));
    expect(listeners).toBe(0);
  });
});

describe('progress', () => {
  it('is told step by step up to the end, before the call settles', async () => {
    const engine = await openStaged(new Stage());
    const events: (Progress | number)[] = [];
    const onProgress = (progress: Progress) => events.push(progress);
    events.push(await engine.addBatch(many, manyRows, { onProgress }));
    expect(events.at(-1)).toBe(0);
    expect(events.at(-2)).toEqual({ done: manyRows, total: manyRows });
    const done = (events.slice(0, -1) as Progress[]).map((progress) => progress.done);
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
  });

  it('is told at most about 20 times a second', async () => {
    const processor = await createWorkerBatchProcessor({ dim: 2, batchSize: 1 });
    opened.push(processor);
    const reports: Progress[] = [];
    const started = performance.now();
    await processor.process(randomVectors(5000, 2), 'normalize', {
      onProgress: (progress) => reports.push(progress),
    });
    const seconds = (performance.now() - started) / 1000;
    expect(reports.at(-1)).toEqual({ done: 5000, total: 5000 });
    // The first, one for each 50 ms, and the last.
    expect(reports.length).toBeLessThanOrEqual(2 + seconds * 20);
  });

  it('stops the call where its listener throws', async () => {
    const stage = new Stage({ gated: true });
    const engine = await openStaged(stage);
    const failure = new Error('listener failed');
    const heard = deferred();
    const onProgress = () => {
      heard.resolve();
      throw failure;
    };
    const error = errorOf(() => engine.addBatch(many, manyRows, { onProgress }));
    await heard.promise;
    stage.open();
    expect(await error).toBe(failure);
    expect(await engine.size).toBe(0);
  });
});
