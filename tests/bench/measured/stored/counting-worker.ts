/**
A worker of this package that counts what it asks of its files: a module that counts is run before the package's own.

@module
*/
import type { WorkerLike } from 'vicinal/worker';
import type { FileCounts } from './point-store.js';

export interface CountingWorker {
  /** For the option `workerFactory`. */
  readonly factory: () => WorkerLike;
  counts(): Promise<FileCounts>;
  /** Once the worker has ended. */
  end(): void;
}

let lastChannel = 0;

/** @param workerUrl - Address of the package's worker. */
export async function countingWorker(workerUrl: string): Promise<CountingWorker> {
  const name = `file counts ${++lastChannel}`;
  const isPage = typeof Worker === 'function';
  const counting = `${isPage ? COUNT_IN_PAGE : COUNT_IN_NODE}
    let flushes = 0;
    let bytesWritten = 0;
    const channel = new BroadcastChannel(${JSON.stringify(name)});
    channel.onmessage = ({ data }) => data === 'ask' && channel.postMessage({ flushes, bytesWritten });
    channel.unref?.();`;
  const script = `import ${JSON.stringify(dataUrl(counting))}; import ${JSON.stringify(workerUrl)};`;
  const channel: BroadcastChannel & { unref?(): void } = new BroadcastChannel(name);
  // It would keep a Node process from ending.
  channel.unref?.();
  const nodeThreads = isPage ? undefined : await import('node:worker_threads');
  return {
    factory: () =>
      nodeThreads === undefined
        ? // Not from a `data:` address, whose origin has no storage.
          new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { type: 'module' })
        : new nodeThreads.Worker(new URL(dataUrl(script))),
    counts: () =>
      new Promise((resolve) => {
        channel.onmessage = ({ data }) => resolve(data as FileCounts);
        channel.postMessage('ask');
      }),
    end: () => channel.close(),
  };
}

const COUNT_IN_PAGE = `
  const { prototype } = FileSystemSyncAccessHandle;
  const { flush, write } = prototype;
  prototype.flush = function () {
    flushes++;
    return flush.call(this);
  };
  prototype.write = function (...args) {
    const written = write.apply(this, args);
    bytesWritten += written;
    return written;
  };`;

const COUNT_IN_NODE = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { fdatasyncSync, writeSync } = fs;
  fs.fdatasyncSync = (file) => {
    flushes++;
    fdatasyncSync(file);
  };
  fs.writeSync = (...args) => {
    const written = writeSync(...args);
    bytesWritten += written;
    return written;
  };
  syncBuiltinESMExports();`;

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}
