/** A set of the demo as a collection keeps it: its points, and what can be asked of their payloads. */
import type { ComponentType } from 'preact';
import type { Metric, Payload, PointId, StoredVectors } from 'vicinal/worker';
import type { Collection } from '../search/collection.js';

/** A payload field with an index. */
export interface Field {
  readonly key: string;
  readonly title: string;
  /** `keyword`: one of some values; `integer`: within bounds; `text`: by its words. */
  readonly index: 'keyword' | 'integer' | 'text';
}

export interface PointSet<Items> {
  /** Vectors and what payloads are made of. The place of a row is the id of its point. */
  readonly data: Collection<Items>;
  /** Numbers of a vector. */
  readonly dim: number;
  readonly metric: Metric;
  /** Whether points are drawn by their vectors. */
  readonly drawn: boolean;
  readonly fields: readonly Field[];
  /** Fields whose words rank points, where there are such. */
  readonly ranked: readonly string[];
  /** Points of a page. */
  readonly pageSize: number;
  /** The field whose values make groups. */
  readonly groupBy: Field;
  readonly payloadOf: (items: Items, row: number) => Payload;
  readonly titleOf: (payload: Payload) => string;
  /** Shows points as a list of links. */
  readonly Points: ComponentType<PointsProps>;
  /** Shows what is chosen, where there is more to see than its payload. */
  readonly Portrait?: ComponentType<{ readonly vector: Float32Array }>;
}

export interface PointsProps {
  /** Of the element. */
  readonly id: string;
  readonly label: string;
  readonly points: readonly ShownPoint[];
  /** Words that are marked where they stand. */
  readonly words: string;
  /** Where a point leads. */
  readonly href: (id: PointId) => string;
}

export interface ShownPoint {
  readonly id: PointId;
  readonly payload: Payload;
  /** Where points are drawn. */
  readonly vector?: StoredVectors | undefined;
  readonly score?: ShownScore;
}

export interface ShownScore {
  /** What the number is. */
  readonly name: string;
  readonly text: string;
  /** Length of its bar, 0 to 1, beside the best. */
  readonly part: number;
}
