/**
What tabs that share a collection must have opened it with alike.

@module
*/
import type { VectorSearchError } from '../../../bindings/api/errors.js';
import type { CollectionConfig } from '../collection-config.js';
import { asCreated } from '../durable/stored-config.js';
import {
  type NamedOptions,
  type OtherOption,
  otherSparseVectors,
  otherVectors,
  refusalOf,
} from '../other-options.js';
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
The error where another tab has opened the collection otherwise: names the option, and both values. Options of dense vectors
that one of the two leaves open are for {@link differenceOfVectors} to compare.
*/
export function differenceOf(theirs: Settings, own: Settings, name: string): VectorSearchError | undefined {
  const { vectors: kept, sparseVectors: keptSparse, shardKey: keptKey, model, ...others } = theirs;
  const { vectors: asked, sparseVectors: sparse, shardKey: key, ...ownOthers } = own;
  const created =
    otherDense(kept as NamedOptions, asked as NamedOptions) ??
    otherSparseVectors(keptSparse as NamedOptions, sparse as NamedOptions) ??
    firstDifference(keptSparse, sparse, 'sparseVectors') ??
    firstDifference(keptKey, key, 'shardKey');
  if (created !== undefined) return refusalOf(created, name);
  const given = own.model === undefined ? others : { ...others, model };
  const opened = firstDifference(given, ownOthers, '');
  return opened && refusalOf(opened, name, true);
}

/** The same of dense vectors that were asked for, beside what those of the collection are like. */
export function differenceOfVectors(
  kept: NamedOptions,
  asked: NamedOptions,
  name: string,
): VectorSearchError | undefined {
  const created = Object.entries(kept).map(([vector, options]) => [vector, asCreated(options)]);
  const other = otherDense(Object.fromEntries(created), asked, true);
  return other && refusalOf(other, name);
}

/** Of what both tell; `isWhole`: what is not among those that are kept is not so. */
function otherDense(kept: NamedOptions, asked: NamedOptions, isWhole = false): OtherOption | undefined {
  const other = otherVectors(kept, asked);
  if (other !== undefined) return other;
  for (const [name, options] of Object.entries(asked)) {
    const before = kept[name] as Settings;
    for (const [option, value] of Object.entries(options)) {
      if (!isWhole && !Object.hasOwn(before, option)) continue;
      // Vectors without a name have their options beside the others.
      const path = name === '' ? option : `vectors.${name}.${option}`;
      const found = firstDifference(before[option], value, path);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function firstDifference(kept: unknown, asked: unknown, path: string): OtherOption | undefined {
  if (kept === asked) return undefined;
  if (!isObject(kept) || !isObject(asked) || Array.isArray(kept) !== Array.isArray(asked))
    return { path, kept, asked };
  for (const key of new Set([...Object.keys(kept), ...Object.keys(asked)])) {
    const found = firstDifference(kept[key], asked[key], path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
