/**
Ids of points, and the shard that each belongs to.

@module
*/
import { invalidArgument } from '../../bindings/api/errors.js';
import type { PointId } from './types.js';

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkPointId(id: unknown, path: string): PointId {
  if (typeof id === 'string' ? id !== '' : Number.isSafeInteger(id) && (id as number) >= 0)
    return id as PointId;
  throw invalidArgument(`${path} to be an integer of at least 0, or a string that is not empty`, id);
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkPointIds(ids: unknown, path: string): readonly PointId[] {
  if (!Array.isArray(ids)) throw invalidArgument(`${path} to be an array of ids`, ids);
  ids.forEach((id, index) => {
    checkPointId(id, `${path}[${index}]`);
  });
  return ids;
}

/**
A number of 32 bits that an id gives, the same in every release, since stored collections are laid out by it: FNV-1a
(Fowler, Noll, Vo) over the code units of the id as text, its bits mixed once more.

@param seed - Another seed gives other numbers.
*/
export function hashOf(id: PointId, seed = 0): number {
  const text = typeof id === 'string' ? `s${id}` : `n${id}`;
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The shard of an id, or of the value of a shard key. */
export function shardOf(id: PointId, shardCount: number): number {
  return shardCount === 1 ? 0 : hashOf(id) % shardCount;
}
