/**
What a stored collection is like, kept with each of its shards, and whether it is the one that is asked for.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import {
  canonical,
  type OtherOption,
  otherSparseVectors,
  otherVectors,
  refusalOf,
} from '../other-options.js';
import type { ShardConfig, ShardStorage } from '../shard-protocol.js';

/** Version of what the sections of a checkpoint hold. */
const contentVersion = 1;

/** How a collection was created. */
export interface StoredConfig {
  readonly vectors: ShardConfig['vectors'];
  readonly sparseVectors: ShardConfig['sparseVectors'];
  readonly shardCount: number;
  readonly shardKey?: string;
  readonly model?: string;
}

/** @returns JSON. */
export function encodeStoredConfig({ vectors, sparseVectors }: ShardConfig, storage: ShardStorage): string {
  const { shard, shardCount, shardKey, model } = storage;
  const config = { vectors, sparseVectors, shardCount, shardKey, model };
  return JSON.stringify({ version: contentVersion, shard, config });
}

/**
@param text - As {@link encodeStoredConfig} has made it.
@throws {VectorSearchError} with code `CORRUPT_DATA`, or `UNSUPPORTED_VERSION`.
*/
export function decodeStoredConfig(text: string, shard: number): StoredConfig {
  const stored = JSON.parse(text) as { version: number; shard: number; config: StoredConfig };
  if (stored.version > contentVersion)
    throw new VectorSearchError('UNSUPPORTED_VERSION', contentVersion, stored.version);
  if (stored.shard !== shard)
    throw new VectorSearchError('CORRUPT_DATA', shard, `0: these are the files of shard ${stored.shard}`);
  return stored.config;
}

/**
Refuses to open a collection as another than it is.

@throws {VectorSearchError} with code `INVALID_ARGUMENT` that names both.
*/
export function checkSameConfig(stored: StoredConfig, config: ShardConfig, storage: ShardStorage): void {
  const { name, shardCount, shardKey, model, anyShardCount } = storage;
  const refuse = (other: OtherOption | undefined) => {
    if (other !== undefined) throw refusalOf(other, name);
  };
  const check = (path: string, kept: unknown, asked: unknown) => {
    if (canonical(kept) !== canonical(asked)) refuse({ path, kept, asked });
  };
  if (!anyShardCount) check('shards', stored.shardCount, shardCount);
  check('shardKey', stored.shardKey, shardKey);
  if (model !== undefined) check('model', stored.model, model);
  const { vectors, sparseVectors } = stored;
  refuse(otherVectors(vectors, config.vectors));
  for (const [vector, options] of Object.entries(config.vectors)) {
    const path = vector === '' ? '' : `vectors.${vector}.`;
    // What is not asked for is as it was created.
    const before = asCreated(vectors[vector] ?? {});
    for (const [option, value] of Object.entries(options)) {
      if (option !== 'onDisk') check(path + option, before[option], value);
    }
  }
  refuse(otherSparseVectors(sparseVectors, config.sparseVectors));
  for (const [vector, options] of Object.entries(config.sparseVectors)) {
    const [before, wanted] = [sparseVectors[vector], options].map((one) => ({ modifier: 'none', ...one }));
    for (const option of ['modifier', 'text'] as const)
      check(`sparseVectors.${vector}.${option}`, Object(before)[option], Object(wanted)[option]);
  }
}

/** The options of a vector, with the defaults of those that it was created without. */
export function asCreated(options: object): { readonly [option: string]: unknown } {
  const created = { metric: 'cosine', index: 'flat', onDisk: false, ...options };
  // The graph has codes by default.
  return created.index === 'flat' ? { quantization: null, ...created } : created;
}

/** Stored vectors that are on disk, or not, as they are asked for now. */
export function placedAsAsked(
  stored: ShardConfig['vectors'],
  asked: ShardConfig['vectors'],
): ShardConfig['vectors'] {
  return Object.fromEntries(
    Object.entries(stored).map(([name, config]) => [
      name,
      { ...config, onDisk: asked[name]?.onDisk ?? config.onDisk ?? false },
    ]),
  );
}
