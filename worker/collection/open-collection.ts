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
import type { CollectionOptions, Payload } from './types.js';

/**
Open a collection: points with ids, vectors and payloads, in one worker or several.

```ts
const movies = await openCollection<Movie>({ name: 'movies', dim: 384, index: 'hnsw', payloadIndex: { year: 'integer' } });
await movies.upsert([{ id: 1, vector, payload: { title: 'Metropolis', year: 1927 } }]);
const hits = await movies.search(query, { filter: { must: [{ key: 'year', range: { lt: 1930 } }] }, withPayload: true });
```

@param options - Its name, its vectors, and how workers are started.
@throws {VectorSearchError} with code
- `LOAD_FAILED`, `TIMEOUT`, `UNSUPPORTED_ENVIRONMENT` where a worker does not start;
- `INVALID_ARGUMENT`, `OUT_OF_MEMORY`. Also throws the signal's reason.
*/
export async function openCollection<P extends object = Payload>(
  options: CollectionOptions,
): Promise<Collection<P>> {
  const config = checkCollectionOptions(options);
  const placement = optionsNamed<WorkerStartOptions>(startNames, options);
  const shards = await ShardGroup.start(config.shardCount, config.shard, placement);
  // What is there at run time knows no types of payloads.
  return new ShardedCollection(config, options, shards) as unknown as Collection<P>;
}
