/**
Notices that another tab is silent: closed in a way that nobody was told of, frozen, or too busy to answer.

@module
*/

/** How soon silence is noticed. */
export interface SilenceLimits {
  /** Time between two pings, in milliseconds. */
  readonly pingMs: number;
  /** Silence for so long, in milliseconds, counts. */
  readonly silenceMs: number;
}

/** Timers that come later than this many pings say that this tab itself slept, or is hidden and its timers are slow. */
const latePings = 3;

export class SilenceWatch {
  readonly #limits: SilenceLimits;
  readonly #ping: () => void;
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #tickedAt = 0;
  /** Pings without an answer. */
  #misses = 0;
  #wasLate = false;

  /** @param onSilent - Called with each ping that follows on a long silence. */
  constructor(limits: SilenceLimits, ping: () => void, onSilent: () => void) {
    this.#limits = limits;
    this.#ping = ping;
    this.#onSilent = onSilent;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#tickedAt = performance.now();
    this.heard();
    this.#timer = setInterval(() => this.#tick(), this.#limits.pingMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The other tab has said something. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#misses = 0;
  }

  #tick(): void {
    const now = performance.now();
    const isLate = now - this.#tickedAt > latePings * this.#limits.pingMs;
    // After a sleep of this tab, answers lie in its queue. Where every timer is late, the second one counts.
    this.#misses = isLate && !this.#wasLate ? 1 : this.#misses + 1;
    this.#wasLate = isLate;
    this.#tickedAt = now;
    if (this.#misses >= 2 && now - this.#heardAt >= this.#limits.silenceMs) this.#onSilent();
    if (this.#timer !== undefined) this.#ping();
  }
}
