/**
Changes of payloads, and parts of them: Qdrant's semantics. Nothing that is passed is changed.

@module
*/
import type { JsonValue, Payload, WithPayload } from '../types.js';
import { isObject, type JsonObject, type Path, parsePath } from './path.js';

/** A copy of what JSON can tell. */
export function copyOfJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/**
Set these keys, leave the others. A key set to `null` is removed.

@param key - Path of the object that they are in. What is no object there becomes one; an index past an array's end
changes nothing.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` for a `key` that is no path.
*/
export function setKeys(payload: Payload | null, patch: Payload, key?: string): Payload {
  const path = key === undefined ? [] : parsePath(key, 'key');
  return edited(payload ?? {}, path, (value) => merged(value, patch)) as Payload;
}

function merged(value: JsonValue | undefined, patch: Payload): JsonObject {
  const members = new Map(isObject(value) ? Object.entries(value) : []);
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) members.delete(key);
    else members.set(key, member);
  }
  return Object.fromEntries(members);
}

/** `value` with what is at `path` replaced; where the path needs an object or array, there is one afterwards. */
function edited(
  value: JsonValue | undefined,
  path: Path,
  change: (value: JsonValue | undefined) => JsonValue,
): JsonValue {
  const [part, ...rest] = path;
  if (part === undefined) return change(value);
  if (typeof part === 'string') {
    const object = isObject(value) ? value : {};
    const old = Object.hasOwn(object, part) ? object[part] : undefined;
    return { ...object, [part]: edited(old, rest, change) };
  }
  if (!Array.isArray(value)) return [];
  return value.map((element, i) => (part === null || part === i ? edited(element, rest, change) : element));
}

/**
Delete what is at these paths. `a[]` empties an array; single elements are left: `a[0]` changes nothing.

@throws {VectorSearchError} with code `INVALID_ARGUMENT` for what is no path.
*/
export function withoutKeys(payload: Payload | null, paths: readonly string[]): Payload | null {
  let rest: JsonValue = payload;
  for (const path of paths) rest = without(rest, parsePath(path, 'keys'), 0);
  return rest as Payload | null;
}

function without(value: JsonValue, path: Path, at: number): JsonValue {
  const part = path[at];
  const isLast = at === path.length - 1;
  if (typeof part === 'string') {
    if (!isObject(value) || !Object.hasOwn(value, part)) return value;
    if (!isLast) return { ...value, [part]: without(value[part] as JsonValue, path, at + 1) };
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== part));
  }
  if (!Array.isArray(value)) return value;
  if (isLast) return part === null ? [] : value;
  return value.map((element, i) => (part === null || part === i ? without(element, path, at + 1) : element));
}

/** Paths as a tree: `true` where all below is meant. */
type Tree = Map<string | number | null, Tree | true>;

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map();
  for (const path of paths) {
    const parts = parsePath(path, 'withPayload');
    let tree = root;
    for (const [i, part] of parts.entries()) {
      const below = tree.get(part);
      if (below === true) break;
      if (i === parts.length - 1) tree.set(part, true);
      else if (below === undefined) tree.set(part, new Map());
      tree = tree.get(part) as Tree;
    }
  }
  return root;
}

/**
The parts of a payload that are asked for. Of arrays, paths with `[]` alone choose parts; `a[0]` chooses nothing.

@returns `undefined` for `false`.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` for what is no path.
*/
export function selectPayload(payload: Payload | null, selection: WithPayload): Payload | null | undefined {
  if (typeof selection === 'boolean') return selection ? payload : undefined;
  const isExcluding = 'exclude' in selection;
  const paths = isExcluding ? selection.exclude : 'include' in selection ? selection.include : selection;
  const tree = treeOf(paths);
  return payload && (part(payload, tree, isExcluding) as Payload);
}

function part(value: JsonValue, tree: Tree, isExcluding: boolean): JsonValue {
  if (Array.isArray(value)) {
    const below = tree.get(null);
    if (below === undefined) return isExcluding ? value : [];
    if (below === true) return isExcluding ? [] : value;
    return value.map((element) => part(element, below, isExcluding));
  }
  if (!isObject(value)) return value;
  const members: [string, JsonValue][] = [];
  for (const [key, member] of Object.entries(value)) {
    const below = tree.get(key);
    if (below instanceof Map) members.push([key, part(member, below, isExcluding)]);
    else if ((below === true) !== isExcluding) members.push([key, member]);
  }
  return Object.fromEntries(members);
}
