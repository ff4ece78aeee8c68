/**
The kinds of the images: their names, and among which of them to search, seen from the chosen image.

@module
*/
import { type Images, kinds } from '../fashion.js';
import { type RowSet, rowSet } from '../search/row-set.js';

export function kindOf(images: Images, id: number): string {
  return kinds[images.labels[id] as number] as string;
}

/** Names of scopes in the address: a kind goes by its label. */
export const kindScopes: readonly { readonly value: string; readonly text: string }[] = [
  { value: 'all', text: 'all kinds' },
  { value: 'same', text: 'the same kind' },
  { value: 'other', text: 'other kinds' },
  ...kinds.map((kind, label) => ({ value: String(label), text: `kind: ${kind}` })),
];

/** The images of a scope, without the chosen one. */
export function kindRows(images: Images, chosen: number, scope: string): RowSet {
  const own = images.labels[chosen];
  const includes = (label: number | undefined): boolean => {
    if (scope === 'same') return label === own;
    if (scope === 'other') return label !== own;
    return scope === 'all' || String(label) === scope;
  };
  return rowSet(images.count, (id) => id !== chosen && includes(images.labels[id]));
}
