/**
Opening a collection.

@module
*/

import { startNames } from '../option-names.js';
import type { WorkerStartOptions } from '../options.js';
import { optionsNamed } from '../remote-object.js';
import type { Collection } from './collection.js';
import { checkCollectionOptions } from './collection-config.js';
import { ShardGroup } from './shard-group.js';
import { ShardedCollection } from './sharded-collection.js';
import { browserLocks } from './tabs/browser-locks-web.js';
import { openShared } from './tabs/open-shared.js';
import { areRefused } from './tabs/tab-lock.js';
import type { CollectionOptions, Payload } from './types.js';

/**
Open a collection: points with ids, vectors and payloads, in one worker or several.

```ts
const movies = await openCollection<Movie>({ name: 'movies', dim: 384, index: 'hnsw', payloadIndex: { year: 'integer' } });
await movies.upsert([{ id: 1, vector, payload: { title: 'Metropolis', year: 1927 } }]);
const hits = await movies.search(query, { filter: { must: [{ key: 'year', range: { lt: 1930 } }] }, withPayload: true });
```

A collection in storage that outlives the page is shared by all tabs that open it: the first of them runs its workers, the
others ask that one, and when it ends the next one takes over. A tab that does not answer for 10 seconds lets their calls
reject with code `TIMEOUT`.

@param options - Its name, its vectors, and how workers are started.
@throws {VectorSearchError} with code
- `LOAD_FAILED`, `TIMEOUT`, `UNSUPPORTED_ENVIRONMENT` where a worker does not start;
- `INVALID_ARGUMENT`, also where it is stored, or open in another tab, with other options: names both;
- `CORRUPT_DATA` where what is stored and read is damaged, unless `ifDamaged` is `readOnly`; it stays as it is;
- `STORAGE_IN_USE`, `STORAGE_FULL`, `STORAGE_FAILED`;
- `UNSUPPORTED_VERSION` where a newer release has stored it, or another tab has it open with another release;
- `OUT_OF_MEMORY`. Also throws the signal's reason.
*/
export async function openCollection<P extends object = Payload>(
  options: CollectionOptions<P>,
): Promise<Collection<P>> {
  // What is there at run time knows no types of payloads.
  const given = options as unknown as CollectionOptions;
  const config = checkCollectionOptions(given);
  const placement = optionsNamed<WorkerStartOptions>(startNames, given);
  const { shardCount: count, shard, storage } = config;
  const openLocal = async (lasting: WorkerStartOptions): Promise<Collection> => {
    const shards = await ShardGroup.start({ count, shard, storage }, lasting);
    // What was not asked for is as it was created.
    const { vectors = shard.vectors } = shards;
    return new ShardedCollection({ ...config, shard: { ...shard, vectors } }, given, shards);
  };
  if (storage === undefined) return (await openLocal(placement)) as unknown as Collection<P>;
  const { kind, durability, ifDamaged = 'refuse' } = storage;
  const locks = browserLocks();
  // Nothing is left but memory, which is shared with nobody.
  if (kind === 'auto' && locks !== undefined && (await areRefused(locks)))
    return (await openLocal(placement)) as unknown as Collection<P>;
  const { signal: _, ...lasting } = placement;
  const shared = openShared({
    config,
    options: given,
    // The signal is for the opening: when another tab ends, this one may open it long after.
    openLocal: () => openLocal(lasting),
    settings: { storage: kind, durability, ifDamaged },
  });
  return (await shared) as unknown as Collection<P>;
}
