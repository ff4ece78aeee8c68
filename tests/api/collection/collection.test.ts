/** Collections in one worker and in several. */
import { type CollectionOptions, openCollection } from 'vicinal/worker';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { describeCollection } from './collection.behaviour.js';
import { describeQdrantQueries, type OpenQueried } from './qdrant-queries.behaviour.js';

const open = (shards: number) => (options: Omit<CollectionOptions, 'name'>) =>
  openCollection({ name: 'test', shards, ...options });
const folder = temporaryFolders();

describeCollection('a collection in one worker', open(1));
describeCollection('a collection in three workers', open(3));
describeCollection('a collection in a folder, in two workers', (options) =>
  open(2)({ ...options, storage: 'file', path: folder() }),
);

const openWith =
  (shards: number): OpenQueried =>
  async (config, points) => {
    const collection = await openCollection({ name: 'golden', shards, ...config });
    await collection.upsert(points);
    return collection;
  };

describeQdrantQueries('a collection in one worker', openWith(1));
describeQdrantQueries('a collection in three workers', openWith(3));
