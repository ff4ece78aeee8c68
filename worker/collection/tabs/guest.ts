/**
A follower, as the writer sees it: makes its calls and answers them.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Progress } from '../../../bindings/api/types.js';
import { counted } from '../batches.js';
import type { Collection } from '../collection.js';
import type { Point, UpsertOptions } from '../types.js';
import { withOwnViews } from './own-views.js';
import type { WriterMessage } from './protocol.js';
import { type CallMessage, type FollowerMessage, isChange, type PointsMessage } from './protocol.js';
import { runCall } from './run-call.js';
import { type SilenceLimits, SilenceWatch } from './silence.js';
import { SnapshotsRead } from './snapshot-by-pieces.js';
import type { ChannelLike } from './tab-channel.js';
import { ownReason, packError } from './tab-errors.js';

/** What guests need of the writer. */
export interface Host {
  readonly id: string;
  readonly limits: SilenceLimits;
  /** The collection, once calls are made. */
  readonly collection: Collection | undefined;
  /** The place of the next change. */
  nextOrder(): number;
  /** A guest has sent all that it had to send again. */
  onJoined(): void;
}

interface RunningCall {
  readonly controller: AbortController;
  /** Takes points that were pulled; no argument: there will be none. */
  onPoints?: (message: PointsMessage | undefined) => void;
}

type Unsigned<Message> = Message extends unknown ? Omit<Message, 'from'> : never;

export class Guest {
  readonly #host: Host;
  readonly #channel: ChannelLike;
  readonly #onLeave: () => void;
  readonly #running = new Map<number, RunningCall>();
  readonly #snapshots = new SnapshotsRead();
  /** Calls that came before the writer makes any. */
  #early: CallMessage[] = [];
  #hasJoined = false;
  #isGone = false;
  /** Watches while the writer waits for points. */
  readonly #watch: SilenceWatch;
  #pulls = 0;

  constructor(host: Host, channel: ChannelLike, onLeave: () => void) {
    this.#host = host;
    this.#channel = channel;
    this.#onLeave = onLeave;
    this.#watch = new SilenceWatch(
      host.limits,
      () => this.post({ type: 'ping' }),
      () => {
        for (const { onPoints } of this.#running.values()) onPoints?.(undefined);
      },
    );
    channel.onmessage = ({ data }) => this.#receive(data as FollowerMessage);
  }

  post(message: Unsigned<WriterMessage>): void {
    if (!this.#isGone) this.#channel.postMessage({ ...message, from: this.#host.id });
  }

  /** The changes that are made before any other: in their places among those of the writer before. */
  takeRepeated(): { readonly order: number | undefined; readonly run: () => void }[] {
    const repeated = this.#early.filter(isRepeated);
    this.#early = this.#early.filter((message) => !isRepeated(message));
    return repeated.map((message) => ({ order: message.order, run: () => this.#run(message) }));
  }

  /** Makes the other calls that have come. */
  runEarly(): void {
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#run(message);
  }

  /** It is gone, or this tab is: its calls are stopped, and nobody hears of them. */
  end(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#watch.stop();
    this.#channel.onmessage = null;
    this.#channel.close();
    for (const { controller, onPoints } of this.#running.values()) {
      controller.abort(ownReason);
      onPoints?.(undefined);
    }
    this.#running.clear();
    this.#snapshots.end();
  }

  #receive(message: FollowerMessage): void {
    if (message.to !== this.#host.id) return;
    this.#watch.heard();
    switch (message.type) {
      case 'call':
        this.#take(message);
        break;
      case 'stop':
        this.#early = this.#early.filter((early) => {
          if (early.call !== message.call) return true;
          // It may have been made before: then only making it again tells.
          if (early.repeated) return true;
          this.post({ type: 'error', call: early.call, error: packError(ownReason) });
          return false;
        });
        this.#running.get(message.call)?.controller.abort(ownReason);
        // Points that it waits for will not come.
        this.#running.get(message.call)?.onPoints?.(undefined);
        break;
      case 'points':
        this.#running.get(message.call)?.onPoints?.(message);
        break;
      case 'joined':
        if (!this.#hasJoined) this.#host.onJoined();
        this.#hasJoined = true;
        break;
      case 'ping':
        this.post({ type: 'pong' });
        break;
      case 'pong':
        break;
      case 'leave':
        this.#onLeave();
        break;
    }
  }

  #take(message: CallMessage): void {
    if (this.#host.collection === undefined) this.#early.push(message);
    else if (!isRepeated(message)) this.#run(message);
    else {
      // Others' changes have been made since: made again now, it could undo them.
      const fate = 'its end: the change may have been made';
      const expected = 'an answer of the tab that held the collection';
      const error = packError(new VectorSearchError('WORKER_CRASHED', expected, fate));
      this.post({ type: 'error', call: message.call, error });
    }
  }

  #run(message: CallMessage): void {
    const { call, method, args, points } = message;
    const collection = this.#host.collection as Collection;
    const running: RunningCall = { controller: new AbortController() };
    this.#running.set(call, running);
    if (isChange(method)) this.post({ type: 'accepted', call, order: this.#host.nextOrder() });
    const { signal } = running.controller;
    const onProgress = (progress: Progress) => this.post({ type: 'progress', call, progress });
    const result =
      method === 'upsert'
        ? collection.upsert(this.#pointsOf(call, points, running), {
            ...(args.at(-1) as UpsertOptions),
            signal,
            onProgress,
          })
        : runCall(collection, message, { signal, onProgress, snapshots: this.#snapshots });
    void result
      .then(
        (value) => this.post({ type: 'result', call, value: withOwnViews(value) }),
        (error) => this.post({ type: 'error', call, error: packError(error) }),
      )
      // A result that cannot be sent, for want of memory.
      .catch((error) => this.post({ type: 'error', call, error: packError(error) }))
      .finally(() => this.#running.delete(call));
  }

  /** The points of an `upsert`, pulled as they are needed. */
  #pointsOf(call: number, count: number | undefined, running: RunningCall): AsyncIterable<Point> {
    const points = this.#pulledPoints(call, running);
    return count === undefined ? points : counted(points, count);
  }

  async *#pulledPoints(call: number, running: RunningCall): AsyncGenerator<Point, void, void> {
    for (;;) {
      const pulled = await this.#pull(call, running);
      if (running.controller.signal.aborted) throw ownReason;
      if (pulled === undefined) {
        const { silenceMs } = this.#host.limits;
        throw new VectorSearchError('TIMEOUT', silenceMs, 'the tab whose points are taken is silent');
      }
      yield* pulled.points as readonly Point[];
      if (pulled.end === 'failed') throw ownReason;
      if (pulled.end === 'ended') return;
    }
  }

  /** The next points; nothing where the follower is gone, or silent. */
  async #pull(call: number, running: RunningCall): Promise<PointsMessage | undefined> {
    if (this.#isGone) return undefined;
    const pulled = new Promise<PointsMessage | undefined>((resolve) => {
      running.onPoints = resolve;
    });
    this.post({ type: 'pull', call });
    if (++this.#pulls === 1) this.#watch.start();
    try {
      return await pulled;
    } finally {
      running.onPoints = () => {};
      if (--this.#pulls === 0) this.#watch.stop();
    }
  }
}

function isRepeated({ repeated, method }: CallMessage): boolean {
  return repeated && isChange(method);
}
