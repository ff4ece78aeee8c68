/**
Long calls, written once as generators: each step does some milliseconds of work and tells how far it is; the
generator's return value is the result of the call. Ended early (`return()`, or an error), a generator undoes what it
has done.

The synchronous methods drain a generator here. The worker host drains the same generator and lets its message queue
run between two steps, so that an abort can arrive.

@module
*/
import { checkCallOptions } from './arguments.js';
import type { LongCallOptions, Progress } from './types.js';

export type Steps<Result> = Generator<Progress, Result, void>;

/**
Runs a long call to its end.

@throws {VectorSearchError} with code `INVALID_ARGUMENT` for options of the wrong type, before the first step.
@throws The signal's reason once it is aborted, and whatever `onProgress` or a step throws; the work is undone then.
*/
export function runSteps<Result>(steps: Steps<Result>, options: LongCallOptions = {}): Result {
  checkCallOptions(options);
  const { signal, onProgress } = options;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const step = steps.next();
      if (step.done) return step.value;
      onProgress?.(step.value);
    }
  } finally {
    // Undoes an unfinished call; does nothing to a finished one.
    steps.return(undefined as never);
  }
}
