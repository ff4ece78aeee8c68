/** Collections in one worker and in several. */
import { type CollectionOptions, openCollection } from 'vicinal/worker';
import { describeCollection } from './collection.behaviour.js';
import { describeQdrantQueries, type OpenQueried } from './qdrant-queries.behaviour.js';

const open = (shards: number) => (options: Omit<CollectionOptions, 'name'>) =>
  openCollection({ name: 'test', shards, ...options });

describeCollection('a collection in one worker', open(1));
describeCollection('a collection in three workers', open(3));

const openWith =
  (shards: number): OpenQueried =>
  async (config, points) => {
    const collection = await openCollection({ name: 'golden', shards, ...config });
    await collection.upsert(points);
    return collection;
  };

describeQdrantQueries('a collection in one worker', openWith(1));
describeQdrantQueries('a collection in three workers', openWith(3));
