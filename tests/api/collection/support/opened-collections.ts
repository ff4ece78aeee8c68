/**
Collections that are closed when their test is over, however it ends.

@module
*/
import { type Collection, type CollectionOptions, openCollection } from 'vicinal/worker';
import { afterEach } from 'vitest';

export interface OpenedCollections {
  /** As `openCollection`. */
  readonly open: (options: CollectionOptions) => Promise<Collection>;
  /** Closes one that was opened by other means, too. */
  readonly closeLater: (collection: Collection) => void;
}

/** To be called where tests are described. */
export function openedCollections(): OpenedCollections {
  const opened: Collection[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((collection) => collection.close()));
  });
  const closeLater = (collection: Collection) => {
    opened.push(collection);
  };
  const open = async (options: CollectionOptions) => {
    const collection = await openCollection(options);
    closeLater(collection);
    return collection;
  };
  return { open, closeLater };
}
