/**
The package's own worker, embedded in its scripts. Takes the place of own-worker-files.ts in `vicinal/worker/inline`.

@module
*/
import workerSource from 'vicinal-worker-source';
import { defaultVariant, readOwnModule } from '../bindings/api/own-module-inline.js';
import { pickVariant } from '../bindings/api/simd-probe.js';
import type { Variant } from '../bindings/api/types.js';
import { spawnSource } from './spawn-web.js';
import type { WorkerLike } from './worker-like.js';

export const remedy =
  "the page's policy must allow `worker-src blob:`; else pass `workerUrl` or `workerFactory`";

export function ownWorkerName(): string {
  return 'the embedded script';
}

export function spawnOwnWorker(): WorkerLike {
  return spawnSource(workerSource);
}

/** The module that the worker is sent: compiled here, once for all workers. */
export async function moduleForWorker(variant?: Variant): Promise<WebAssembly.Module | undefined> {
  return readOwnModule(pickVariant(variant ?? defaultVariant));
}
