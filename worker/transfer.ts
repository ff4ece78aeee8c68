/**
What travels by transfer, and what is copied first.

@module
*/
import { isFloat32Array, isUint8Array } from '../bindings/api/arguments.js';
import { tagOf } from '../bindings/api/tag.js';

/** Bytes from which on it is worth while to give a buffer away: less is copied in as little time, and leaves no garbage. */
const transferredBytes = 4096;

/** The larger buffers of typed arrays in a result: a typed array itself, or those one level inside an object. */
export function transferables(value: unknown): ArrayBuffer[] {
  const candidates = ArrayBuffer.isView(value) ? [value] : isObject(value) ? Object.values(value) : [];
  const buffers = new Set<ArrayBuffer>();
  for (const candidate of candidates) {
    if (!ArrayBuffer.isView(candidate) || candidate.buffer.byteLength < transferredBytes) continue;
    if (isTransferable(candidate.buffer)) buffers.add(candidate.buffer);
  }
  return [...buffers];
}

/**
Arguments ready to be sent. `Float32Array` and `Uint8Array` go by transfer: a copy of them, or with `give` the caller's
own buffer, whole, even where the array is a view of a part of it. Shared memory cannot be given, so it is copied.

@throws `TypeError` where an array has no buffer any more, `RangeError` where there is no memory for the copy.
*/
export function sendable(
  args: readonly unknown[],
  give: boolean,
): { args: unknown[]; transfer: ArrayBuffer[] } {
  const transfer = new Set<ArrayBuffer>();
  const sent = args.map((argument) => {
    if (!isFloat32Array(argument) && !isUint8Array(argument)) return argument;
    // An empty buffer may be one that was given away before: only copying finds out, by an exception.
    const own = give && isTransferable(argument.buffer) && argument.buffer.byteLength > 0;
    const array = own ? argument : copyOf(argument);
    transfer.add(array.buffer as ArrayBuffer);
    return array;
  });
  return { args: sent, transfer: [...transfer] };
}

/** A copy of just the view: structured cloning would copy the whole buffer behind it. */
function copyOf(array: Float32Array | Uint8Array): Float32Array | Uint8Array {
  return isFloat32Array(array) ? new Float32Array(array) : new Uint8Array(array);
}

function isTransferable(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return tagOf(buffer) === 'ArrayBuffer';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
