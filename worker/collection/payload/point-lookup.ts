/**
What filters must know of points beside their payloads.

@module
*/
import type { PointId } from '../types.js';
import type { Bits } from './bits.js';

/** The points of a shard. */
export interface PointLookup {
  /** Where the point with this id is. */
  slotOf(id: PointId): number | undefined;
  /** Whether the point there has the vector of this name. */
  hasVector(name: string, slot: number): boolean;
  /** Where there are points. */
  readonly live: Bits;
}
