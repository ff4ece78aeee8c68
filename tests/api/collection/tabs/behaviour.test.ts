/** What a collection does, through a tab that asks another one. */
import type { Collection, CollectionOptions } from 'vicinal/worker';
import { openInTab } from '../../../support/tabs/open-tab.js';
import { Origin } from '../../../support/tabs/origin.js';
import { describeCollection } from '../collection.behaviour.js';
import { describeQdrantQueries } from '../qdrant-queries.behaviour.js';

/** Closes the writer with it. */
async function openFollower(
  options: Omit<CollectionOptions, 'name'> & { name?: string },
): Promise<Collection> {
  const origin = new Origin();
  const named = { name: 'test', ...options };
  // Texts are embedded where they are asked for.
  const { embed, ...ofWriter } = named;
  const writer = await openInTab(origin.openTab(), ofWriter);
  try {
    const follower = await openInTab(origin.openTab(), named);
    return Object.assign(follower, {
      close: async () => {
        await Object.getPrototypeOf(follower).close.call(follower);
        await writer.close();
      },
    });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

describeCollection('a collection of another tab', openFollower, 1);
describeQdrantQueries('a collection of another tab', async (config, points) => {
  const collection = await openFollower({ name: 'golden', ...config });
  await collection.upsert(points);
  return collection;
});
