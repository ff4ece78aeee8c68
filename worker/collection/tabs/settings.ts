/**
What tabs that share a collection must have opened it with alike.

@module
*/
import { invalidState, type VectorSearchError } from '../../../bindings/api/errors.js';
import type { CollectionConfig } from '../collection-config.js';
import { asCreated } from '../durable/stored-config.js';
import type { CollectionOptions } from '../types.js';
import type { Settings } from './protocol.js';

/**
Of a collection's options: those that say what is kept, and how. What is each tab's own is left out, and so are payload
indexes, of which each tab makes those that it misses.
*/
export function sharedSettings(config: CollectionConfig, { model }: CollectionOptions): Settings {
  const { vectors, sparseVectors } = config.shard;
  const { shardCount: shards, shardKey } = config;
  const settings = { vectors, sparseVectors, shards, shardKey, model };
  // As JSON: what is undefined is as if it were not there.
  return JSON.parse(JSON.stringify(settings)) as Settings;
}

/**
The error where another tab has opened the collection otherwise: names the option, and both values. What this one leaves
open is as it is there.
*/
export function differenceOf(theirs: Settings, own: Settings): VectorSearchError | undefined {
  const found = vectorDifference(theirs, own) ?? firstDifference(asAsked(theirs, own), others(own), '');
  if (found === undefined) return undefined;
  const { path, theirs: wanted, own: got } = found;
  return invalidState(`${path} ${textOf(wanted)}, as in the tab that opened the collection`, textOf(got));
}

/** Dense vectors: those without a name have their options beside the others. */
function vectorDifference(theirs: Settings, own: Settings): Difference | undefined {
  const [kept, asked] = [theirs.vectors, own.vectors] as { readonly [name: string]: Settings }[];
  for (const name of new Set([...Object.keys(kept ?? {}), ...Object.keys(asked ?? {})])) {
    const path = name === '' ? '' : `vectors.${name}.`;
    const [before, wanted] = [kept?.[name], asked?.[name]];
    if (before === undefined || wanted === undefined)
      return { path: `${path}dim`, theirs: before?.dim, own: wanted?.dim };
    const created = asCreated(before);
    for (const [option, value] of Object.entries(wanted)) {
      const found = firstDifference(created[option], value, path + option);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function others({ vectors: _, ...rest }: Settings): Settings {
  return rest;
}

/** Their settings beside the vectors, as this tab wants them where it leaves them open. */
function asAsked(theirs: Settings, own: Settings): Settings {
  return {
    ...others(theirs),
    ...(own.model === undefined && { model: undefined }),
    // What `auto` chooses is the same in all tabs of a browser.
    ...((theirs.storage === 'auto' || own.storage === 'auto') && { storage: own.storage }),
  };
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
