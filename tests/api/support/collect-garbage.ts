/**
Runs the garbage collector now; vitest.config.ts makes it reachable.

@module
*/
declare const gc: (() => void) | undefined;

/** Collects, and lets finalizers run. */
export async function collectGarbage(): Promise<void> {
  if (gc === undefined) throw new Error('run with --expose-gc');
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
}
