/**
Points as Qdrant's REST API takes them.

@module
*/
import { describe, invalidState } from '../../bindings/api/errors.js';
import type { Payload, PointId, PointRecord, StoredVector } from './types.js';

/** A sparse vector in JSON. */
export interface SparseVectorStruct {
  /** Where it is not zero, ascending. */
  readonly indices: number[];
  /** What it is there. */
  readonly values: number[];
}

/** A vector in JSON. */
export type VectorStruct = number[] | SparseVectorStruct;

/** A point in JSON: `PointStruct` of Qdrant's REST API. */
export interface PointStruct<P extends object = Payload> {
  /** As it is here: Qdrant takes integers and UUIDs. */
  readonly id: PointId;
  /** Alone, or by name; `''` for the one without. */
  readonly vector: number[] | { readonly [name: string]: VectorStruct };
  /** `null` for none. */
  readonly payload: P | null;
}

/**
A point as Qdrant's REST API takes it, and `upsert` too: what `JSON.stringify` makes of a `Float32Array` is not that.

@param record - As `scroll` and `retrieve` give it with `withVector: true` and the payload.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` for a record without its vectors or its payload.
*/
export function pointStruct<P extends object = Payload>(record: PointRecord<P>): PointStruct<P> {
  const { id, vector, payload } = record;
  if (vector === undefined || payload === undefined) {
    const missing = vector === undefined ? 'vector' : 'payload';
    const option = vector === undefined ? 'withVector' : 'withPayload';
    throw invalidState(`a record with its ${missing} (${option}: true)`, `none in that of ${describe(id)}`);
  }
  if (vector instanceof Float32Array) return { id, vector: Array.from(vector), payload };
  const named = Object.entries(vector).map(([name, one]) => [name, plain(one)]);
  return { id, vector: Object.fromEntries(named), payload };
}

function plain(vector: StoredVector): VectorStruct {
  if (!('indices' in vector)) return Array.from(vector);
  return { indices: Array.from(vector.indices), values: Array.from(vector.values) };
}
