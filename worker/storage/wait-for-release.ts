/**
Waiting for files that somebody else holds: a worker that has just ended gives them free a little later.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';

/** How long a browser may take to notice that a worker has ended. */
export const releaseMs = 2_000;
const pauseMs = 20;

/**
Calls `take` until it returns something.

@param holder - What errors say who has it.
@throws {VectorSearchError} with code `STORAGE_IN_USE` once it has returned nothing for two seconds.
*/
export async function waitForRelease<T>(holder: string, take: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + releaseMs;
  for (;;) {
    const taken = await take();
    if (taken !== undefined) return taken;
    if (performance.now() > deadline) throw new VectorSearchError('STORAGE_IN_USE', undefined, holder);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
