/**
The worker's side: receives requests, runs them one at a time in the order in which they came, and answers each.

A long call is a generator of steps. Between steps the host lets its message queue run: to learn that a call is to be
stopped, and to keep receiving. Calls received meanwhile wait, but for reads of what the call leaves as it is (host-objects.ts
tells which). Calls that make up one change, a series, let reads pass them once one of them has run. Nothing else overtakes
what waits.

Changes that are to be durable before they are acknowledged are made so together, where they come faster than one by one
(group commit).

@module
*/
import type { Steps } from '../bindings/api/steps.js';
import type { InitOptions, Progress } from '../bindings/api/types.js';
import { errorFields } from './error-fields.js';
import {
  callObject,
  changesWithOthers,
  disposeObject,
  type HostObject,
  onlyReads,
  openAgain,
  openObject,
  owesFlush,
  readsWithin,
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

/** How long a change waits, in milliseconds, for others that are made durable with it, beside the last of them. */
const longestGroupMs = 16;

/** Shortest time between two reports of progress, in milliseconds: 20 a second are smooth, and no flood. */
const progressIntervalMs = 50;

type Task = Extract<HostRequest, { type: 'open' | 'call' | 'release' }>;

type Call = Extract<Task, { type: 'call' }>;

const stopped = Symbol('stopped');
const later = Symbol('later');

/** A task that runs. */
interface Running {
  readonly task: Task;
  /** Whether it is to stop at its next look into the message queue. */
  isToStop: boolean;
}

/** Changes of an object that are made and not durable yet. */
interface Group {
  readonly object: HostObject;
  readonly number: number;
  readonly since: number;
  readonly made: { readonly task: Call; readonly value: unknown }[];
}

export class Host {
  readonly #port: HostPort;
  readonly #turn = createMessageTurn();
  readonly #objects = new Map<number, HostObject>();
  /** Requests that wait, oldest first. */
  #queue: Task[] = [];
  /** One, and behind it one that it lets read. */
  readonly #running: Running[] = [];
  #pumping = false;
  #group: Group | undefined;
  /** The series of calls of which one has run last. */
  #begunSeries: number | undefined;
  /** The last series of calls of which one has failed, and how. */
  #failedSeries: { readonly series: number; readonly error: unknown } | undefined;

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
      case 'ping':
        this.#post({ type: 'result', call: request.call, value: null });
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

  /** Forgets the waiting tasks that match, and has the running ones that match stop. */
  #stopWhere(matches: (task: Task) => boolean): void {
    const waiting = this.#queue;
    this.#queue = waiting.filter((task) => !matches(task));
    for (const task of waiting) if (matches(task)) this.#post({ type: 'stopped', call: task.call });
    for (const running of this.#running) running.isToStop ||= matches(running.task);
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (;;) {
      this.#letReadPass();
      const [waiting] = this.#queue;
      if (waiting === undefined && this.#group === undefined) break;
      const isStoppable = waiting?.type === 'call' && waiting.stoppable;
      // A stop that has arrived behind the call is received before the call begins, and changes that have, with the group.
      if (isStoppable || this.#group !== undefined) await this.#turn();
      this.#letReadPass();
      const [task] = this.#queue;
      if (this.#group !== undefined && !this.#joins(task)) {
        await this.#settle(this.#group);
      } else if (task !== undefined) {
        this.#queue.shift();
        await this.#run(task);
      }
    }
    this.#pumping = false;
  }

  /** Puts a read before the calls of a series that it waits behind, if one of these has run: to read between any two is as well. */
  #letReadPass(): void {
    const series = this.#begunSeries;
    if (series === undefined) return;
    const place = this.#queue.findIndex((task) => task.type !== 'call' || task.series !== series);
    const task = this.#queue[place];
    if (place < 1 || task?.type !== 'call' || !onlyReads(this.#objects.get(task.object), task.method)) return;
    this.#queue.splice(place, 1);
    this.#queue.unshift(task);
  }

  /** Whether a task may be run before the group is settled. */
  #joins(task: Task | undefined): boolean {
    const group = this.#group;
    if (group === undefined || task?.type !== 'call' || task.object !== group.number) return false;
    return changesWithOthers(group.object, task.method) && performance.now() - group.since < longestGroupMs;
  }

  async #settle({ object, made }: Group): Promise<void> {
    this.#group = undefined;
    try {
      await settleObject(object);
    } catch (error) {
      for (const { task } of made) this.#fail(task, error);
      return;
    }
    for (const { task, value } of made) this.#answer(task, value);
  }

  async #run(task: Task): Promise<void> {
    const running = { task, isToStop: false };
    this.#running.push(running);
    try {
      const value = await this.#perform(running);
      if (value === stopped) this.#post({ type: 'stopped', call: task.call });
      else if (value !== later) this.#answer(task, value);
    } catch (error) {
      this.#fail(task, error);
    } finally {
      this.#running.pop();
    }
  }

  #answer(task: Task, value: unknown): void {
    try {
      this.#post({ type: 'result', call: task.call, value }, transferables(value));
    } catch (error) {
      this.#fail(task, error);
    }
  }

  #fail(task: Task, error: unknown): void {
    if (task.type === 'call' && task.series !== undefined)
      this.#failedSeries = { series: task.series, error };
    this.#post({ type: 'error', call: task.call, error: errorFields(error) });
    const trap = trapMessage();
    if (trap !== undefined) this.#post({ type: 'broken', reason: trap });
  }

  /** The answer; or {@link later}, where the group gives it, or {@link stopped}. */
  async #perform(running: Running): Promise<unknown> {
    const { task } = running;
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
    if (task.series !== undefined && task.series === this.#failedSeries?.series)
      throw this.#failedSeries.error;
    if (task.series !== undefined) this.#begunSeries = task.series;
    const opening = openAgain(object);
    if (opening !== undefined) {
      object = await opening;
      this.#objects.set(task.object, object);
    }
    const value = callObject(object, task.method, task.args);
    const result = isSteps(value) ? await this.#drain(value, running, task) : await value;
    if (result === stopped) return stopped;
    if (object !== undefined && owesFlush(object)) {
      this.#group ??= { object, number: task.object, since: performance.now(), made: [] };
      this.#group.made.push({ task, value: result });
      return later;
    }
    await settleObject(object);
    return result;
  }

  /** Runs a long call to its end or to the first look into the message queue that finds it stopped. */
  async #drain(steps: Steps<unknown>, running: Running, task: Call): Promise<unknown> {
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
        await this.#runReads(task);
        lastTurn = performance.now();
        if (running.isToStop) {
          // Undoes what was done so far.
          steps.return(undefined);
          return stopped;
        }
      }
    }
  }

  /** Runs what may be answered between two steps of a call, of those that wait by now: so that these do not keep it waiting. */
  async #runReads({ object: number, method }: Call): Promise<void> {
    // Not those that one of them would let in: they wait no longer behind it.
    if (this.#running.length > 1) return;
    const object = this.#objects.get(number);
    for (let left = this.#queue.length; left > 0; left--) {
      const [task] = this.#queue;
      const isRead =
        task?.type === 'call' && task.object === number && readsWithin(object, method, task.method);
      if (!isRead) return;
      this.#queue.shift();
      await this.#run(task);
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
