/**
Copies of what is asked and answered.

@module
*/
import { isPlainObject } from './plain-object.js';

/** What a caller has given, and may alter at once: a copy. */
export function ownCopyOf<Given>(given: Given): Given {
  try {
    return copyOf(given);
  } catch {
    // A cycle, an array without its buffer: the checks of the call tell.
    return given;
  }
}

/**
A copy of JSON with typed arrays in it; what else there is, an object of a class say, stays itself. `structuredClone` takes
three times as long for ten hits, and refuses the proxies that frameworks make of their state.
*/
export function copyOf<Value>(value: Value): Value;
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (ArrayBuffer.isView(value)) return (value as Float32Array).slice();
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = copyOf((value as Record<string, unknown>)[key]);
    // Assigned, it would become the prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, {
        value: member,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    else copy[key] = member;
  }
  return copy;
}
