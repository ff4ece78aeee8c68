/**
What is done for the shards of a collection once it has been still for a moment, a piece at a time.

@module
*/

/** Time without changes after which it begins, in milliseconds. */
const stillMs = 500;

export class Upkeep {
  readonly #piece: () => Promise<boolean>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** @param piece - Does a piece of it between two changes; whether all is done. */
  constructor(piece: () => Promise<boolean>) {
    this.#piece = piece;
  }

  /** To be called after each change. */
  changed(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), stillMs);
    // In Node, where it would keep the process: what was acknowledged is in the log.
    (this.#timer as { unref?(): void }).unref?.();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    // What it fails for, the next change fails for, and tells.
    while (!this.#ended && !(await this.#piece().catch(() => true)));
  }
}
