/**
The order of changes: each begins once those before it have sent what they send, and is acknowledged once those are. So the
workers have the next when they are done with one, and make many durable at once; and no more than that is under way.

@module
*/

/** Bytes on their way that are enough for the workers never to wait. */
const enoughBytes = 8 << 20;
/** And calls, however small they are. */
const enoughCalls = 256;

/** A change, as it comes to its turn. */
export interface Turn {
  /** Resolves once it may begin. */
  readonly begins: Promise<unknown>;
  /** Resolves once the changes before it are over. */
  readonly before: Promise<unknown>;
  /** Resolves once it may send more. */
  room(): Promise<void>;
  /** To be told what it sends. */
  sends(call: Promise<unknown>, bytes: number): void;
  /** To be called once all is sent: the next begins. Otherwise that begins when this is over. */
  pass(): void;
}

export class Changes {
  /** Resolves when the next change may begin. */
  #passed: Promise<unknown> = Promise.resolve();
  /** Resolves when the changes that were asked for are over. */
  #over: Promise<unknown> = Promise.resolve();
  #bytes = 0;
  #calls = 0;
  /** Of the change that waits for room: it has the turn, so that there is one. */
  #wake = () => {};

  /** Runs a change in its turn, after those that were asked for before. */
  take<Result>(change: (turn: Turn) => Promise<Result>): Promise<Result> {
    const begins = this.#passed;
    const before = this.#over;
    let pass = () => {};
    const passed = new Promise<void>((resolve) => {
      pass = resolve;
    });
    const made = change({
      begins,
      before,
      room: () => this.#room(),
      sends: (call, bytes) => this.#track(call, bytes),
      pass,
    });
    // One that is stopped while it waits is over before those that it waited for.
    this.#over = afterBoth(before, made);
    this.#passed = afterBoth(begins, Promise.race([passed, made]));
    return made;
  }

  /** Runs what changes nothing that is asked for, when all changes before it are over and none has begun. */
  between<Result>(run: () => Promise<Result>): Promise<Result> {
    const ran = this.#over.then(run);
    this.#over = ran.catch(() => {});
    this.#passed = this.#over;
    return ran;
  }

  async #room(): Promise<void> {
    while (this.#bytes >= enoughBytes || this.#calls >= enoughCalls)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  #track(call: Promise<unknown>, bytes: number): void {
    this.#bytes += bytes;
    this.#calls++;
    const end = () => {
      this.#bytes -= bytes;
      this.#calls--;
      this.#wake();
    };
    call.then(end, end);
  }
}

/** Of nothing: what each has come to is not kept for as long as there are changes. */
function afterBoth(first: Promise<unknown>, second: Promise<unknown>): Promise<unknown> {
  return Promise.allSettled([first, second]).then(() => {});
}
