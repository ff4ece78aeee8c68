/**
Typed arrays that are views of larger buffers, made small: a message would hold the whole buffer of each.

@module
*/
import { tagOf } from '../../../bindings/api/tag.js';

/** `value`, with copies of those views in its arrays and plain objects; what needs no copy stays as it is. */
export function withOwnViews<Value>(value: Value): Value {
  return copyOf(value, 0) as Value;
}

/** Deeper than any request: what is its own ancestor ends here, and its checks tell. */
const deepest = 64;

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (ArrayBuffer.isView(value)) return ownView(value);
  if (Array.isArray(value)) {
    // Vectors as numbers are the long ones.
    if (typeof value[0] === 'number' && typeof value.at(-1) === 'number') return value;
    return copiedEntries(value, depth, () => value.slice());
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return copiedEntries(value, depth, () => ({ ...value }));
}

function copiedEntries(value: object, depth: number, shallow: () => object): object {
  let copy: Record<string, unknown> | undefined;
  for (const [key, inner] of Object.entries(value)) {
    const own = copyOf(inner, depth + 1);
    if (own === inner) continue;
    copy ??= shallow() as Record<string, unknown>;
    Object.defineProperty(copy, key, { value: own, enumerable: true, configurable: true, writable: true });
  }
  return copy ?? value;
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  // Memory that is shared cannot be sent to another tab.
  const isWhole = view.byteLength === view.buffer.byteLength && tagOf(view.buffer) === 'ArrayBuffer';
  return isWhole || !('slice' in view) ? view : (view as Float32Array).slice();
}
