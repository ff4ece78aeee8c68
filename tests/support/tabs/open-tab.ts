/**
A tab's view of a collection that tabs share, before the package opens one by itself.

@module
*/
import { type Collection, type CollectionOptions, openCollection } from 'vicinal/worker';
import { checkCollectionOptions } from '../../../worker/collection/collection-config.js';
import { type OpenSharedOptions, openShared } from '../../../worker/collection/tabs/open-shared.js';
import type { Tab } from './origin.js';

export type TabOptions = Partial<Omit<OpenSharedOptions, 'config' | 'options'>>;

/** `tab`: none in a page, which is one. Default of `openLocal`: a collection in memory. */
export function openInTab(
  tab: Tab | undefined,
  options: CollectionOptions,
  more: TabOptions = {},
): Promise<Collection> {
  return openShared({
    config: checkCollectionOptions(options),
    options,
    openLocal: () => openCollection(options),
    ...(tab !== undefined && { locks: tab.locks, openChannel: tab.openChannel }),
    ...more,
  });
}
