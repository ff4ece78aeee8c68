/**
Opening a collection that tabs share.

@module
*/
import { checkInteger } from '../../../bindings/api/arguments.js';
import type { Collection } from '../collection.js';
import type { CollectionConfig } from '../collection-config.js';
import type { ShardConfig } from '../shard-protocol.js';
import type { CollectionInfo, CollectionOptions } from '../types.js';
import { shapesOf } from '../vectors.js';
import { browserLocks } from './browser-locks-web.js';
import { packageVersion } from './package-version.js';
import type { Settings } from './protocol.js';
import { differenceOfVectors, sharedSettings } from './settings.js';
import { SharedCollection } from './shared-collection.js';
import { type LocalCollection, SharedTab } from './shared-tab.js';
import { type OpenChannel, openBroadcastChannel } from './tab-channel.js';
import type { TabLocks } from './tab-lock.js';

/** What tabs share, and how. */
export interface OpenSharedOptions {
  readonly config: CollectionConfig;
  readonly options: CollectionOptions;
  /** Opens the collection itself: called once, when this tab has the lock and nobody else has it open. */
  readonly openLocal: () => Promise<LocalCollection>;
  /** More that tabs must agree on, by option. */
  readonly settings?: Settings;
  /** Time between two pings of who waits for another tab, in milliseconds. Default: `1000`. */
  readonly pingMs?: number;
  /** How long a tab may be silent, in milliseconds, until calls reject with `TIMEOUT`. Default: `10000`. */
  readonly silenceMs?: number;
  /** Longest wait of a new writer for tabs that have changes to repeat, in milliseconds. Default: `1000`. */
  readonly gatherMs?: number;
  /** Default: the browser's; `undefined`, or none there: the collection is this tab's alone. */
  readonly locks?: TabLocks | undefined;
  readonly openChannel?: OpenChannel;
  readonly version?: string;
}

/**
Opens a collection that tabs share: in the first of them by `openLocal`, in others through that one. When it ends, the
next one that waits for its lock opens it.

How long calls of a follower take to settle, at most, while the tab that runs the shards:

| is | |
| --- | --- |
| closed, crashed or killed | what `openLocal` takes, and `gatherMs` where another tab is frozen |
| frozen, or busy | `silenceMs` and two pings, then `TIMEOUT`; hidden tabs have slow timers: two minutes more |

@throws {VectorSearchError} with code
- `INVALID_ARGUMENT` where the tab that has it open was given other options: names them, both values;
- `UNSUPPORTED_VERSION` where that tab has another release of this package;
- `TIMEOUT` where it is silent; `UNSUPPORTED_ENVIRONMENT` where the lock is refused;
- what `openLocal` throws. Also throws the signal's reason.
*/
export async function openShared({
  config,
  options,
  openLocal,
  settings,
  pingMs = 1000,
  silenceMs = 10_000,
  gatherMs = 1000,
  locks = browserLocks(),
  openChannel = openBroadcastChannel,
  version = packageVersion,
}: OpenSharedOptions): Promise<Collection> {
  if (locks === undefined) return openLocal();
  checkInteger('silenceMs', silenceMs, 1);
  const { signal } = options;
  signal?.throwIfAborted();
  const tab = new SharedTab({
    ...{ name: config.name, version, locks, openChannel, openLocal },
    settings: { ...sharedSettings(config, options), ...settings },
    limits: { pingMs, silenceMs, gatherMs },
  });
  const onAbort = () => void tab.close();
  signal?.addEventListener('abort', onAbort);
  try {
    await tab.open();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  const collection = new SharedCollection(config.name, tab, shapesOf(config.shard), options);
  if (tab.role === 'follower') await join(collection, config, signal);
  return collection;
}

/** Learns what the collection of the other tab is like, and makes payload indexes that it lacks. */
async function join(
  collection: SharedCollection,
  { name, shard }: CollectionConfig,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const info = await collection.info({ signal });
    const refusal = differenceOfVectors(info.vectors, shard.vectors, name);
    if (refusal !== undefined) throw refusal;
    collection.shapes = shapesOf({ vectors: info.vectors, sparseVectors: shard.sparseVectors });
    // Filters find the same without, and changes may have to wait for others' long ones.
    void addIndexes(collection, shard, info).catch(() => {});
  } catch (error) {
    await collection.close();
    throw error;
  }
}

/** As where a collection is opened again. */
async function addIndexes(
  collection: Collection,
  { payloadIndex }: ShardConfig,
  { payloadSchema, storage }: CollectionInfo,
): Promise<void> {
  if (storage.damage !== undefined) return;
  for (const [key, schema] of Object.entries(payloadIndex)) {
    if (JSON.stringify(payloadSchema[key]?.schema) !== JSON.stringify(schema))
      await collection.createPayloadIndex(key, schema);
  }
}
