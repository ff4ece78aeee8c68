/**
Starts the package's worker on a stage: see staged-worker.mjs.

@module
*/
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';

/** The worker file as it is published. */
export const publishedWorkerUrl = new URL('../../../pkg/node/vicinal-worker.js', import.meta.url);

export class Stage {
  /** Set by the factory. */
  #thread: Worker | undefined;
  readonly #gate = new Int32Array(new SharedArrayBuffer(4));
  readonly #channel = new MessageChannel();

  /** For the `workerFactory` option; to be called once. */
  readonly workerFactory = (): Worker => {
    const { port2: control } = this.#channel;
    this.#thread = new Worker(new URL('./staged-worker.mjs', import.meta.url), {
      workerData: { workerUrl: publishedWorkerUrl.href, gate: this.#gate, control },
      transferList: [control],
    });
    return this.#thread;
  };

  /** `gated`: the worker stands still after its first report of progress, until {@link open}. */
  constructor({ gated = false } = {}) {
    if (!gated) this.open();
    this.#channel.port1.unref();
  }

  get thread(): Worker {
    if (this.#thread === undefined) throw new Error('workerFactory was not called yet');
    return this.#thread;
  }

  /** Lets the worker go on, now and after every later report. */
  open(): void {
    Atomics.store(this.#gate, 0, 1);
    Atomics.notify(this.#gate, 0);
  }

  /** The worker throws outside of any call, exits with code 3, or sends what nobody sends. */
  command(command: 'throw' | 'exit' | 'nonsense'): void {
    this.#channel.port1.postMessage(command);
  }

  /** From now on every function of the module traps. */
  async trap(): Promise<void> {
    const { port1 } = this.#channel;
    port1.ref();
    port1.postMessage('trap');
    await once(port1, 'message');
    port1.unref();
  }
}
