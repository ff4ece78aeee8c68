/**
Payloads as callers pass them: JSON objects, nothing else.

@module
*/
import { invalidArgument } from '../../../bindings/api/errors.js';
import { isPlainObject } from '../plain-object.js';
import type { JsonValue, Payload } from '../types.js';

/** How deep objects and arrays may nest, as in Qdrant. It ends cycles too. */
export const maxDepth = 128;

/**
A payload: a plain object of JSON values, `null` or `undefined` for none. Members that are `undefined` are left out.

@param path - What it is, for the message: `points[3].payload`.
@returns The value itself where nothing is left out.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`, naming where the mistake is.
*/
export function checkPayload(value: unknown, path: string): Payload | null {
  if (value === undefined || value === null) return null;
  if (!isPlainObject(value)) throw invalidArgument(`${path} to be a plain object`, value);
  return checkObject(value, path, 1);
}

function checkObject(object: Readonly<Record<string, unknown>>, path: string, depth: number): Payload {
  if (typeof object.toJSON === 'function')
    throw invalidArgument(`${path} to be a JSON value`, 'an object that has toJSON');
  let hasChanged = false;
  const members: [string, JsonValue][] = [];
  for (const key of Object.keys(object)) {
    const member = object[key];
    if (member === undefined) {
      hasChanged = true;
      continue;
    }
    const checked = checkValue(member, path, key, depth);
    hasChanged ||= checked !== member;
    members.push([key, checked]);
  }
  // `fromEntries` makes own members of keys such as `__proto__`.
  return hasChanged ? Object.fromEntries(members) : (object as Payload);
}

function checkValue(value: unknown, parent: string, key: string | number, depth: number): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const path = typeof key === 'number' ? `${parent}[${key}]` : `${parent}.${key}`;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) throw invalidArgument(`${path} to be a JSON value`, value);
  if (depth === maxDepth)
    throw invalidArgument(`${path.slice(0, 80)} to nest at most ${maxDepth} deep`, value);
  if (isArray) {
    let copy: JsonValue[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const checked = checkValue(value[i], path, i, depth + 1);
      if (checked !== value[i]) copy ??= value.slice(0, i);
      copy?.push(checked);
    }
    return copy ?? (value as JsonValue[]);
  }
  return checkObject(value, path, depth + 1);
}
