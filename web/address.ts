/**
The page's address: which view is shown, what is chosen in it, and how it searches.

`#1CO.13.1` is a passage, `#saved/love` a saved query, `#words/lost%20sheep` words to search for, `#fashion/120` an
image, `#collection/fashion/120` a point of a collection with payloads, `#benchmark/fashion` the benchmark of a
collection. Settings that are not the usual ones follow: `#1CO.13.1?metric=manhattan&k=20`,
`#1CO.13.1?index=graph&ef=32`, or `#collection/fashion?shards=2`.

@module
*/
import type { Metric, Variant } from 'vicinal/worker';

export const metrics = ['cosine', 'euclidean', 'manhattan', 'dot'] as const satisfies readonly Metric[];
export const resultCounts = [5, 10, 20, 50] as const;
export const variantChoices = ['automatic', 'simd128', 'relaxed'] as const;

/** `exact`: every row is compared; `graph`: those that a walk through a graph meets. */
export const indexChoices = ['exact', 'graph'] as const;
/** How many rows such a walk keeps in view. */
export const efChoices = [5, 8, 10, 14, 20, 28, 40, 64, 90, 128, 180, 256] as const;

/** How many workers share the points of a collection. */
export const shardChoices = [1, 2] as const;

export type IndexChoice = (typeof indexChoices)[number];
export type VariantChoice = 'automatic' | Variant;
export type ViewName = 'passages' | 'fashion' | 'collection' | 'benchmark';

/** Views whose name begins their address: all but that of the passages. */
const namedViews = ['fashion', 'collection', 'benchmark'] as const satisfies readonly ViewName[];

/** How to search. What is not set is as the view has it by itself. */
export interface Settings {
  readonly metric?: Metric;
  readonly k?: number;
  readonly index?: IndexChoice;
  /** `efSearch` of a graph. */
  readonly ef?: number;
  readonly variant?: Variant;
  /** Workers of a collection. */
  readonly shards?: number;
  /** Name of the rows to search among. */
  readonly among?: string;
}

export interface Place {
  readonly view: ViewName;
  /** What is chosen there; empty where nothing is. */
  readonly choice: string;
  readonly settings: Settings;
}

/** Reads an address. What it does not know is left out: a link never fails. */
export function parseAddress(hash: string): Place {
  const [encodedPath = '', query = ''] = hash.replace(/^#/, '').split('?');
  const path = decoded(encodedPath);
  const asked = new URLSearchParams(query);
  const metric = metrics.find((name) => name === asked.get('metric'));
  const k = resultCounts.find((count) => String(count) === asked.get('k'));
  const index = indexChoices.find((name) => name === asked.get('index'));
  const ef = efChoices.find((count) => String(count) === asked.get('ef'));
  const variant = (['simd128', 'relaxed'] as const).find((name) => name === asked.get('variant'));
  const shards = shardChoices.find((count) => String(count) === asked.get('shards'));
  const among = asked.get('among');
  const settings = {
    ...(metric && { metric }),
    ...(k && { k }),
    ...(index && { index }),
    ...(ef && { ef }),
    ...(variant && { variant }),
    ...(shards && { shards }),
    ...(among && { among }),
  };
  const [first, ...rest] = path.split('/');
  const view = namedViews.find((name) => name === first);
  if (view) return { view, choice: rest.join('/'), settings };
  return { view: 'passages', choice: path, settings };
}

/** Whatever sent the link on may have encoded it, or half of it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a place, with its `#`. */
export function formatAddress({ view, choice, settings }: Place): string {
  const encoded = encodeURI(choice).replaceAll('?', '%3F').replaceAll('#', '%23');
  const path = view === 'passages' ? encoded : choice === '' ? view : `${view}/${encoded}`;
  const query = new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  return query.size === 0 ? `#${path}` : `#${path}?${query}`;
}
