/**
Whether files are still there. What is written to files that were deleted while they are open is lost, and nothing says so:
when a user clears the site's data, or a folder.

@module
*/
import { storageError } from '../../bindings/api/store-files.js';

/** Time between two looks, in milliseconds: one takes as long as a small change. */
const lookEveryMs = 1000;

/**
@param name - What is written to, for the error.
@returns What looks, where it is time to: nothing, or a promise that rejects with code `STORAGE_FAILED`.
*/
export function lookNowAndThen(
  name: string,
  isGone: () => boolean | Promise<boolean>,
): () => Promise<void> | undefined {
  let last = performance.now();
  const look = async () => {
    last = performance.now();
    if (await isGone()) throw storageError(`writing to ${name}`, new Error('its files were deleted'));
  };
  return () => (performance.now() - last < lookEveryMs ? undefined : look());
}
