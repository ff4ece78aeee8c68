/**
One interface over the two kinds of worker: the browser's `Worker` and that of Node's `worker_threads`.

@module
*/
import type { HostReply, HostRequest } from './protocol.js';

/** A browser's `Worker` or one of Node's `worker_threads`, not yet used for anything else. */
export interface WorkerLike {
  /** Sends a message. */
  // biome-ignore lint/suspicious/noExplicitAny: the two kinds type messages and transfer lists differently.
  postMessage(message: any, transfer: any): void;
  /** Ends the worker. */
  terminate(): unknown;
}

/** What the client needs of a worker. @internal */
export interface WorkerThread {
  post(message: HostRequest, transfer: readonly ArrayBuffer[]): void;
  /** `onEnd` is told why the worker can no longer be used; it may be told more than once. */
  listen(onMessage: (message: HostReply) => void, onEnd: (reason: string) => void): void;
  /** Resolves once the thread has ended, where that can be known. */
  terminate(): Promise<void>;
  /** Whether this worker alone keeps a Node process from ending. */
  holdProcess(hold: boolean): void;
}

/** The events of Node's `Worker`, without its types, which a page does not have. */
interface EmitterWorker extends WorkerLike {
  on(event: 'message', listener: (message: HostReply) => void): unknown;
  on(event: 'error' | 'messageerror', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  ref(): void;
  unref(): void;
}

/** The events of a browser's `Worker`. */
interface EventTargetWorker extends WorkerLike {
  addEventListener(type: string, listener: (event: { data?: unknown; message?: string }) => void): void;
}

/** @throws `TypeError` where `worker` is no worker. @internal */
export function asThread(worker: WorkerLike): WorkerThread {
  if (typeof worker?.postMessage !== 'function' || typeof worker.terminate !== 'function') {
    throw new TypeError('workerFactory did not return a worker');
  }
  return 'addEventListener' in worker
    ? eventTargetThread(worker as EventTargetWorker)
    : emitterThread(worker as EmitterWorker);
}

function eventTargetThread(worker: EventTargetWorker): WorkerThread {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(onMessage, onEnd) {
      worker.addEventListener('message', (event) => onMessage(event.data as HostReply));
      // A script that cannot be fetched, or is no script, gives an event without a message.
      worker.addEventListener('error', (event) => onEnd(event.message || 'no script that could be loaded'));
      worker.addEventListener('messageerror', () => onEnd('an unreadable reply'));
    },
    async terminate() {
      worker.terminate();
    },
    holdProcess() {},
  };
}

function emitterThread(worker: EmitterWorker): WorkerThread {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(onMessage, onEnd) {
      worker.on('message', onMessage);
      worker.on('error', (error) => onEnd(String(error)));
      worker.on('messageerror', () => onEnd('an unreadable reply'));
      worker.on('exit', (code) => onEnd(`exit code ${code}`));
    },
    async terminate() {
      await worker.terminate();
    },
    holdProcess: (hold) => (hold ? worker.ref() : worker.unref()),
  };
}
