/**
What tabs that share a collection must have opened it with alike.

@module
*/
import { invalidState, type VectorSearchError } from '../../../bindings/api/errors.js';
import type { CollectionConfig } from '../collection-config.js';
import type { CollectionOptions } from '../types.js';
import type { Settings } from './protocol.js';

/** Of a collection's options: those that say what is kept, and how. What is each tab's own is left out. */
export function sharedSettings(config: CollectionConfig, { model }: CollectionOptions): Settings {
  const { vectors, sparseVectors, payloadIndex } = config.shard;
  const { '': unnamed, ...named } = vectors;
  const settings = {
    ...unnamed,
    ...{ vectors: named, sparseVectors, payloadIndex },
    ...{ shards: config.shardCount, shardKey: config.shardKey, model },
  };
  // As JSON: what is undefined is as if it were not there.
  return JSON.parse(JSON.stringify(settings)) as Settings;
}

/** The error where another tab has opened the collection otherwise: names the option, and both values. */
export function differenceOf(theirs: Settings, own: Settings): VectorSearchError | undefined {
  const found = firstDifference(theirs, own, '');
  if (found === undefined) return undefined;
  const { path, theirs: wanted, own: got } = found;
  return invalidState(`${path} ${textOf(wanted)}, as in the tab that opened the collection`, textOf(got));
}

interface Difference {
  readonly path: string;
  readonly theirs: unknown;
  readonly own: unknown;
}

function firstDifference(theirs: unknown, own: unknown, path: string): Difference | undefined {
  if (theirs === own) return undefined;
  if (!isObject(theirs) || !isObject(own) || Array.isArray(theirs) !== Array.isArray(own))
    return { path, theirs, own };
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(own)])) {
    const found = firstDifference(theirs[key], own[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return value === undefined ? 'none' : (JSON.stringify(value) as string);
}
