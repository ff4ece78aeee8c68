/**
What every object in a worker has in common: its place, its calls, its end.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkCallOptions } from '../bindings/api/arguments.js';
import { invalidArgument, VectorSearchError } from '../bindings/api/errors.js';
import { forgetLeak, guardLeak } from '../bindings/api/leak-guard.js';
import { checkNames, type NamesOf } from '../bindings/api/option-names.js';
import { disposeByAsyncSymbol } from './async-dispose-symbol.js';
import { type CallSettings, WorkerClient, type WorkerHandle } from './client.js';
import { sendNames } from './option-names.js';
import type { LongSendOptions, WorkerPlacement } from './options.js';
import type { OpenedObject, OpenRequest } from './protocol.js';
import { startClient } from './start-worker.js';

/** An object that was opened: what the constructors of its client class need. @internal */
export interface RemoteObjectState {
  readonly client: WorkerClient;
  readonly object: number;
  readonly opened: OpenedObject;
  /** Whether the worker was started for this object alone and ends with it. */
  readonly ownsWorker: boolean;
}

/** `Calls`: the object's methods as the protocol has them. */
export abstract class RemoteObject<Calls> {
  /** The worker that this object lives in: pass it to another object to share it. */
  readonly worker: WorkerHandle;
  /** Number of values of a vector. */
  readonly dim: number;
  /** `await using engine = ...` disposes it, where the runtime knows `Symbol.asyncDispose`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #state: RemoteObjectState;
  /** What the object is called in errors. */
  readonly #description: string;
  #disposal: Promise<void> | undefined;

  /** @internal */
  protected constructor(state: RemoteObjectState, description: string) {
    this.worker = state.client;
    this.dim = state.opened.dim;
    this.#state = state;
    this.#description = description;
    // Ending the worker here instead would take it from objects that share it.
    guardLeak(this, `worker ${description}`, () => {});
    disposeByAsyncSymbol(this, () => this.dispose());
  }

  /**
  Free the object, and end its worker unless that is shared. Calls that wait reject with `DISPOSED`, and so do all later
  ones. May be called again.

  @returns Resolves when the memory is free; in Node, when the thread has ended.
  */
  dispose(): Promise<void> {
    const { client, object, ownsWorker } = this.#state;
    forgetLeak(this);
    this.#disposal ??= ownsWorker
      ? client.dispose(this.#description)
      : client.release(object, this.#description);
    return this.#disposal;
  }

  /** Makes a call that changes nothing, so that a stop need not wait for the worker's word. @internal */
  protected read<Method extends keyof Calls & string>(
    method: Method,
    args: ArgumentsOf<Calls[Method]>,
    options: LongSendOptions = {},
  ): Promise<ResultOf<Calls[Method]>> {
    return this.#call(method, args, options, true);
  }

  /** Makes a call that changes the object. @internal */
  protected change<Method extends keyof Calls & string>(
    method: Method,
    args: ArgumentsOf<Calls[Method]>,
    options: LongSendOptions,
  ): Promise<ResultOf<Calls[Method]>> {
    return this.#call(method, args, options, false);
  }

  /** Asynchronous, so that whatever is wrong rejects; the call is sent before the first wait. */
  async #call<Method extends keyof Calls & string>(
    method: Method,
    args: ArgumentsOf<Calls[Method]>,
    options: LongSendOptions,
    readOnly: boolean,
  ): Promise<ResultOf<Calls[Method]>> {
    if (this.#disposal !== undefined) throw new VectorSearchError('DISPOSED', this.#description);
    checkCallOptions(options, sendNames);
    const { signal, onProgress, transfer } = options;
    const { client, object } = this.#state;
    const settings: CallSettings = { signal, onProgress, transfer, readOnly };
    return (await client.call(object, method, args, settings)) as ResultOf<Calls[Method]>;
  }
}

type ArgumentsOf<Method> = Method extends (...args: infer Arguments) => unknown ? Arguments : never;
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Result : never;

/** Starts a worker where none is shared, and opens an object in it; ends the worker again where that fails. @internal */
export async function openRemoteObject(
  placement: WorkerPlacement & { readonly transfer?: boolean | undefined },
  request: OpenRequest,
): Promise<RemoteObjectState> {
  const { worker: shared, signal, transfer } = placement;
  if (shared !== undefined && !(shared instanceof WorkerClient)) {
    throw invalidArgument('worker to be the handle of a running worker', shared);
  }
  const client = shared ?? (await startClient(placement));
  const ownsWorker = shared === undefined;
  try {
    return { client, ownsWorker, ...(await client.open(request, { signal, transfer })) };
  } catch (error) {
    if (ownsWorker) void client.dispose();
    throw error;
  }
}

/**
@throws {VectorSearchError} with code `INVALID_ARGUMENT` where there are no options at all, or other ones than `names`.
@internal
*/
export function checkOptions(options: unknown, names: object): void {
  if (typeof options !== 'object' || options === null) throw invalidArgument('options with `dim`', options);
  checkNames(options, names);
}

/** The options that concern the call itself. What is no object is refused when the call is made. @internal */
export function callOptions(options: LongSendOptions): LongSendOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  const { signal, onProgress, transfer } = options;
  return { signal, onProgress, transfer };
}

/**
The other options: they are sent.

@internal
*/
export function sentOptions<Options extends object>(
  options: Options & LongSendOptions,
): Omit<Options, keyof LongSendOptions> {
  const { signal, onProgress, transfer, ...sent } = Object(options) as Options & LongSendOptions;
  return sent;
}

/**
@throws {VectorSearchError} with code `INVALID_ARGUMENT` where there is, beside `load`, what only a new object is given.
@internal
*/
export function checkLoadsOnly(options: object, names: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (name in names && value !== undefined)
      throw invalidArgument('load without options of a new object', name);
  }
}

/**
Those of the options that have these names and are given: they are sent.

@internal
*/
export function optionsNamed<Sent extends object>(names: NamesOf<Sent>, options: Sent): Sent {
  const given = Object.entries(options).filter(([name, value]) => name in names && value !== undefined);
  return Object.fromEntries(given) as Sent;
}
