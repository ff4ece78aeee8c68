/**
Starts the worker in Node, by `worker_threads`. Takes the place of spawn-web.ts in the Node bundle.

@module
*/
import { Worker } from 'node:worker_threads';
import { absoluteUrl } from '../bindings/api/address-node.js';
import type { WorkerLike } from './worker-like.js';

/** Where the package's own worker file lies. */
export const defaultWorkerUrl = import.meta.url.replace(/[^/]*$/, 'vicinal-worker.js');

/** `workerUrl`: a `file:` or `data:` URL, or a path. Default: the package's own worker file. */
export function spawnWorker(workerUrl?: string | URL): WorkerLike {
  // The process's own options (`--input-type`, loaders) are not for this file.
  return new Worker(absoluteUrl(workerUrl ?? defaultWorkerUrl), { execArgv: [] });
}

/** Node's own error says why a script failed to load. */
export async function explainLoadFailure(): Promise<string | undefined> {
  return undefined;
}
