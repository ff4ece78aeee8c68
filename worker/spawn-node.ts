/**
Starts the worker in Node, by `worker_threads`. Takes the place of spawn-web.ts in the Node bundle.

@module
*/
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerLike } from './worker-like.js';

/** Where the package's own worker file lies. */
export const defaultWorkerUrl = import.meta.url.replace(/[^/]*$/, 'vicinal-worker.js');

/** `workerUrl`: a `file:` or `data:` URL, or a path. Default: the package's own worker file. */
export function spawnWorker(workerUrl?: string | URL): WorkerLike {
  const url = new URL(workerUrl === undefined ? defaultWorkerUrl : absoluteUrl(workerUrl));
  // The process's own options (`--input-type`, loaders) are not for this file.
  return new Worker(url, { execArgv: [] });
}

/** A URL as it is, a path as a `file:` URL. */
export function absoluteUrl(url: string | URL): string {
  const text = String(url);
  // At least two letters before the colon: `c:\file` is a path.
  return /^[a-z][a-z+.-]+:/i.test(text) ? text : pathToFileURL(resolve(text)).href;
}

/** Node's own error says why a script failed to load. */
export async function explainLoadFailure(): Promise<string | undefined> {
  return undefined;
}
