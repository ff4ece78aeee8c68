/**
Frees what callers forget to dispose, once the garbage collector finds it; development builds also say so, since the
collector does not see the module's memory and may come very late.

@module
*/
import { log } from './log.js';

/** Set by the bundler: true in development builds. */
declare const VICINAL_DEV: boolean | undefined;

interface Owned {
  readonly kind: string;
  readonly release: () => void;
}

const registry = new FinalizationRegistry<Owned>(({ kind, release }) => {
  if (typeof VICINAL_DEV !== 'undefined' && VICINAL_DEV) {
    log('warn', `${kind} never disposed: call dispose() when you are done with it`);
  }
  release();
});

/** Calls `release` when `owner` is collected; `release` must not hold `owner`. */
export function guardLeak(owner: object, kind: string, release: () => void): void {
  registry.register(owner, { kind, release }, owner);
}

/** For an owner that was disposed. */
export function forgetLeak(owner: object): void {
  registry.unregister(owner);
}
