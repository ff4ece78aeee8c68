/**
What there is to know about a collection, put together from what its shards tell.

@module
*/
import type { Progress } from '../../bindings/api/types.js';
import type { CollectionConfig } from './collection-config.js';
import type { StorageDamage, VerifyOptions } from './durable/types.js';
import type { MetricsGauges } from './metrics.js';
import type { ShardGroup } from './shard-group.js';
import type { ShardInfo } from './shard-protocol.js';
import type { ShardUpkeep } from './shard-upkeep.js';
import type { CollectionInfo, CollectionOptions } from './types.js';

/** What is told about. */
interface Described {
  readonly config: CollectionConfig;
  readonly options: CollectionOptions;
  readonly shards: ShardGroup;
  readonly upkeep: ShardUpkeep;
}

/** What it is like now. Shards that do not answer are not counted. */
export async function infoOf(
  { config, options, shards, upkeep }: Described,
  signal: AbortSignal | undefined,
): Promise<CollectionInfo> {
  const settings = { signal, readOnly: true };
  const calls = shards.all.map((shard) => shards.call(shard, 'info', [], settings));
  const answers = await Promise.allSettled(calls);
  signal?.throwIfAborted();
  const infos = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : undefined));
  const alive = infos.filter((info) => info !== undefined);
  const total = (of: (info: ShardInfo) => number) => alive.reduce((sum, info) => sum + of(info), 0);
  const described = <Config>(configs: { readonly [name: string]: Config }) =>
    Object.fromEntries(
      Object.entries(configs).map(([name, vector]) => [
        name,
        {
          ...vector,
          count: total(({ vectors }) => vectors[name]?.count ?? 0),
          memoryBytes: total(({ vectors }) => vectors[name]?.memoryBytes ?? 0),
        },
      ]),
    );
  const { storage } = shards;
  const { checkpointError } = upkeep;
  const { model = storage.model } = options;
  const loadError = alive.find((info) => info.loadError !== undefined)?.loadError;
  const amiss = [storage.damage, checkpointError, loadError];
  const isWhole = alive.length === infos.length && amiss.every((each) => each === undefined);
  return {
    name: config.name,
    pointsCount: total(({ points }) => points),
    status: isWhole ? 'green' : 'red',
    shards: infos.map((info) => ({ pointsCount: info?.points ?? null })),
    vectors: described(config.shard.vectors),
    sparseVectors: described(config.shard.sparseVectors),
    payloadSchema: Object.fromEntries(
      Object.entries(alive[0]?.payloadSchema ?? {}).map(([key, { schema }]) => [
        key,
        { schema, points: total(({ payloadSchema }) => payloadSchema[key]?.points ?? 0) },
      ]),
    ),
    memoryBytes: total(({ memoryBytes, payloadBytes }) => memoryBytes + payloadBytes),
    storage: {
      type: storage.kind,
      durability: storage.kind === 'memory' ? null : (options.durability ?? 'strict'),
      bytes: total(({ storedBytes }) => storedBytes),
      tornBytes: storage.tornBytes,
      lost: storage.lost,
      ...(checkpointError !== undefined && { checkpointError }),
      ...(loadError !== undefined && { loadError }),
      ...(storage.damage !== undefined && { damage: storage.damage }),
    },
    ...(model !== undefined && { model }),
  };
}

/** What metrics tell of it. */
export function gaugesOf(info: CollectionInfo): Omit<MetricsGauges, 'cacheBytes'> {
  const { pointsCount, shards, vectors, sparseVectors, memoryBytes } = info;
  const counts = [...Object.values(vectors), ...Object.values(sparseVectors)];
  return {
    points: pointsCount,
    vectors: counts.reduce((sum, { count }) => sum + count, 0),
    workers: shards.filter((shard) => shard.pointsCount !== null).length,
    memoryBytes,
  };
}

/** What is amiss among all that is kept, shard by shard. */
export async function findDamage(
  shards: ShardGroup,
  { signal, onProgress }: VerifyOptions,
): Promise<StorageDamage[]> {
  const { count, all } = shards;
  const damage: StorageDamage[] = [];
  for (const shard of all) {
    const settings = {
      readOnly: true,
      signal,
      ...(onProgress !== undefined && {
        onProgress: ({ done, total }: Progress) =>
          onProgress({ done: shard * total + done, total: count * total }),
      }),
    };
    const found = await shards.call(shard, 'verify', [], settings);
    damage.push(...found.damage.map((each) => ({ shard, ...each })));
  }
  return damage;
}
