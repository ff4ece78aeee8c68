/**
The worker's side: receives requests, runs them one at a time in the order in which they came, and answers each.

A long call is a generator of steps. Between steps the host lets its message queue run, for two reasons only: to learn
that a call is to be stopped, and to keep receiving. Calls received meanwhile wait; they never overtake.

@module
*/
import type { Steps } from '../bindings/api/steps.js';
import type { InitOptions, Progress } from '../bindings/api/types.js';
import { errorFields } from './error-fields.js';
import {
  callObject,
  disposeObject,
  type HostObject,
  openAgain,
  openObject,
  settleObject,
  startModule,
  trapMessage,
} from './host-objects.js';
import { createMessageTurn } from './message-turn.js';
import type { HostReply, HostRequest } from './protocol.js';
import { transferables } from './transfer.js';

/** The channel to the client. */
export interface HostPort {
  post(message: HostReply, transfer: readonly ArrayBuffer[]): void;
  /** `onUnreadable` is called for a message that arrived and could not be deserialised. */
  listen(onMessage: (message: unknown) => void, onUnreadable: () => void): void;
}

/**
Longest time between two looks into the message queue, in milliseconds: how long a stop waits beyond the step that
runs. A look costs some 10 to 50 microseconds, so this spends about one percent.
*/
const messageTurnIntervalMs = 4;

/** Shortest time between two reports of progress, in milliseconds: 20 a second are smooth, and no flood. */
const progressIntervalMs = 50;

type Task = Extract<HostRequest, { type: 'open' | 'call' | 'release' }>;

const stopped = Symbol('stopped');

export class Host {
  readonly #port: HostPort;
  readonly #turn = createMessageTurn();
  readonly #objects = new Map<number, HostObject>();
  /** Requests that wait, oldest first. */
  #queue: Task[] = [];
  #running: Task | undefined;
  /** Whether the running call is to stop at its next look into the message queue. */
  #stopRunning = false;
  #pumping = false;

  constructor(port: HostPort) {
    this.#port = port;
  }

  /** Starts to receive, and tells the client that the script runs. */
  listen(): void {
    this.#port.listen(
      (message) => this.#receive(message),
      () => this.#post({ type: 'broken', reason: 'an unreadable request' }),
    );
    this.#post({ type: 'hello' });
  }

  #receive(message: unknown): void {
    const request = message as HostRequest;
    switch (request?.type) {
      case 'start':
        void this.#start(request);
        break;
      case 'open':
      case 'call':
        this.#queue.push(request);
        void this.#pump();
        break;
      case 'release':
        this.#stopWhere((task) => task.type !== 'release' && task.object === request.object);
        this.#queue.unshift(request);
        void this.#pump();
        break;
      case 'stop':
        this.#stopWhere((task) => task.call === request.call);
        break;
      default:
        this.#post({ type: 'broken', reason: 'an unknown request' });
    }
  }

  async #start({
    wasmUrl,
    wasmModule,
    variant,
    timeoutMs,
  }: Extract<HostRequest, { type: 'start' }>): Promise<void> {
    const options: InitOptions = {
      timeoutMs,
      ...(wasmUrl !== undefined && { wasmUrl }),
      ...(wasmModule !== undefined && { wasmModule }),
      ...(variant !== undefined && { variant }),
    };
    try {
      this.#post({ type: 'ready', variant: await startModule(options) });
    } catch (error) {
      this.#post({ type: 'startFailed', error: errorFields(error) });
    }
  }

  /** Forgets the waiting tasks that match, and has the running one stop if it matches. */
  #stopWhere(matches: (task: Task) => boolean): void {
    const waiting = this.#queue;
    this.#queue = waiting.filter((task) => !matches(task));
    for (const task of waiting) if (matches(task)) this.#post({ type: 'stopped', call: task.call });
    if (this.#running !== undefined && matches(this.#running)) this.#stopRunning = true;
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let task = this.#queue[0]; task !== undefined; task = this.#queue[0]) {
      // A stop that has arrived behind the call is received before the call begins.
      if (task.type === 'call' && task.stoppable) await this.#turn();
      const next = this.#queue.shift();
      if (next !== undefined) await this.#run(next);
    }
    this.#pumping = false;
  }

  async #run(task: Task): Promise<void> {
    this.#running = task;
    this.#stopRunning = false;
    try {
      const value = await this.#perform(task);
      if (value === stopped) this.#post({ type: 'stopped', call: task.call });
      else this.#post({ type: 'result', call: task.call, value }, transferables(value));
    } catch (error) {
      this.#post({ type: 'error', call: task.call, error: errorFields(error) });
      const trap = trapMessage();
      if (trap !== undefined) this.#post({ type: 'broken', reason: trap });
    } finally {
      this.#running = undefined;
    }
  }

  async #perform(task: Task): Promise<unknown> {
    if (task.type === 'open') {
      const { object, opened } = await openObject(task.open);
      this.#objects.set(task.object, object);
      return opened;
    }
    let object = this.#objects.get(task.object);
    if (task.type === 'release') {
      this.#objects.delete(task.object);
      if (object !== undefined) disposeObject(object);
      return undefined;
    }
    const opening = openAgain(object);
    if (opening !== undefined) {
      object = await opening;
      this.#objects.set(task.object, object);
    }
    const value = callObject(object, task.method, task.args);
    const result = isSteps(value) ? await this.#drain(value, task) : await value;
    await settleObject(object);
    return result;
  }

  /** Runs a long call to its end or to the first look into the message queue that finds it stopped. */
  async #drain(steps: Steps<unknown>, task: Extract<Task, { type: 'call' }>): Promise<unknown> {
    let lastTurn = performance.now();
    let lastReport = Number.NEGATIVE_INFINITY;
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      const now = performance.now();
      if (task.wantsProgress && (isLast(step.value) || now - lastReport >= progressIntervalMs)) {
        lastReport = now;
        this.#post({ type: 'progress', call: task.call, done: step.value.done, total: step.value.total });
      }
      if (now - lastTurn >= messageTurnIntervalMs) {
        await this.#turn();
        lastTurn = performance.now();
        if (this.#stopRunning) {
          // Undoes what was done so far.
          steps.return(undefined);
          return stopped;
        }
      }
    }
  }

  #post(message: HostReply, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.post(message, transfer);
  }
}

function isSteps(value: unknown): value is Steps<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'return' in value;
}

function isLast({ done, total }: Progress): boolean {
  return done === total;
}
