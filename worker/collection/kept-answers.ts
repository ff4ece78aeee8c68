/**
Answers of reads, kept for the next who asks the same until something changes.

@module
*/
import { copyOf } from './copy-of.js';
import { cacheKey, QueryCache } from './query-cache.js';

export class KeptAnswers {
  readonly #cache: QueryCache;
  readonly #on: boolean;
  /** Counts the beginnings and ends of changes: what was read before the last of them is not kept. */
  #epoch = 0;
  /** Changes that have begun and not ended. */
  #underWay = 0;

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
    return copyOf(kept);
  }

  /** As `read`, whose answer is kept unless something changes while it runs. */
  async keep<Answer>(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const epoch = this.#epoch;
    const answer = await read();
    if (epoch === this.#epoch && this.#underWay === 0)
      this.#cache.set(key, copyOf(answer), approximateBytes(answer));
    return answer;
  }

  /** To be called when a change begins or ends, with how many are under way then. */
  changed(underWay: number): void {
    this.#underWay = underWay;
    this.#epoch++;
    this.#cache.clear();
  }
}

/** Bytes that a value takes, about. */
function approximateBytes(value: unknown): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength;
  let bytes = 32;
  for (const key of Object.keys(value))
    bytes += 2 * key.length + approximateBytes((value as Record<string, unknown>)[key]);
  return bytes;
}
