/**
Whether files are still there. What is written to files that were deleted while they are open is lost, and nothing says so:
when a user clears the site's data, or a folder.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';

/** Time between two looks, in milliseconds: one takes as long as a small change. */
const lookEveryMs = 1000;

/** Why nothing can be written any more: there is nothing to open again either. */
class Deleted extends Error {}

/** Whether that is what went wrong. */
export function tellsDeletion(error: unknown): boolean {
  return error instanceof VectorSearchError && error.cause instanceof Deleted;
}

/**
@param name - What is written to, for the error.
@returns What looks, where it is time to: nothing, or a promise that rejects with code `STORAGE_FAILED`; each time, once
they were gone.
*/
export function lookNowAndThen(
  name: string,
  isGone: () => boolean | Promise<boolean>,
): () => Promise<void> | undefined {
  let last = performance.now();
  /** Under way, or the last. */
  let look: Promise<void> | undefined;
  const start = async () => {
    if (await isGone()) {
      const cause = new Deleted('its files were deleted');
      throw new VectorSearchError('STORAGE_FAILED', undefined, `writing to ${name}: ${cause.message}`, {
        cause,
      });
    }
    last = performance.now();
    look = undefined;
  };
  return () => {
    if (look === undefined && performance.now() - last >= lookEveryMs) look = start();
    return look;
  };
}
