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

let shared: { readonly choice: VariantChoice; readonly worker: Promise<WorkerHandle> } | undefined;

/** The worker that all searches share. Asking for another variant ends the one before, with all engines in it. */
export function sharedWorker(choice: VariantChoice): Promise<WorkerHandle> {
  if (shared?.choice !== choice) {
    void shared?.worker.then(endWorker, () => undefined);
    shared = { choice, worker: beginWorker(choice) };
  }
  return shared.worker;
}

function isUnsupported(error: unknown): boolean {
  return error instanceof VectorSearchError && error.code === 'UNSUPPORTED_ENVIRONMENT';
}
