/**
A Web Lock, asked for and held until it is given up.

@module
*/

/** What is used of `navigator.locks`. */
export interface TabLocks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>;
  query(): Promise<{ readonly pending?: readonly { readonly name?: string }[] }>;
}

/** Whether the page may have no locks: then it may keep nothing either. */
export function areRefused(locks: TabLocks): Promise<boolean> {
  return locks.query().then(
    () => false,
    () => true,
  );
}

/** The lock of a collection's writer. */
export function writerLockName(collection: string): string {
  return `vicinal:${collection}`;
}

/** A lock that a follower holds as long as it lives: who gets it next knows that the follower is gone. */
export function presenceLockName(collection: string, tab: string): string {
  return `vicinal-tab:${collection}:${tab}`;
}

export class TabLock {
  /** Resolves to whether it was granted: not where it was given up before, or cannot be had. */
  readonly granted: Promise<boolean>;
  /** Resolves once it is not held any more: given up, or taken away. To why, where that is not our own doing. */
  readonly ended: Promise<{ readonly reason: unknown } | undefined>;
  readonly #controller = new AbortController();
  #release: () => void = () => {};
  #isReleased = false;

  constructor(locks: TabLocks, name: string) {
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    let grant: (granted: boolean) => void;
    this.granted = new Promise((resolve) => {
      grant = resolve;
    });
    const request = async () => {
      try {
        await locks.request(name, { signal: this.#controller.signal }, () => {
          grant(true);
          return held;
        });
        return undefined;
      } catch (reason) {
        return this.#isReleased ? undefined : { reason };
      } finally {
        grant(false);
      }
    };
    this.ended = request();
  }

  /** Gives it up, or the wait for it. */
  release(): void {
    this.#isReleased = true;
    this.#controller.abort();
    this.#release();
  }
}
