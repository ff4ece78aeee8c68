/**
The workers of the page: one that all searches share, and one of its own for a benchmark while it runs.

@module
*/
import { signal } from '@preact/signals';
import { startWorker, VectorSearchError, type WorkerHandle } from 'vicinal/worker';
import type { VariantChoice } from '../address.js';

/** How many run now. */
export const workerCount = signal(0);

/** Whether this browser has relaxed SIMD; unknown until a worker has started. */
export const hasRelaxedSimd = signal<boolean | undefined>(undefined);

/** Time from the call to the worker's answer, of the last worker that started. */
export const workerStartMs = signal<number | undefined>(undefined);

/**
A worker of one's own. {@link endWorker} ends it.
A link may ask for relaxed SIMD where there is none: the other module runs then.
*/
export async function beginWorker(choice: VariantChoice, signal?: AbortSignal): Promise<WorkerHandle> {
  const begin = performance.now();
  const variant = choice === 'automatic' ? {} : { variant: choice };
  try {
    const worker = await startWorker({ ...variant, ...(signal && { signal }) });
    workerStartMs.value = performance.now() - begin;
    if (choice !== 'simd128') hasRelaxedSimd.value = worker.variant === 'relaxed';
    workerCount.value++;
    return worker;
  } catch (error) {
    if (choice !== 'relaxed' || !isUnsupported(error)) throw error;
    hasRelaxedSimd.value = false;
    return beginWorker('automatic', signal);
  }
}

export async function endWorker(worker: WorkerHandle): Promise<void> {
  workerCount.value--;
  await worker.dispose();
}

interface SharedWorker {
  readonly choice: VariantChoice;
  readonly worker: Promise<WorkerHandle>;
}

let wanted: SharedWorker | undefined;
/** The newest that has started. It runs until the wanted one has started too. */
let running: SharedWorker | undefined;

/**
The worker that all searches share. Once another variant has started, the one before ends, with all engines in it.
Where it does not start the one before goes on, and the next call tries again.
*/
export function sharedWorker(choice: VariantChoice): Promise<WorkerHandle> {
  if (wanted?.choice === choice) return wanted.worker;
  wanted = running?.choice === choice ? running : begin(choice);
  return wanted.worker;
}

/** Ends the worker that all searches share, if it is this one: it may have failed. The next call starts another. */
export function giveUpSharedWorker(choice: VariantChoice): void {
  if (running?.choice !== choice) return;
  void running.worker.then(endWorker);
  if (wanted === running) wanted = undefined;
  running = undefined;
}

function begin(choice: VariantChoice): SharedWorker {
  const next: SharedWorker = { choice, worker: beginWorker(choice) };
  next.worker.then(
    (worker) => {
      // The reader has chosen another meanwhile.
      if (wanted !== next) return endWorker(worker);
      void running?.worker.then(endWorker);
      running = next;
      return undefined;
    },
    () => {
      if (wanted === next) wanted = running;
    },
  );
  return next;
}

function isUnsupported(error: unknown): boolean {
  return error instanceof VectorSearchError && error.code === 'UNSUPPORTED_ENVIRONMENT';
}
