/**
Whose collections are compared.

@module
*/
import type { WantedCollection } from '../../measured/collections/collections.js';
import type { Loaded } from '../session.js';

export interface Contender extends WantedCollection {
  readonly name: string;
}

export const FLAT: Contender = { name: 'vicinal, flat', collection: 'vicinal' };
export const GRAPH: Contender = { name: 'vicinal, hnsw', collection: 'vicinal', index: 'hnsw' };
export const UNINDEXED: Contender = { name: 'vicinal, not indexed', collection: 'vicinal', indexed: false };
export const ORAMA: Contender = { name: 'Orama', collection: 'orama' };
export const EDGEVEC: Contender = { name: 'edgevec', collection: 'edgevec' };

/** A contender in a runtime. */
export interface Placed extends Loaded {
  readonly contender: Contender;
  readonly who: string;
}

export interface Opened extends Placed {
  readonly handle: number;
}

/** Each contender in each runtime, other packages only where they are measured. */
export function placed(loaded: readonly Loaded[], contenders: readonly Contender[]): Placed[] {
  return loaded.flatMap((each) =>
    contenders
      .filter(({ collection }) => collection === 'vicinal' || each.kind.peers)
      .map((contender) => ({ ...each, contender, who: whoIs(each, contender) })),
  );
}

/** The name of a contender among the turns. */
export function whoIs({ kind }: Loaded, { name }: Contender): string {
  return `${kind.title}: ${name}`;
}

/** Opens and fills one after another, so that none waits for another. */
export async function openAll(all: readonly Placed[]): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const each of all) {
    const { name: _, ...wanted } = each.contender;
    const { handle } = await each.runtime.call('openCollection', wanted);
    opened.push({ ...each, handle });
  }
  return opened;
}
