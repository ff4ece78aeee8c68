/**
The package's own worker, in Node: the file where it is, else what is embedded. Takes the place of own-worker-files.ts
there.

@module
*/
import { packageFile } from '../bindings/api/package-file-node.js';
import type { Variant } from '../bindings/api/types.js';
import * as embedded from './own-worker-inline.js';
import { spawnFile } from './spawn-web.js';
import type { WorkerLike } from './worker-like.js';

export const remedy = 'pass `workerUrl` or `workerFactory`';

export function ownWorkerName(): string {
  return workerFile()?.href ?? embedded.ownWorkerName();
}

export function spawnOwnWorker(): WorkerLike {
  const file = workerFile();
  return file === undefined ? embedded.spawnOwnWorker() : spawnFile(file);
}

/** None where the worker finds its file by itself. */
export async function moduleForWorker(variant?: Variant): Promise<WebAssembly.Module | undefined> {
  return workerFile() === undefined ? embedded.moduleForWorker(variant) : undefined;
}

function workerFile(): URL | undefined {
  return packageFile('./vicinal-worker.js');
}
