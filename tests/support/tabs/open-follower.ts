/**
A collection as a follower has it, its writer beside it.

@module
*/
import type { Collection, CollectionOptions } from 'vicinal/worker';
import { openInTab } from './open-tab.js';
import type { Origin } from './origin.js';

/** @param origin - Where its tabs are; none in a page, which has an origin. The writer closes with the follower. */
export async function openFollower(
  options: Omit<CollectionOptions, 'name'> & { name?: string },
  origin?: Origin,
): Promise<Collection> {
  const named = { name: 'test', ...options };
  // Texts are embedded where they are asked for.
  const { embed, ...ofWriter } = named;
  const writer = await openInTab(origin?.openTab(), ofWriter);
  try {
    const follower = await openInTab(origin?.openTab(), named);
    const close = async () => {
      await Object.getPrototypeOf(follower).close.call(follower);
      await writer.close();
    };
    return Object.assign(follower, { close });
  } catch (error) {
    await writer.close();
    throw error;
  }
}
