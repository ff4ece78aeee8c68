/**
The client's side of one running worker: sends calls, and settles their promises.

Every promise given out here settles: by the worker's answer, by its signal, by `dispose()`, or with `WORKER_CRASHED`
when the worker ends for any other reason.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkCallOptions } from '../bindings/api/arguments.js';
import { VectorSearchError } from '../bindings/api/errors.js';
import type {
  PerformanceMetrics,
  Progress,
  QuantizationRecommendation,
  RecommendOptions,
  Variant,
} from '../bindings/api/types.js';
import { disposeByAsyncSymbol } from './async-dispose-symbol.js';
import { errorFromFields } from './error-fields.js';
import type { LongSendOptions } from './options.js';
import { postOrThrow } from './post.js';
import type {
  HostReply,
  HostRequest,
  OpenedObject,
  OpenRequest,
  StoredPlace,
  WorkerCalls,
} from './protocol.js';
import type { WorkerThread } from './worker-like.js';

/** A running worker. Several objects can share one: pass it as their `worker` option. */
export interface WorkerHandle {
  /** The module that runs in it. */
  readonly variant: Variant;
  /** Memory of the worker's module. */
  performanceMetrics(options?: { readonly signal?: AbortSignal | undefined }): Promise<PerformanceMetrics>;
  /**
  Try codecs on a sample, and choose the one with the smallest codes that reaches a recall: `recommendQuantization` of
  `vicinal`, in the worker.
  */
  recommendQuantization(
    sample: Float32Array,
    dim: number,
    options?: RecommendOptions & LongSendOptions,
  ): Promise<QuantizationRecommendation>;
  /**
  End the worker. Every call that waits, of every object in it, rejects with `DISPOSED`.

  @returns Resolves when the thread has ended, where that can be known.
  */
  dispose(): Promise<void>;
  /** `await using worker = ...` disposes it, where the runtime knows `Symbol.asyncDispose`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** How one call is made. @internal */
export interface CallSettings {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Give buffers away instead of copying them. */
  readonly transfer?: boolean | undefined;
  /** The call changes nothing, so that a stop need not wait for the worker's word. */
  readonly readOnly?: boolean;
  /** Number of a series of calls: none is made behind one of them that has failed. */
  readonly series?: number | undefined;
}

interface PendingCall {
  readonly object: number;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly readOnly: boolean;
  /** Set once the call was asked to stop: what it rejects with. */
  stopReason?: { readonly value: unknown };
  /** Whether it was asked because `onProgress` has thrown. */
  listenerFailed?: boolean;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  /** Takes the listener off the signal. */
  detach(): void;
}

/** Number of the worker itself, beside the objects in it. */
const workerObject = 0;

/** The client of a worker that runs. @internal */
export class WorkerClient implements WorkerHandle {
  readonly variant: Variant;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #thread: WorkerThread;
  readonly #pending = new Map<number, PendingCall>();
  #lastCall = 0;
  #lastObject = workerObject;
  /** Set once the worker has ended: makes the error that every call gets. */
  #ended: (() => VectorSearchError) | undefined;
  #termination: Promise<void> | undefined;

  /** `thread`: one that has answered `ready`. */
  constructor(thread: WorkerThread, variant: Variant) {
    this.#thread = thread;
    this.variant = variant;
    thread.holdProcess(false);
    disposeByAsyncSymbol(this, () => this.dispose());
  }

  /** Makes an object in the worker. Its number is for {@link call} and {@link release}. */
  async open(
    request: OpenRequest,
    settings: CallSettings,
  ): Promise<{ readonly object: number; readonly opened: OpenedObject }> {
    const object = ++this.#lastObject;
    const load = 'load' in request ? [request.load] : [];
    const opened = await this.#send(object, load, settings, (call, [bytes]) => {
      const open = bytes === undefined ? request : ({ ...request, load: bytes } as OpenRequest);
      return { type: 'open', call, object, open };
    });
    return { object, opened: opened as OpenedObject };
  }

  /** Calls a method of an object in the worker. Typed arrays among `args` are copied, or given away. */
  call(object: number, method: string, args: readonly unknown[], settings: CallSettings): Promise<unknown> {
    const stoppable = settings.signal !== undefined || settings.onProgress !== undefined;
    const wantsProgress = settings.onProgress !== undefined;
    return this.#send(object, args, settings, (call, sent) => {
      return {
        type: 'call',
        call,
        object,
        method,
        args: sent,
        stoppable,
        wantsProgress,
        series: settings.series,
      };
    });
  }

  /** Stops every call of an object, which reject with `DISPOSED`, and frees it. */
  async release(object: number, description: string): Promise<void> {
    const disposed = () => new VectorSearchError('DISPOSED', description);
    for (const [call, pending] of this.#pending) {
      if (pending.object === object) this.#settle(call, (entry) => entry.reject(disposed()));
    }
    // A worker that has ended, or ends meanwhile, has freed everything.
    await this.#send(object, [], {}, (call) => ({ type: 'release', call, object })).catch(() => undefined);
  }

  async performanceMetrics(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<PerformanceMetrics> {
    checkCallOptions(options, { signal: true });
    const method: keyof WorkerCalls = 'performanceMetrics';
    const { signal } = options;
    return this.call(workerObject, method, [], { signal, readOnly: true }) as Promise<PerformanceMetrics>;
  }

  async recommendQuantization(
    sample: Float32Array,
    dim: number,
    options: RecommendOptions & LongSendOptions = {},
  ): Promise<QuantizationRecommendation> {
    checkCallOptions(options);
    const method: keyof WorkerCalls = 'recommendQuantization';
    const { signal, onProgress, transfer, ...sent } = options;
    const settings = { signal, onProgress, transfer, readOnly: true };
    return this.call(
      workerObject,
      method,
      [sample, dim, sent],
      settings,
    ) as Promise<QuantizationRecommendation>;
  }

  /** Resolves once the worker has looked into its messages: between two steps of what it does. */
  async ping(): Promise<void> {
    await this.#send(workerObject, [], {}, (call) => ({ type: 'ping', call }));
  }

  /** Deletes what is kept of a collection; whether there was something. */
  async removeStorage(place: StoredPlace, signal: AbortSignal | undefined): Promise<boolean> {
    const method: keyof WorkerCalls = 'removeStorage';
    return this.call(workerObject, method, [place], { signal }) as Promise<boolean>;
  }

  /** `description`: what the caller knows as disposed. */
  dispose(description = 'worker'): Promise<void> {
    return this.#end(() => new VectorSearchError('DISPOSED', description));
  }

  /** Takes a message of the worker. */
  receive(reply: HostReply): void {
    switch (reply.type) {
      case 'result':
        this.#settle(reply.call, (pending) => {
          pending.resolve(reply.value);
          reportListenerError(pending);
        });
        break;
      case 'error':
        this.#settle(reply.call, (pending) => {
          pending.reject(errorFromFields(reply.error));
          reportListenerError(pending);
        });
        break;
      case 'stopped':
        this.#settle(reply.call, (pending) => pending.reject(pending.stopReason?.value));
        break;
      case 'progress':
        this.#report(reply.call, { done: reply.done, total: reply.total });
        break;
      case 'broken':
        this.crash(reply.reason);
        break;
    }
  }

  /** Ends the worker for a reason of its own. */
  crash(reason: string): void {
    void this.#end(() => new VectorSearchError('WORKER_CRASHED', undefined, reason));
  }

  #end(error: () => VectorSearchError): Promise<void> {
    if (this.#termination === undefined) {
      this.#ended = error;
      for (const call of [...this.#pending.keys()]) this.#settle(call, (pending) => pending.reject(error()));
      // After the last call is settled, which lets the process end: until the thread has ended, it must not.
      this.#termination = this.#thread.terminate();
    }
    return this.#termination;
  }

  /** Sends a request and waits for its answer. Never throws: what goes wrong here rejects. */
  #send(
    object: number,
    args: readonly unknown[],
    settings: CallSettings,
    request: (call: number, sent: readonly unknown[]) => HostRequest,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended();
      const { signal, onProgress, transfer = false, readOnly = false } = settings;
      checkCallOptions(settings);
      signal?.throwIfAborted();

      const call = ++this.#lastCall;
      postOrThrow(this.#thread, args, transfer, (sent) => request(call, sent));
      const stop = () => this.#stop(call, signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
      const detach = () => signal?.removeEventListener('abort', stop);
      this.#pending.set(call, { object, onProgress, readOnly, resolve, reject, detach });
      if (this.#pending.size === 1) this.#thread.holdProcess(true);
    });
  }

  /** Asks the worker to stop a call. */
  #stop(call: number, reason: unknown): void {
    const pending = this.#pending.get(call);
    if (pending === undefined || pending.stopReason !== undefined) return;
    pending.stopReason = { value: reason };
    this.#thread.post({ type: 'stop', call }, []);
    if (pending.readOnly) this.#settle(call, () => pending.reject(reason));
  }

  #report(call: number, progress: Progress): void {
    const pending = this.#pending.get(call);
    if (pending === undefined || pending.stopReason !== undefined) return;
    try {
      pending.onProgress?.(progress);
    } catch (error) {
      // As in the synchronous engine: the call is stopped, and fails with what the listener threw.
      pending.listenerFailed = true;
      this.#stop(call, error);
    }
  }

  #settle(call: number, settle: (pending: PendingCall) => void): void {
    const pending = this.#pending.get(call);
    // Answers to calls that were settled here already, by a stop or a release, have no use any more.
    if (pending === undefined) return;
    this.#pending.delete(call);
    pending.detach();
    if (this.#pending.size === 0) this.#thread.holdProcess(false);
    settle(pending);
  }
}

/** The error of a listener that came too late to stop its call: nobody else would hear of it. */
function reportListenerError({ listenerFailed, stopReason }: PendingCall): void {
  if (!listenerFailed) return;
  queueMicrotask(() => {
    throw stopReason?.value;
  });
}
