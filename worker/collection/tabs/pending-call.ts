/**
A call of this tab that another one answers, or that waits for a writer.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Progress } from '../../../bindings/api/types.js';
import type { UpdateResult, UpsertProgress } from '../types.js';
import type { PointFeed } from './point-feed.js';
import { isChange, type TabMethod } from './protocol.js';
import { ownReason } from './tab-errors.js';

/** What is asked. */
export interface TabCall {
  readonly method: TabMethod;
  /** Nobody else's: what the call is sent again with. The last of them: its options, less what cannot be sent. */
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  /** Of an `upsert`: its points. */
  readonly feed?: PointFeed;
  /** Of a `verify`: its progress has no phase. */
  readonly onProgress?: ((progress: UpsertProgress) => void) | undefined;
}

export class PendingCall {
  readonly number: number;
  readonly method: TabMethod;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  readonly feed: PointFeed | undefined;
  readonly isChange: boolean;
  readonly startedAt = performance.now();
  readonly result: Promise<unknown>;
  /** Whether a writer was given it: then it may have been made. */
  isSent = false;
  /** Its place among the changes of the writer that was given it. */
  order: number | undefined;
  /** Set once it was asked to stop: why. */
  stopReason: { readonly value: unknown } | undefined;
  readonly #onProgress: ((progress: UpsertProgress) => void) | undefined;
  /** Tells the writer to stop it. */
  readonly #stop: (call: PendingCall) => void;
  readonly #onSettled: (call: PendingCall) => void;
  #listenerFailed = false;
  #repeated = false;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    number: number,
    { method, args, signal, feed, onProgress }: TabCall,
    stop: (call: PendingCall) => void,
    onSettled: (call: PendingCall) => void,
  ) {
    this.number = number;
    this.method = method;
    this.args = args;
    this.signal = signal;
    this.feed = feed;
    this.isChange = isChange(method);
    this.#onProgress = onProgress;
    this.#stop = stop;
    this.#onSettled = onSettled;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** A change that an earlier writer may have made is given to another one. */
  get isRepeated(): boolean {
    return this.isChange && this.isSent;
  }

  /** It is given to a writer. */
  begin(): void {
    // What points an upsert took is counted right, however often they were sent.
    this.#repeated = this.isRepeated && this.feed === undefined;
    this.isSent = true;
    this.feed?.rewind();
  }

  stop(reason: unknown): void {
    if (this.stopReason !== undefined) return;
    this.stopReason = { value: reason };
    // What has not left this tab changes nothing; of what changes something, the writer has the word.
    if (!this.isChange || !this.isSent) this.reject(reason);
    this.#stop(this);
  }

  report(progress: Progress): void {
    const told = progress as UpsertProgress;
    const own = this.feed?.progress(told) ?? told;
    if (this.stopReason !== undefined) return;
    try {
      this.#onProgress?.(own);
    } catch (error) {
      this.#listenerFailed = true;
      this.stop(error);
    }
  }

  resolve(value: unknown): void {
    this.#settle();
    if (this.#listenerFailed && this.feed !== undefined) {
      this.#reject(this.feed.error(this.stopReason?.value));
      return;
    }
    const own = this.feed?.result(value as UpdateResult) ?? value;
    const tellsCount = typeof own === 'object' && own !== null && 'count' in own;
    this.#resolve(this.#repeated && tellsCount ? { ...own, repeated: true } : own);
    if (!this.#listenerFailed) return;
    // It came too late to stop the call: nobody else would hear of it.
    queueMicrotask(() => {
      throw this.stopReason?.value;
    });
  }

  /** `error`: of a writer, or of this tab; {@link ownReason} for the reason why it was stopped. */
  reject(error: unknown): void {
    const own = error === ownReason ? this.ownReason : error;
    this.#settle();
    this.#reject(this.feed?.error(own) ?? own);
  }

  /** Why this tab stopped it, or its source did. */
  get ownReason(): unknown {
    return this.stopReason === undefined ? this.feed?.failure?.error : this.stopReason.value;
  }

  /** What it rejects with where its writer is gone, and nobody can tell whether it was made. */
  unanswered(code: 'WORKER_CRASHED' | 'TIMEOUT', silenceMs: number): VectorSearchError {
    const fate = !this.isChange
      ? ''
      : this.isSent
        ? ': the change may have been made'
        : ': the change was not made';
    return code === 'TIMEOUT'
      ? new VectorSearchError('TIMEOUT', silenceMs, `the tab that holds the collection is silent${fate}`)
      : new VectorSearchError(
          'WORKER_CRASHED',
          'an answer of the tab that held the collection',
          `its end${fate}`,
        );
  }

  readonly #onAbort = () => this.stop(this.signal?.reason);

  #settle(): void {
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.#onSettled(this);
  }
}
