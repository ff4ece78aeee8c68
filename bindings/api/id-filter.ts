/**
Turns a caller's filter into the words that cross to the module.

@module
*/
import { checkInteger, isUint32Array } from './arguments.js';
import { invalidArgument } from './errors.js';
import { filterForm } from './raw-module.js';
import type { IdFilterInput } from './types.js';

export interface FilterWords {
  /** See {@link filterForm}. */
  readonly form: number;
  /** Ids, or bits. */
  readonly words: Uint32Array;
}

const noFilter: FilterWords = { form: filterForm.none, words: new Uint32Array(0) };

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function filterWords(filter: IdFilterInput | undefined): FilterWords {
  if (filter === undefined) return noFilter;
  if (isUint32Array(filter)) return { form: filterForm.ids, words: filter };
  if (Array.isArray(filter)) return idWords(filter, filter.length);
  if (filter instanceof Set) return idWords(filter, filter.size);
  const bits = (filter as { bits?: unknown } | null)?.bits;
  if (isUint32Array(bits)) return { form: filterForm.bits, words: bits };
  throw invalidArgument('the filter to be a Set or an array of ids, or { bits: Uint32Array }', filter);
}

function idWords(ids: Iterable<unknown>, count: number): FilterWords {
  const words = new Uint32Array(count);
  let position = 0;
  for (const id of ids) words[position++] = checkInteger('each id of the filter', id, 0, 0xffffffff);
  return { form: filterForm.ids, words };
}
