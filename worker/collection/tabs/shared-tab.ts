/**
A tab's part in a collection that several tabs share: follower, then, once the lock is granted, writer.

Every call settles. It is answered by the writer, or by the one after it; or it rejects with `TIMEOUT` where the writer
is silent, with `WORKER_CRASHED` where a change may have been made and cannot be made again, with `DISPOSED`.

A change that nobody has answered may be made twice. That is as good as once: each sets what it sets whatever was there
(points by id, keys of payloads), or removes; and a filter is a test of one point alone, so that what the first time
changed either matches again, and is set to the same, or does not, and stays. Others' changes in between would make a
difference, so there are none: see the protocol. What comes too late for that is refused.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Progress } from '../../../bindings/api/types.js';
import { createMessageTurn } from '../../message-turn.js';
import type { Collection } from '../collection.js';
import type { UpsertOptions } from '../types.js';
import { FollowerLink } from './follower-link.js';
import { PendingCall, type TabCall } from './pending-call.js';
import type { PulledPoints } from './point-feed.js';
import type { PublicMessage, WriterMessage } from './protocol.js';
import { runCall } from './run-call.js';
import { differenceOf } from './settings.js';
import { SilenceWatch } from './silence.js';
import { SnapshotsRead } from './snapshot-by-pieces.js';
import { publicChannelName } from './tab-channel.js';
import { ownReason, unpackError } from './tab-errors.js';
import { TabLock, writerLockName } from './tab-lock.js';
import { type RepeatedChange, type TabContext, WriterTab } from './writer-tab.js';

export type TabRole = 'writer' | 'follower';

/** The collection itself, in the tab that runs it. */
export interface LocalCollection extends Collection {
  /** Ends its workers at once, before this returns. */
  abandon?(): void;
}

/** What a tab starts with. */
export type SharedTabOptions = Omit<TabContext, 'channel'> & {
  /** Opens the collection itself. Called once, when this tab has the lock. */
  readonly openLocal: () => Promise<LocalCollection>;
};

export class SharedTab {
  readonly #context: TabContext;
  readonly #openLocal: () => Promise<LocalCollection>;
  readonly #turn = createMessageTurn();
  readonly #watch: SilenceWatch;
  /** Calls that are not settled, in their order; but for those that were made here from the first. */
  readonly #calls = new Map<number, PendingCall>();
  /** Those of them that are made here. */
  readonly #running = new Map<number, AbortController>();
  readonly #snapshots = new SnapshotsRead();
  #lastCall = 0;
  #lock: TabLock | undefined;
  #link: FollowerLink | undefined;
  #writer: WriterTab | undefined;
  /** Once this tab is the writer, and its calls need no queue. */
  local: LocalCollection | undefined;
  /** Ends the part as the writer, with nothing left to close. */
  #putAside = () => {};
  /** Set once it has ended: makes the error that every call gets. */
  #ended: (() => unknown) | undefined;
  #closing: Promise<void> | undefined;
  /** Resolves when the writer's part is over: its files are closed. */
  #leading: Promise<void> | undefined;
  #resolveEnded = () => {};
  readonly #untilEnded = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve;
  });
  /** Settles the opening. */
  #opening: { resolve(): void; reject(reason: unknown): void; readonly startedAt: number } | undefined;

  constructor({ openLocal, ...context }: SharedTabOptions) {
    this.#openLocal = openLocal;
    const channel = context.openChannel(publicChannelName(context.name));
    this.#context = { ...context, channel };
    channel.onmessage = ({ data }) => this.#receivePublic(data as PublicMessage);
    this.#watch = new SilenceWatch(
      context.limits,
      () => this.#ping(),
      () => this.#giveUp(),
    );
  }

  get role(): TabRole {
    return this.#writer === undefined ? 'follower' : 'writer';
  }

  /** Resolves once there is a writer: this tab, or one that it has joined. Rejects where they do not agree. */
  open(): Promise<void> {
    const opened = new Promise<void>((resolve, reject) => {
      this.#opening = { resolve, reject, startedAt: performance.now() };
    });
    this.#watch.start();
    this.#enter();
    if (typeof document !== 'undefined') {
      globalThis.addEventListener('pagehide', this.#onHide);
      globalThis.addEventListener('pageshow', this.#onShow);
    }
    return opened;
  }

  call(request: TabCall): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended());
    const call = new PendingCall(
      ++this.#lastCall,
      request,
      (stopped) => this.#stop(stopped),
      (settled) => this.#forget(settled),
    );
    this.#calls.set(call.number, call);
    if (this.local !== undefined) this.#run(call, this.local);
    else {
      this.#watch.start();
      if (this.#link?.writer !== undefined) this.#link.send(call);
    }
    return call.result;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end(() => new VectorSearchError('DISPOSED', `collection ${this.#context.name}`));
    return this.#closing;
  }

  /** Waits for the lock, and meanwhile follows. */
  #enter(): void {
    const { locks, name } = this.#context;
    const lock = new TabLock(locks, writerLockName(name));
    this.#lock = lock;
    void lock.granted.then((granted) => {
      if (!granted || this.#lock !== lock || this.#ended !== undefined) return;
      this.#leading = this.#lead(lock);
    });
    void lock.ended.then((ended) => {
      if (ended !== undefined) this.#lose(lock, ended.reason);
    });
    this.#link = new FollowerLink(this.#context, (message) => this.#receive(message));
  }

  async #lead(lock: TabLock): Promise<void> {
    const writer = new WriterTab(this.#context);
    this.#writer = writer;
    let local: LocalCollection | undefined;
    const untilAside = new Promise<void>((resolve) => {
      this.#putAside = resolve;
    });
    try {
      // Answers of the writer before that have arrived count.
      await this.#turn();
      this.#link?.close();
      local = await this.#openLocal();
      if (this.#ended === undefined) await writer.open(local, () => this.#repeated(local as Collection));
    } catch (error) {
      void this.#end(() => error);
    }
    if (this.#ended === undefined && local !== undefined) {
      this.#watch.stop();
      for (const call of this.#calls.values()) if (!this.#running.has(call.number)) this.#run(call, local);
      this.local = local;
      this.#opening?.resolve();
      this.#opening = undefined;
      await Promise.race([this.#untilEnded, untilAside]);
    }
    // It was put aside, and may have another part by now.
    if (this.#writer !== writer) return;
    writer.leave();
    this.local = undefined;
    await local?.close().catch(() => {});
    lock.release();
    await lock.ended;
  }

  /** Those calls of this tab that another writer may have made. */
  #repeated(local: Collection): RepeatedChange[] {
    return [...this.#calls.values()]
      .filter(({ isRepeated }) => isRepeated)
      .map((call) => ({ order: call.order, run: () => this.#run(call, local) }));
  }

  /** Makes a call here. */
  #run(call: PendingCall, local: Collection): void {
    const { args, feed } = call;
    const controller = new AbortController();
    this.#running.set(call.number, controller);
    call.begin();
    if (call.stopReason !== undefined) controller.abort(ownReason);
    const { signal } = controller;
    const onProgress = (progress: Progress) => call.report(progress);
    const result =
      feed === undefined
        ? runCall(local, call, { signal, onProgress, snapshots: this.#snapshots })
        : local.upsert(feed.points() as AsyncIterable<never>, {
            ...(args.at(-1) as UpsertOptions),
            signal,
            onProgress,
          });
    void result.then(
      (value) => call.resolve(value),
      (error) => call.reject(error),
    );
  }

  #receivePublic(message: PublicMessage): void {
    this.#writer?.receive(message);
    if (this.#writer !== undefined || message.type === 'join') return;
    this.#watch.heard();
    const link = this.#link;
    if (link === undefined || link.writer === message.writer) return;
    link.writer = undefined;
    // Answers of the writer before that have arrived count.
    if (message.type === 'hello') void this.#turn().then(() => link.join());
  }

  #receive(message: WriterMessage): void {
    const link = this.#link as FollowerLink;
    this.#watch.heard();
    switch (message.type) {
      case 'welcome':
        this.#welcome(message, link);
        break;
      // What an earlier writer has answered is made, whatever became of it.
      case 'result':
        this.#calls.get(message.call)?.resolve(message.value);
        break;
      case 'error': {
        const call = this.#calls.get(message.call);
        call?.reject(unpackError(message.error, call.ownReason));
        break;
      }
      default:
        if (message.from === link.writer) this.#receiveOfWriter(message, link);
    }
  }

  #receiveOfWriter(message: WriterMessage, link: FollowerLink): void {
    switch (message.type) {
      case 'accepted': {
        const call = this.#calls.get(message.call);
        if (call !== undefined) call.order = message.order;
        break;
      }
      case 'progress':
        this.#calls.get(message.call)?.report(message.progress);
        break;
      case 'pull':
        void this.#answerPull(message.call, link);
        break;
      case 'ping':
        link.post({ type: 'pong' });
        break;
      case 'leaving':
        link.writer = undefined;
        break;
    }
  }

  #welcome({ from, version, settings }: WriterMessage & { type: 'welcome' }, link: FollowerLink): void {
    if (link.writer === from || this.#writer !== undefined) return;
    const own = this.#context;
    const refusal =
      version === own.version
        ? differenceOf(settings, own.settings, own.name)
        : new VectorSearchError(
            'UNSUPPORTED_VERSION',
            `vicinal ${version}, as in the tab that opened the collection ${own.name}`,
            `vicinal ${own.version}`,
          );
    link.writer = from;
    if (refusal !== undefined) {
      void this.#end(() => refusal);
      return;
    }
    for (const call of this.#calls.values()) link.send(call);
    link.post({ type: 'joined' });
    this.#opening?.resolve();
    this.#opening = undefined;
    if (this.#calls.size === 0) this.#watch.stop();
  }

  async #answerPull(call: number, link: FollowerLink): Promise<void> {
    const { writer } = link;
    const own = this.#calls.get(call);
    let pulled: PulledPoints | undefined = { points: [], end: 'failed' };
    // One that was stopped while there was no writer to hear of it ends here.
    if (own?.feed !== undefined && own.stopReason === undefined) pulled = await own.feed.pull();
    // Another writer pulls anew.
    if (pulled === undefined || link.writer !== writer) return;
    const { points, end } = pulled;
    try {
      link.post({ type: 'points', call, points, end });
    } catch (error) {
      // Something that is no data, a function in a payload say: the point's checks would tell, where it could be sent.
      const text = error instanceof Error ? error.message : String(error);
      const refusal = new VectorSearchError('INVALID_ARGUMENT', 'points that can be sent to a worker', text);
      this.#calls.get(call)?.stop(refusal);
    }
  }

  #ping(): void {
    const link = this.#link;
    if (this.#writer !== undefined || link === undefined) return;
    if (link.writer === undefined) link.join();
    else link.post({ type: 'ping' });
  }

  /** The writer has been silent for long. */
  #giveUp(): void {
    if (this.#writer !== undefined) return;
    const { silenceMs } = this.#context.limits;
    const latest = performance.now() - silenceMs;
    for (const call of this.#calls.values()) {
      if (call.startedAt > latest) continue;
      const error = call.unanswered('TIMEOUT', silenceMs);
      if (call.isSent) this.#link?.post({ type: 'stop', call: call.number });
      call.reject(error);
    }
    if (this.#opening === undefined || this.#opening.startedAt > latest) return;
    const silent = `the tab that holds the collection ${this.#context.name} is silent`;
    void this.#end(() => new VectorSearchError('TIMEOUT', silenceMs, silent));
  }

  #stop({ number, isSent }: PendingCall): void {
    const running = this.#running.get(number);
    if (running !== undefined) running.abort(ownReason);
    else if (isSent) this.#link?.post({ type: 'stop', call: number });
  }

  #forget({ number, feed }: PendingCall): void {
    feed?.close();
    this.#calls.delete(number);
    this.#running.delete(number);
    if (this.#calls.size === 0 && this.#opening === undefined) this.#watch.stop();
  }

  /** The lock is refused, or taken away: by `steal`, or where there are none to be had. */
  #lose(lock: TabLock, cause: unknown): void {
    if (this.#lock !== lock) return;
    void this.#end(
      () =>
        new VectorSearchError(
          'UNSUPPORTED_ENVIRONMENT',
          `the Web Lock of the collection ${this.#context.name}`,
          String(cause),
          { cause },
        ),
    );
  }

  async #end(error: () => unknown): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = error;
      this.#resolveEnded();
      this.#watch.stop();
      this.#link?.close();
      this.#writer?.leave();
      // Those that are made here end with the collection.
      for (const call of [...this.#calls.values()]) call.reject(error());
      this.#snapshots.end();
      this.#opening?.reject(error());
      this.#opening = undefined;
      if (typeof document !== 'undefined') {
        globalThis.removeEventListener('pagehide', this.#onHide);
        globalThis.removeEventListener('pageshow', this.#onShow);
      }
      if (this.#leading === undefined) this.#lock?.release();
    }
    await this.#leading?.catch(() => {});
    await this.#lock?.ended;
    this.#context.channel.onmessage = null;
    this.#context.channel.close();
  }

  /**
  A page that is put aside must not be given the lock: it would hold it and do nothing. Nor may it keep its workers, which
  hold the files. Chromium 156 drops one that has the lock as soon as another page waits for it, and Firefox 153 never
  puts one aside; WebKit takes the lock from it, and lets its workers be.
  */
  readonly #onHide = (event: Event) => {
    if (!(event as PageTransitionEvent).persisted) return;
    const { local } = this;
    if (this.#writer !== undefined) {
      // While it is being opened, nothing can be ended yet.
      if (local === undefined) return;
      this.#writer.leave();
      this.#writer = undefined;
      this.#leading = undefined;
      this.local = undefined;
      this.#snapshots.end();
      local.abandon?.();
      this.#putAside();
    }
    this.#watch.stop();
    this.#lock?.release();
    this.#lock = undefined;
    this.#link?.close();
    this.#link = undefined;
  };

  readonly #onShow = (event: Event) => {
    if (!(event as PageTransitionEvent).persisted || this.#writer !== undefined) return;
    if (this.#ended !== undefined || this.#link !== undefined) return;
    if (this.#calls.size > 0 || this.#opening !== undefined) this.#watch.start();
    this.#enter();
  };
}
