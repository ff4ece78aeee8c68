/**
Answers of reads, kept for the next who asks the same until something changes.

@module
*/
import { cacheKey, QueryCache } from './query-cache.js';

export class KeptAnswers {
  readonly #cache: QueryCache;
  readonly #on: boolean;
  /** Counts the beginnings and ends of changes: what was read before the last of them is not kept. */
  #epoch = 0;

  /** `maxBytes`: most bytes of answers and what was asked; 0: nothing is kept. */
  constructor(maxBytes: number) {
    this.#cache = new QueryCache(maxBytes);
    this.#on = maxBytes > 0;
  }

  /** Bytes of what is kept. */
  get bytes(): number {
    return this.#cache.bytes;
  }

  /** The key of what is asked; none where every answer is another, or where it is nothing that can be asked. */
  keyOf(asked: unknown): string | undefined {
    if (!this.#on || asked === undefined) return undefined;
    try {
      const key = cacheKey(asked);
      return key.includes('"sample":') ? undefined : key;
    } catch {
      // A cycle, an array without its buffer: the checks of the call tell.
      return undefined;
    }
  }

  /** A copy of the answer that is kept, or nothing. */
  get(key: string): unknown | undefined {
    const kept = this.#cache.get(key);
    return kept === undefined ? undefined : structuredClone(kept);
  }

  /** As `read`, whose answer is kept unless something changes while it runs. */
  async keep<Answer>(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const epoch = this.#epoch;
    const answer = await read();
    // While a change is under way the number is odd.
    if (epoch === this.#epoch && epoch % 2 === 0)
      this.#cache.set(key, structuredClone(answer), approximateBytes(answer));
    return answer;
  }

  /** A change begins, or one ends: each is told, and one runs at a time. */
  beginOrEndChange(): void {
    this.#epoch++;
    this.#cache.clear();
  }
}

/** Bytes that a value takes, about. */
function approximateBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + 2 * key.length + approximateBytes(inner),
    32,
  );
}
