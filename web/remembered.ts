/**
Values that outlast the visit, where the browser lets them: with storage denied or full they last as long as the page.
Other tabs of the page have the same values.

@module
*/
import { type Signal, signal } from '@preact/signals';

export class Remembered<Value> {
  readonly #key: string;
  readonly #read: (stored: unknown) => Value | undefined;
  readonly #value: Signal<Value>;
  /** Whether the storage has what was last set. */
  #stored = true;

  /**
  @param key - Its name in the storage.
  @param read - Makes the value of what was stored, which may be anything; `undefined` where it is of no use.
  */
  constructor(key: string, initial: Value, read: (stored: unknown) => Value | undefined) {
    this.#key = key;
    this.#read = read;
    this.#value = signal(this.#restore() ?? initial);
    // Not there outside of a page.
    globalThis.addEventListener?.('storage', (event) => {
      if (event.key === key || event.key === null) this.#value.value = this.#restore() ?? initial;
    });
  }

  get value(): Value {
    return this.#value.value;
  }

  /** Changes what is stored now: another tab may have changed it a moment ago. */
  update(change: (before: Value) => Value): void {
    const before = (this.#stored ? this.#restore() : undefined) ?? this.#value.peek();
    const next = change(before);
    this.#value.value = next;
    this.#stored = this.#store(next);
  }

  #restore(): Value | undefined {
    try {
      const text = localStorage.getItem(this.#key);
      return text === null ? undefined : this.#read(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  #store(value: Value): boolean {
    try {
      localStorage.setItem(this.#key, JSON.stringify(value));
      return true;
    } catch {
      // Denied or full: the value stays in the page.
      return false;
    }
  }
}
