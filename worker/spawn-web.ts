/**
Starts the worker in a browser. The Node bundle has spawn-node.ts in this file's place.

@module
*/
import type { WorkerLike } from './worker-like.js';

/** Where the package's own worker file lies; for messages, since a bundler may have moved and renamed it. */
export function ownFileName(): string {
  // No URL object: bundlers would take it for one more file. A script of the classic kind has no address.
  const own = String(import.meta.url);
  // The file that this is in where no bundler has been at work.
  if (/\/worker\.js$/.test(own)) return own.replace(/[^/]*$/, 'vicinal-worker.js');
  return `vicinal-worker.js (bundlers rename it) beside ${own}`;
}

/** Runs the package's own worker file. */
export function spawnOwnFile(): WorkerLike {
  // Bundlers look for exactly this expression; a variable in it would hide the file from them.
  return new Worker(new URL('./vicinal-worker.js', import.meta.url), { type: 'module' });
}

/** Runs a module script at an address relative to the page. */
export function spawnFile(workerUrl: string | URL): WorkerLike {
  return new Worker(workerUrl, { type: 'module' });
}

/** Runs a script's text, from a `blob:` address. */
export function spawnSource(source: string): WorkerLike {
  sourceUrl ??= URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  return new Worker(sourceUrl);
}

/** Of the one source there is; kept, since there is no telling when a worker has read it. */
let sourceUrl: string | undefined;

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
