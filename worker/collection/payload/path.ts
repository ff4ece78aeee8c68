/**
Paths into payloads, as Qdrant writes them: `a.b`, `a[]` (every element), `a[0]`, `"a key"`.

A path does not reach through an array unless it says so: of `{ a: [{ b: 1 }] }`, `a[].b` is 1 and `a.b` nothing.

@module
*/
import { invalidArgument } from '../../../bindings/api/errors.js';
import type { JsonValue } from '../types.js';

/** A key, the index of an element, or `null`: every element. */
export type PathPart = string | number | null;

/** From the payload inwards; not empty. */
export type Path = readonly PathPart[];

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

const partPattern = /(?:"([^"]*)"|([\p{Alphabetic}\p{N}_-]+))((?:\[\d*\])*)(\.|$)/uy;

/** Paths that were parsed: callers repeat few. */
const parsed = new Map<string, Path>();
const maxParsed = 1000;

/**
@param name - What the path is, for the message.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function parsePath(text: unknown, name: string): Path {
  if (typeof text !== 'string') throw invalidArgument(`${name} to be a path such as a.b or a[].b`, text);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const path: PathPart[] = [];
  let wantsMore = true;
  partPattern.lastIndex = 0;
  while (wantsMore) {
    const part = partPattern.exec(text);
    if (part === null) throw invalidArgument(`${name} to be a path such as a.b or a[].b`, text);
    path.push(part[1] ?? part[2] ?? '');
    for (const [, digits] of (part[3] ?? '').matchAll(/\[(\d*)\]/g))
      path.push(digits ? Number(digits) : null);
    wantsMore = part[4] === '.';
  }
  if (parsed.size === maxParsed) parsed.clear();
  parsed.set(text, path);
  return path;
}

/** Not an array, not `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
Visit the values at a path: none where a key is missing, several where it goes through every element. Arrays are visited
as they are.

@param visit - Returns `true` to end it.
@returns Whether it was ended so.
*/
export function someAt(
  root: JsonValue,
  path: Path,
  visit: (value: JsonValue) => boolean,
  first = 0,
): boolean {
  let value = root;
  for (let i = first; i < path.length; i++) {
    const part = path[i] as PathPart;
    if (typeof part === 'string') {
      if (!isObject(value) || !Object.hasOwn(value, part)) return false;
      value = value[part] as JsonValue;
    } else {
      if (!Array.isArray(value)) return false;
      if (part === null) return value.some((element) => someAt(element, path, visit, i + 1));
      if (part >= value.length) return false;
      value = value[part] as JsonValue;
    }
  }
  return visit(value);
}

/** As {@link someAt}, with the elements of arrays in place of the arrays: one level. */
export function someValueAt(root: JsonValue, path: Path, visit: (value: JsonValue) => boolean): boolean {
  return someAt(root, path, (value) => (Array.isArray(value) ? value.some(visit) : visit(value)));
}
