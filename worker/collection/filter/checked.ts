/**
Filters once they are checked: a compact tree that can be sent to a worker.

@module
*/
import type { Path } from '../payload/path.js';
import type { PointId } from '../types.js';
import type { GeoBoundingBox, GeoPoint, GeoRadius, Range } from './types.js';

/** What is asked of one value. */
export type ValueTest =
  | { readonly type: 'any' | 'except'; readonly values: ReadonlySet<string | number | boolean> }
  | { readonly type: 'text' | 'text_any' | 'phrase' | 'prefix' | 'substring'; readonly text: string }
  /** Of numbers. */
  | { readonly type: 'range'; readonly bounds: Range<number> }
  /** Of strings; bounds in microseconds since 1970. */
  | { readonly type: 'datetime'; readonly bounds: Range<number> }
  | { readonly type: 'box'; readonly box: GeoBoundingBox }
  | { readonly type: 'radius'; readonly circle: GeoRadius }
  | {
      readonly type: 'polygon';
      readonly exterior: readonly GeoPoint[];
      readonly interiors: readonly GeoPoint[][];
    };

/** A condition on a payload field. */
export type FieldTest = { readonly key: string; readonly path: Path } & (
  | { readonly type: 'value'; readonly test: ValueTest }
  | { readonly type: 'count'; readonly bounds: Range<number> }
  | { readonly type: 'empty' | 'null'; readonly is: boolean }
  | { readonly type: 'nested'; readonly filter: CheckedFilter }
);

/** A condition. */
export type CheckedCondition =
  | FieldTest
  | { readonly type: 'id'; readonly ids: readonly PointId[] }
  | { readonly type: 'vector'; readonly name: string }
  | { readonly type: 'filter'; readonly filter: CheckedFilter };

/** How a clause joins its conditions. */
export type Join = 'must' | 'should' | 'must_not' | 'min_should';

/** Conditions that are joined; never empty but in `min_should`. */
export interface CheckedClause {
  readonly join: Join;
  readonly conditions: readonly CheckedCondition[];
  /** Of `min_should`: how many must hold. */
  readonly minCount: number;
}

/** A filter: all of its clauses hold. */
export type CheckedFilter = readonly CheckedClause[];
