/**
Starts the worker in a browser. The Node bundle has spawn-node.ts in this file's place.

@module
*/
import type { WorkerLike } from './worker-like.js';

/** Where the package's own worker file lies; for messages, since a bundler may have renamed it. */
export const defaultWorkerUrl = import.meta.url.replace(/[^/]*$/, 'vicinal-worker.js');

/** `workerUrl`: a module script; relative to the page. Default: the package's own worker file. */
export function spawnWorker(workerUrl?: string | URL): WorkerLike {
  // Bundlers look for exactly this expression; a variable in it would hide the file from them.
  if (workerUrl === undefined)
    return new Worker(new URL('./vicinal-worker.js', import.meta.url), { type: 'module' });
  return new Worker(workerUrl, { type: 'module' });
}

/** Browsers keep to themselves why a worker script failed to load; asking for the file again can tell. */
export async function explainLoadFailure(workerUrl: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(workerUrl, { signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    const type = response.headers.get('content-type') ?? 'no type';
    if (!response.ok) return `status ${response.status}`;
    return /javascript|ecmascript/i.test(type) ? undefined : `a file of type ${type}`;
  } catch {
    return undefined;
  }
}
