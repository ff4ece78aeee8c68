/**
What keeps files in Node. Takes the place of back-ends-web.ts there.

@module
*/
import { folderBackEnd } from './folder-files-node.js';
import type { StorageBackEnd, StorageKind, StoragePlace } from './storage.js';

export const placeBackEnds: Partial<Record<StorageKind, StorageBackEnd>> = { file: folderBackEnd };

/** The best first. */
export function preferredKinds({ path }: Omit<StoragePlace, 'kind'>): readonly StorageKind[] {
  return path === undefined ? [] : ['file'];
}
