/**
Results that are kept for the same question asked again.

@module
*/

/** Bytes of a character of a key, and of an entry beside its key and value: about what engines take. */
const charBytes = 2;
const entryBytes = 64;

interface Entry {
  readonly value: unknown;
  readonly bytes: number;
}

/** Values by key; the least recently used go first where there is no room. */
export class QueryCache {
  private readonly maxBytes: number;
  private readonly entries = new Map<string, Entry>();
  private byteCount = 0;

  /** `maxBytes`: most bytes of values and keys; 0: nothing is kept. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes of what is kept, keys among them. */
  get bytes(): number {
    return this.byteCount;
  }

  get(key: string): unknown | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // A map lists its keys in the order in which they were set.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** `bytes`: of the value. One that is too large is not kept. */
  set(key: string, value: unknown, bytes: number): void {
    this.remove(key);
    const entry = { value, bytes: bytes + key.length * charBytes + entryBytes };
    if (entry.bytes > this.maxBytes) return;
    this.entries.set(key, entry);
    this.byteCount += entry.bytes;
    for (const oldest of this.entries.keys()) {
      if (this.byteCount <= this.maxBytes) break;
      this.remove(oldest);
    }
  }

  /** Forget all. */
  clear(): void {
    this.entries.clear();
    this.byteCount = 0;
  }

  private remove(key: string): void {
    this.byteCount -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }
}

/**
A request as a string: equal for two requests exactly if they ask the same. The order of keys, and keys without a value,
are nothing; numbers are told by all their digits, typed arrays by their bits.
*/
export function cacheKey(request: unknown): string {
  if (ArrayBuffer.isView(request)) return arrayKey(request);
  if (Array.isArray(request)) return `[${request.map(cacheKey).join()}]`;
  if (request instanceof Set) return `Set${cacheKey([...request])}`;
  if (typeof request === 'object' && request !== null) {
    const named = Object.entries(request).filter(([, value]) => value !== undefined);
    named.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${named.map(([name, value]) => `${JSON.stringify(name)}:${cacheKey(value)}`).join()}}`;
  }
  if (typeof request === 'string') return JSON.stringify(request);
  return Object.is(request, -0) ? '-0' : String(request);
}

/** Two bytes a character. Its length, told first, keeps what follows apart. */
function arrayKey(array: ArrayBufferView): string {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const units = new Uint16Array((bytes.length + 1) >> 1);
  new Uint8Array(units.buffer).set(bytes);
  let text = '';
  // As many as a call takes arguments, everywhere.
  for (let start = 0; start < units.length; start += 8192) {
    // Spread, they would be walked through one by one: 84 us for 768 floats in V8, and 12 us so.
    text += String.fromCharCode.apply(null, units.subarray(start, start + 8192) as unknown as number[]);
  }
  return `${Object.prototype.toString.call(array)}${bytes.length}:${text}`;
}
