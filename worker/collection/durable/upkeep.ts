/**
What is done for the shards of a collection once it has been still for a moment, a piece at a time.

@module
*/

/** Time without changes after which it begins, in milliseconds. */
const stillMs = 500;
/** Time without changes after all of it after which it is at rest, in milliseconds. */
const restMs = 10_000;

export class Upkeep {
  readonly #piece: () => Promise<boolean>;
  readonly #rest: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;
  #ended = false;

  /**
  @param piece - Does a piece of it between two changes; whether all is done.
  @param rest - What is done once when it is at rest.
  */
  constructor(piece: () => Promise<boolean>, rest: () => Promise<unknown>) {
    this.#piece = piece;
    this.#rest = rest;
  }

  /** To be called when a change begins: a piece that waited for its end would keep those behind it waiting, too. */
  pause(): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
  }

  /** To be called when no change is under way any more. */
  changed(): void {
    if (this.#ended) return;
    this.#isPaused = false;
    this.#after(stillMs, () => void this.#run());
  }

  /** To be called when there is something to do that no change has brought. */
  wake(): void {
    if (!this.#isPaused) this.changed();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #after(ms: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, ms);
    // In Node, where it would keep the process: what was acknowledged is in the log.
    (this.#timer as { unref?(): void }).unref?.();
  }

  async #run(): Promise<void> {
    const timer = this.#timer;
    // What it fails for, the next change fails for, and tells.
    while (!this.#ended && !this.#isPaused && !(await this.#piece().catch(() => true)));
    if (this.#ended || this.#isPaused || this.#timer !== timer) return;
    this.#after(restMs, () => void this.#rest().catch(() => {}));
  }
}
