/**
What tabs that share a collection must have opened it with alike.

@module
*/
import { invalidState, type VectorSearchError } from '../../../bindings/api/errors.js';
import type { CollectionConfig } from '../collection-config.js';
import { asCreated } from '../durable/stored-config.js';
import type { CollectionOptions } from '../types.js';
import type { Settings } from './protocol.js';

/** By name. */
type NamedSettings = { readonly [name: string]: object };

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
The error where another tab has opened the collection otherwise: names the option, and both values. Options of dense vectors
that one of the two leaves open are for {@link differenceOfVectors} to compare.
*/
export function differenceOf(theirs: Settings, own: Settings): VectorSearchError | undefined {
  const { vectors: kept, model, ...others } = theirs;
  const { vectors: asked, ...ownOthers } = own;
  const given = own.model === undefined ? others : { ...others, model };
  const found = vectorDifference(kept, asked) ?? firstDifference(given, ownOthers, '');
  return found && refusalOf(found, 'as where it is open, in this tab or another');
}

/** The same of dense vectors that were asked for, beside what those of the collection are like. */
export function differenceOfVectors(
  kept: NamedSettings,
  asked: NamedSettings,
): VectorSearchError | undefined {
  for (const [name, options] of Object.entries(asked)) {
    const created = asCreated(kept[name] ?? {});
    for (const [option, value] of Object.entries(options)) {
      const found = firstDifference(created[option], value, pathOf(name) + option);
      if (found !== undefined) return refusalOf(found, 'as the collection was created');
    }
  }
  return undefined;
}

/** Vectors without a name have their options beside the others. */
function pathOf(name: string): string {
  return name === '' ? '' : `vectors.${name}.`;
}

function refusalOf({ path, theirs, own }: Difference, as: string): VectorSearchError {
  return invalidState(`${path} ${textOf(theirs)}, ${as}`, textOf(own));
}

/** Of what both tell. */
function vectorDifference(kept: unknown, asked: unknown): Difference | undefined {
  const [theirs, own] = [kept, asked] as [NamedSettings, NamedSettings];
  const of = (all: NamedSettings, name: string) =>
    Object.hasOwn(all, name) ? (all[name] as Settings) : undefined;
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(own)])) {
    const path = pathOf(name);
    const [before, wanted] = [of(theirs, name), of(own, name)];
    if (before === undefined || wanted === undefined)
      return { path: `${path}dim`, theirs: before?.dim, own: wanted?.dim };
    for (const [option, value] of Object.entries(wanted)) {
      if (!Object.hasOwn(before, option)) continue;
      const found = firstDifference(before[option], value, path + option);
      if (found !== undefined) return found;
    }
  }
  return undefined;
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
