/**
The package's own worker, as a file beside its scripts. The bundler puts own-worker-inline.ts in this file's place for
`vicinal/worker/inline`, and own-worker-node.ts in scripts for Node; all export the same.

@module
*/
import { lostFileRemedy } from '../bindings/api/lost-files.js';
import type { Variant } from '../bindings/api/types.js';

export { ownFileName as ownWorkerName, spawnOwnFile as spawnOwnWorker } from './spawn-web.js';

/** What helps where a bundler or a host has lost the file. */
export const remedy = lostFileRemedy(import.meta.url, '`workerUrl` or `workerFactory`');

/** The module that the worker is sent: none, since it finds the file by itself. */
export async function moduleForWorker(_variant?: Variant): Promise<WebAssembly.Module | undefined> {
  return undefined;
}
