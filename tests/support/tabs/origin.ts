/**
Tabs of one origin within one process: the real `BroadcastChannel`, locks as browsers have them, and ways to end a tab as
browsers and users do.

@module
*/
import type { ChannelLike, OpenChannel } from '../../../worker/collection/tabs/tab-channel.js';
import type { TabLocks } from '../../../worker/collection/tabs/tab-lock.js';

interface Claim {
  readonly tab: Tab;
  readonly grant: () => void;
  /** Ends the hold, or the wait. */
  readonly drop: (reason: unknown) => void;
}

/** Exclusive locks, first come, first served. */
class Locks {
  readonly #claims = new Map<string, Claim[]>();

  request(
    tab: Tab,
    name: string,
    signal: AbortSignal | undefined,
    callback: () => Promise<void>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isGranted = false;
      const claim: Claim = {
        tab,
        grant: () => {
          isGranted = true;
          void callback()
            .then(resolve, reject)
            .finally(() => this.#remove(name, claim));
        },
        drop: (reason) => {
          this.#remove(name, claim);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', () => {
        if (!isGranted) claim.drop(signal.reason);
      });
      const claims = this.#claims.get(name) ?? [];
      this.#claims.set(name, claims);
      if (claims.push(claim) === 1) queueMicrotask(() => claims[0] === claim && claim.grant());
    });
  }

  waiting(): { readonly name: string }[] {
    return [...this.#claims].flatMap(([name, claims]) => claims.slice(1).map(() => ({ name })));
  }

  /** What the end of a page does. */
  dropAllOf(tab: Tab): void {
    for (const claims of this.#claims.values())
      for (const claim of claims.filter((each) => each.tab === tab))
        claim.drop(new Error('the page is gone'));
  }

  #remove(name: string, claim: Claim): void {
    const claims = this.#claims.get(name) ?? [];
    const place = claims.indexOf(claim);
    if (place < 0) return;
    claims.splice(place, 1);
    if (place === 0) claims[0]?.grant();
  }
}

export class Origin {
  readonly #locks = new Locks();

  openTab(): Tab {
    return new Tab(this.#locks);
  }
}

export class Tab {
  readonly #locks: Locks;
  readonly #channels = new Set<BroadcastChannel>();
  #isCrashed = false;
  /** What happens once it thaws; nothing while it is not frozen. */
  #frozen: (() => void)[] | undefined;

  constructor(locks: Locks) {
    this.#locks = locks;
  }

  get isCrashed(): boolean {
    return this.#isCrashed;
  }

  readonly locks: TabLocks = {
    request: (name, { signal }, callback) => this.#locks.request(this, name, signal, callback),
    query: async () => ({ pending: this.#locks.waiting() }),
  };

  readonly openChannel: OpenChannel = (name) => {
    const channel = new BroadcastChannel(name);
    (channel as { unref?: () => void }).unref?.();
    this.#channels.add(channel);
    const opened: ChannelLike = {
      onmessage: null,
      postMessage: (message) => {
        if (this.#isCrashed) return;
        if (this.#frozen === undefined) channel.postMessage(message);
        else {
          const sent = structuredClone(message);
          this.#frozen.push(() => !this.#isCrashed && channel.postMessage(sent));
        }
      },
      close: () => {
        this.#channels.delete(channel);
        // Behind what it has still to say.
        if (this.#frozen === undefined) channel.close();
        else this.#frozen.push(() => channel.close());
      },
    };
    channel.onmessage = (event) => {
      const { data } = event as MessageEvent;
      const deliver = () => !this.#isCrashed && opened.onmessage?.({ data });
      if (this.#frozen === undefined) deliver();
      else this.#frozen.push(deliver);
    };
    return opened;
  };

  /** It is gone, with its locks: nothing that it does from now on reaches anybody. */
  crash(): void {
    this.#isCrashed = true;
    for (const channel of this.#channels) channel.close();
    this.#channels.clear();
    this.#locks.dropAllOf(this);
  }

  /** It hears and says nothing until it thaws. */
  freeze(): void {
    this.#frozen = [];
  }

  thaw(): void {
    const waiting = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const run of waiting) run();
  }
}
