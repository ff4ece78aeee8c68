/** What a collection does, through a tab that asks another one. */
import { openFollower } from '../../../support/tabs/open-follower.js';
import { Origin } from '../../../support/tabs/origin.js';
import { describeCollection } from '../collection.behaviour.js';
import { describeQdrantQueries } from '../qdrant-queries.behaviour.js';

describeCollection('a collection of another tab', (options) => openFollower(options, new Origin()), 1);

describeQdrantQueries('a collection of another tab', async (config, points) => {
  const collection = await openFollower({ name: 'golden', ...config }, new Origin());
  await collection.upsert(points);
  return collection;
});
