/**
What the storage of a collection is called where names must not be just any text.

@module
*/
import { invalidArgument } from '../../bindings/api/errors.js';

/** Of what file systems take: 255 bytes. */
const maxLength = 250;

/**
A collection's name as that of a folder. Only small letters, digits, `-` and `_` stay as they are, so that file systems
that take `A` and `a` for one, or that know names of their own (`..`), keep collections apart.

@throws {VectorSearchError} with code `INVALID_ARGUMENT` for a name that is too long or no valid text.
*/
export function folderName(collection: string): string {
  const name = escaped(collection);
  if (name.length === 0 || name.length > maxLength)
    throw invalidArgument(
      `a name that takes 1 to ${maxLength} letters, escaped for file systems`,
      name.length,
    );
  return name;
}

/** The inverse of {@link shardOf}. */
export function shardName(shard: number): string {
  return `shard-${shard}`;
}

/** The number of a shard by the name of its folder; `undefined` for another name. */
export function shardOf(name: string): number | undefined {
  const digits = /^shard-(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function escaped(text: string): string {
  try {
    return encodeURIComponent(text).replace(/%..|[^a-z0-9_-]/g, (part) =>
      part.length > 1 ? part.toLowerCase() : `%${part.charCodeAt(0).toString(16)}`,
    );
  } catch {
    throw invalidArgument('a name without halves of letters (lone surrogates)', text);
  }
}
