/** The collections of the demo, and which of them a place shows. */
import type { Place } from '../address.js';
import { fashion } from '../fashion/fashion-collection.js';
import { passages } from '../passages/passage-collection.js';

export const collections = { passages, fashion };
export type CollectionName = keyof typeof collections;

export function collectionNameOf({ view, choice }: Place): CollectionName {
  return view === 'fashion' || (view !== 'passages' && choice.split('/')[0] === 'fashion')
    ? 'fashion'
    : 'passages';
}

export function collectionOf(place: Place) {
  return collections[collectionNameOf(place)];
}
