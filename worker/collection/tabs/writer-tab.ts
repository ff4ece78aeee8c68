/**
The tab that holds the lock, as other tabs see it.

@module
*/
import type { Collection } from '../collection.js';
import { Guest, type Host } from './guest.js';
import type { PublicMessage, Settings } from './protocol.js';
import type { SilenceLimits } from './silence.js';
import { type ChannelLike, createTabId, type OpenChannel, ownChannelName } from './tab-channel.js';
import { presenceLockName, TabLock, type TabLocks, writerLockName } from './tab-lock.js';

/** What a tab knows of the collection, whatever its part. */
export interface TabContext {
  readonly name: string;
  readonly version: string;
  readonly settings: Settings;
  readonly locks: TabLocks;
  readonly openChannel: OpenChannel;
  /** All tabs listen on it. */
  readonly channel: ChannelLike;
  readonly limits: SilenceLimits & {
    /** Longest wait, in milliseconds, of a new writer for followers that have changes to repeat. */
    readonly gatherMs: number;
  };
}

/** A change that is made before any other. */
export interface RepeatedChange {
  /** Its place among the changes of the writer before. */
  readonly order: number | undefined;
  readonly run: () => void;
}

interface Admitted {
  readonly guest: Guest;
  readonly presence: TabLock;
}

export class WriterTab implements Host {
  readonly id = createTabId();
  readonly #context: TabContext;
  readonly #guests = new Map<string, Admitted>();
  readonly #announcing: ReturnType<typeof setInterval>;
  collection: Collection | undefined;
  #isOpen = false;
  #hasLeft = false;
  #order = 0;
  #joined = 0;
  #onJoined = () => {};

  /** From now on others hear that there is a writer. */
  constructor(context: TabContext) {
    this.#context = context;
    this.#announce();
    this.#announcing = setInterval(() => this.#announce(), context.limits.pingMs);
  }

  get limits(): SilenceLimits {
    return this.#context.limits;
  }

  nextOrder(): number {
    return ++this.#order;
  }

  onJoined(): void {
    this.#joined++;
    this.#onJoined();
  }

  /** Takes a message of the public channel. */
  receive(message: PublicMessage): void {
    if (message.type !== 'join' || this.#hasLeft) return;
    if (this.#isOpen) this.#admit(message.tab);
    else this.#announce();
  }

  /**
  The collection is open: waits for the followers that are there, and makes the changes first that they repeat.

  @param own - Gives those of this tab.
  */
  async open(collection: Collection, own: () => readonly RepeatedChange[]): Promise<void> {
    const { channel, locks, name } = this.#context;
    clearInterval(this.#announcing);
    this.#isOpen = true;
    channel.postMessage({ type: 'hello', writer: this.id } satisfies PublicMessage);
    // Every follower waits for the lock.
    const { pending = [] } = await locks.query().catch(() => ({ pending: [] }));
    await this.#gather(pending.filter((lock) => lock.name === writerLockName(name)).length);
    if (this.#hasLeft) return;
    const guests = [...this.#guests.values()].map(({ guest }) => guest);
    const last = Number.POSITIVE_INFINITY;
    const repeated = [...own(), ...guests.flatMap((guest) => guest.takeRepeated())].sort(
      ({ order: a = last }, { order: b = last }) => (a === b ? 0 : a - b),
    );
    // So that they stand before later ones also where they come to be repeated once more.
    this.#order = Math.max(0, ...repeated.map(({ order = 0 }) => order));
    this.collection = collection;
    for (const { run } of repeated) run();
    for (const guest of guests) guest.runEarly();
  }

  /** Others are to look for another writer. Their calls, and what becomes of them here, are not answered any more. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearInterval(this.#announcing);
    this.#onJoined();
    for (const tab of [...this.#guests.keys()]) {
      this.#guests.get(tab)?.guest.post({ type: 'leaving' });
      this.#dismiss(tab);
    }
  }

  #announce(): void {
    this.#context.channel.postMessage({ type: 'opening', writer: this.id } satisfies PublicMessage);
  }

  #admit(tab: string): void {
    const { name, locks, openChannel, version, settings } = this.#context;
    let admitted = this.#guests.get(tab);
    if (admitted === undefined) {
      const presence = new TabLock(locks, presenceLockName(name, tab));
      // Granted: it is gone, in whatever way.
      void presence.granted.then((granted) => granted && this.#dismiss(tab));
      const channel = openChannel(ownChannelName(name, tab));
      admitted = { guest: new Guest(this, channel, () => this.#dismiss(tab)), presence };
      this.#guests.set(tab, admitted);
    }
    admitted.guest.post({ type: 'welcome', version, settings });
  }

  #dismiss(tab: string): void {
    const admitted = this.#guests.get(tab);
    this.#guests.delete(tab);
    admitted?.guest.end();
    admitted?.presence.release();
  }

  /** Resolves once so many have joined, or after the longest wait: some may be frozen. */
  #gather(expected: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#context.limits.gatherMs);
      this.#onJoined = () => {
        if (this.#joined < expected && !this.#hasLeft) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onJoined();
    });
  }
}
