/**
What a collection is opened with, checked.

@module
*/
import { checkInteger, maxDim } from '../../bindings/api/arguments.js';
import { invalidArgument } from '../../bindings/api/errors.js';
import { metricNumber } from '../../bindings/api/metrics.js';
import { checkNames, engineNames, type NamesOf } from '../../bindings/api/option-names.js';
import { startNames } from '../option-names.js';
import { optionsNamed } from '../remote-object.js';
import { ownCopyOf } from './copy-of.js';
import type { StorageKind } from './durable/types.js';
import { parsePath } from './payload/path.js';
import { checkSchema } from './payload/schema.js';
import type { ShardConfig, ShardStorage } from './shard-protocol.js';
import type { CollectionOptions, SparseVectorConfig, TextIndexOptions, VectorConfig } from './types.js';

const vectorNames: NamesOf<VectorConfig> = { dim: true, metric: true, onDisk: true, ...engineNames };
const sparseNames: NamesOf<SparseVectorConfig> = { modifier: true, text: true };
const textNames: NamesOf<TextIndexOptions> = {
  ...{ fields: true, k1: true, b: true },
  ...{ language: true },
};

const collectionNames: NamesOf<CollectionOptions> = {
  ...{ name: true, vectors: true, sparseVectors: true, storage: true, shards: true, shardKey: true },
  ...{ path: true, durability: true, ifDamaged: true },
  ...{ payloadIndex: true, embed: true, model: true, cacheBytes: true, onSlowQuery: true, slowQueryMs: true },
  ...vectorNames,
  ...startNames,
};

const storageKinds: readonly StorageKind[] = ['memory', 'opfs', 'indexeddb', 'file', 'auto'];
/** Most shards: a worker each. */
export const maxShards = 64;
/** What `auto` stops at: a page has other work, too. */
const maxAutoShards = 8;

/** Where all shards of a collection are kept. */
export type CollectionStorage = Omit<ShardStorage, 'shard'>;

/** A collection's options, with their defaults. */
export interface CollectionConfig {
  readonly name: string;
  readonly shard: ShardConfig;
  readonly shardCount: number;
  readonly shardKey: string | undefined;
  /** Where it is kept; nothing for in memory alone. */
  readonly storage: CollectionStorage | undefined;
  readonly cacheBytes: number;
  readonly slowQueryMs: number;
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkCollectionOptions(options: CollectionOptions): CollectionConfig {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('options with `name` and `dim`', options);
  checkNames(options, collectionNames);
  const { name, shards = 1, shardKey, embed, model, onSlowQuery } = options;
  if (typeof name !== 'string' || name === '')
    throw invalidArgument('name to be text that is not empty', name);
  for (const option of ['vectors', 'sparseVectors', 'payloadIndex'] as const) {
    const named: unknown = options[option];
    if (named !== undefined && (typeof named !== 'object' || named === null))
      throw invalidArgument(`${option} to be an object`, named);
  }
  if (model !== undefined && typeof model !== 'string') throw invalidArgument('model to be text', model);
  if (embed !== undefined && typeof embed !== 'function')
    throw invalidArgument('embed to be a function', embed);
  if (onSlowQuery !== undefined && typeof onSlowQuery !== 'function')
    throw invalidArgument('onSlowQuery to be a function', onSlowQuery);
  if (shardKey !== undefined) parsePath(shardKey, 'shardKey');
  const shardCount = shards === 'auto' ? autoShards() : checkInteger('shards', shards, 1, maxShards);
  return {
    name,
    storage: checkStorage(options, shardCount),
    shard: ownCopyOf({
      vectors: checkVectors(options),
      sparseVectors: checkSparseVectors(options),
      payloadIndex: checkPayloadIndexes(options),
    }),
    shardCount,
    shardKey,
    cacheBytes: checkInteger('cacheBytes', options.cacheBytes ?? 1 << 20, 0),
    slowQueryMs: checkInteger('slowQueryMs', options.slowQueryMs ?? 1000, 0),
  };
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
function checkStorage(options: CollectionOptions, shardCount: number): CollectionStorage | undefined {
  const { name, storage: kind = 'memory', path, durability = 'strict', ifDamaged = 'refuse' } = options;
  const { shards, shardKey, model } = options;
  if (!storageKinds.includes(kind))
    throw invalidArgument(`storage to be one of ${storageKinds.join(', ')}`, kind);
  if (durability !== 'strict' && durability !== 'relaxed')
    throw invalidArgument("durability to be 'strict' or 'relaxed'", durability);
  if (ifDamaged !== 'refuse' && ifDamaged !== 'readOnly')
    throw invalidArgument("ifDamaged to be 'refuse' or 'readOnly'", ifDamaged);
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw invalidArgument('path to be text that is not empty', path);
  if (path?.startsWith('file:'))
    throw invalidArgument('path to be that of a folder, which fileURLToPath makes of a URL', path);
  if (kind === 'file' && path === undefined) throw invalidArgument('a path beside storage file', path);
  if (kind === 'memory' && path !== undefined)
    throw invalidArgument("storage 'file' or 'auto' beside a path", kind);
  if (kind === 'memory') return undefined;
  return {
    kind,
    name,
    durability,
    shardCount,
    ...(shards === 'auto' && { anyShardCount: true }),
    ...(path !== undefined && { path }),
    ...(ifDamaged === 'readOnly' && { ifDamaged }),
    ...(shardKey !== undefined && { shardKey }),
    ...(model !== undefined && { model }),
  };
}

function checkVectors({ vectors, ...options }: CollectionOptions): ShardConfig['vectors'] {
  const unnamed = optionsNamed<Partial<VectorConfig>>(vectorNames, options);
  if (vectors === undefined) {
    // Points without dense vectors: words, payloads and filters alone.
    if (Object.keys(unnamed).length === 0) return {};
    return { '': checkVector(unnamed, '') };
  }
  for (const option of Object.keys(unnamed))
    throw invalidArgument(`${option} inside each of vectors, or no vectors`, 'both');
  return Object.fromEntries(
    Object.entries(vectors).map(([name, config]) => {
      if (name === '') throw invalidArgument('names of vectors that are not empty', name);
      if (typeof config !== 'object' || config === null)
        throw invalidArgument(`vectors.${name} to be an object`, config);
      checkNames(config, vectorNames);
      return [name, checkVector(config, `vectors.${name}.`)];
    }),
  );
}

function checkVector(config: Partial<VectorConfig>, path: string): VectorConfig {
  const dim = checkInteger(`${path}dim`, config.dim, 1, maxDim);
  metricNumber(config.metric ?? 'cosine');
  if (config.onDisk !== undefined && typeof config.onDisk !== 'boolean')
    throw invalidArgument(`${path}onDisk to be a boolean`, config.onDisk);
  const given = Object.entries({ ...config, dim }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as VectorConfig;
}

function checkSparseVectors({
  sparseVectors = {},
  vectors,
}: CollectionOptions): ShardConfig['sparseVectors'] {
  for (const [name, config] of Object.entries(sparseVectors)) {
    const path = `sparseVectors.${name}`;
    if (name === '' || vectors?.[name] !== undefined)
      throw invalidArgument('names of sparse vectors that are not empty, and of no other vector', name);
    if (typeof config !== 'object' || config === null)
      throw invalidArgument(`${path} to be an object`, config);
    checkNames(config, sparseNames);
    const { modifier, text } = config;
    if (modifier !== undefined && modifier !== 'none' && modifier !== 'idf')
      throw invalidArgument(`${path}.modifier to be 'none' or 'idf'`, modifier);
    if (text === undefined) continue;
    if (typeof text !== 'object' || text === null)
      throw invalidArgument(`${path}.text to be an object`, text);
    if (modifier !== undefined) throw invalidArgument(`${path}: a modifier or text, which has BM25`, 'both');
    checkNames(text, textNames);
    if (!Array.isArray(text.fields) || text.fields.length === 0)
      throw invalidArgument(`${path}.text.fields to be payload fields`, text.fields);
    for (const field of text.fields) parsePath(field, `${path}.text.fields`);
  }
  return sparseVectors;
}

/** What is `undefined` is as if it were not there. */
function checkPayloadIndexes({ payloadIndex = {} }: CollectionOptions): ShardConfig['payloadIndex'] {
  const indexes = Object.entries(payloadIndex).flatMap(([key, schema]) => {
    parsePath(key, 'payloadIndex');
    if (schema === undefined) return [];
    checkSchema(schema);
    return [[key, schema] as const];
  });
  return Object.fromEntries(indexes);
}

/** Half the threads: pages and other workers need some, and threads that share a core add little. */
function autoShards(): number {
  const threads = globalThis.navigator?.hardwareConcurrency ?? 2;
  return Math.min(maxAutoShards, Math.max(1, Math.floor(threads / 2)));
}
