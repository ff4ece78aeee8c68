/**
Starts the worker in Node, by `worker_threads`. Takes the place of spawn-web.ts in the Node bundle.

@module
*/
import { Worker } from 'node:worker_threads';
import { absoluteUrl } from '../bindings/api/address-node.js';
import type { WorkerLike } from './worker-like.js';

/** The process's own options (`--input-type`, loaders) are not for the worker. */
const execArgv: string[] = [];

/** Runs a script at a `file:` or `data:` URL, or a path. */
export function spawnFile(workerUrl: string | URL): WorkerLike {
  return new Worker(absoluteUrl(workerUrl), { execArgv });
}

/** Runs a script's text. */
export function spawnSource(source: string): WorkerLike {
  return new Worker(source, { eval: true, execArgv });
}

/** Node's own error says why a script failed to load. */
export async function explainLoadFailure(): Promise<string | undefined> {
  return undefined;
}
