/**
What keeps files in a browser. Scripts for Node have back-ends-node.ts in this file's place; both export the same.

@module
*/
import { indexedDbBackEnd } from './indexeddb-files.js';
import { opfsBackEnd } from './opfs-files.js';
import type { StorageBackEnd, StorageKind, StoragePlace } from './storage.js';

export const placeBackEnds: Partial<Record<StorageKind, StorageBackEnd>> = {
  opfs: opfsBackEnd,
  indexeddb: indexedDbBackEnd,
};

/** The best first. */
export function preferredKinds(_place: Omit<StoragePlace, 'kind'>): readonly StorageKind[] {
  return ['opfs', 'indexeddb'];
}
