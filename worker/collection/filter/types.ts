/**
Filters: Qdrant's JSON, letter for letter. With a type for the payload, keys and values are checked when they are
compiled; without one, everything goes.

@module
*/
import type { Payload, PointId } from '../types.js';

/** One, or an array of them. */
type OneOrMore<T> = T | readonly T[];

/** A place on Earth, in degrees. */
export interface GeoPoint {
  /** Longitude, -180 to 180. */
  readonly lon: number;
  /** Latitude, -90 to 90. */
  readonly lat: number;
}

/** Bounds of a range: all that are given hold. */
export interface Range<T> {
  /** Greater than. */
  readonly gt?: T | undefined;
  /** Greater than or equal to. */
  readonly gte?: T | undefined;
  /** Less than. */
  readonly lt?: T | undefined;
  /** Less than or equal to. */
  readonly lte?: T | undefined;
}

/** The corners of a polygon, in order; the last is the first again: four at least. */
export interface GeoRing {
  /** The corners. */
  readonly points: readonly GeoPoint[];
}

/** Places inside, the edge not counted. Where `top_left.lon` is the larger, it crosses the 180th meridian. */
export interface GeoBoundingBox {
  /** Its corner in the north-west. */
  readonly top_left: GeoPoint;
  /** Its corner in the south-east. */
  readonly bottom_right: GeoPoint;
}

/** Places nearer to the center than this. */
export interface GeoRadius {
  /** The center. */
  readonly center: GeoPoint;
  /** In meters. */
  readonly radius: number;
}

/** Places inside the exterior and in none of the interiors, edges not counted. */
export interface GeoPolygon {
  /** Its edge. */
  readonly exterior: GeoRing;
  /** The edges of holes in it. Default: none. */
  readonly interiors?: readonly GeoRing[] | undefined;
}

/** Texts by their words: in any case, whole words. */
export type TextMatch =
  | {
      /** All of these words, in any order. */
      readonly text: string;
    }
  | {
      /** One of these words. */
      readonly text_any: string;
    }
  | {
      /** These words one after another. */
      readonly phrase: string;
    };

/** Texts by a part of them, letter for letter. */
export type PartMatch =
  | {
      /** They begin so. */
      readonly prefix: string;
    }
  | {
      /** This is in them. */
      readonly substring: string;
    };

/** What a value is compared with: strings, integers and booleans are equal to their like alone. */
export type Match<V> =
  | {
      /** This value. */
      readonly value: V;
    }
  | ([V] extends [boolean]
      ? never
      :
          | {
              /** One of these values. */
              readonly any: readonly V[];
            }
          | {
              /** Has a value that is none of these. */
              readonly except: readonly V[];
            })
  | ([V] extends [string] ? TextMatch | PartMatch : never);

/** `Clause`, unless there are no such values. */
type Where<V, Clause> = [V] extends [never] ? never : Clause;

/** What is asked of the values of a field: one of them at least must be so. Of arrays, every element is a value. */
export type FieldClause<V> =
  | Where<Extract<V, string>, MatchClause<Extract<V, string>>>
  | Where<Extract<V, number>, MatchClause<Extract<V, number>>>
  | Where<Extract<V, boolean>, MatchClause<Extract<V, boolean>>>
  | Where<Extract<V, number>, RangeClause<number>>
  | Where<Extract<V, string>, RangeClause<string>>
  | Where<Extract<V, GeoPoint>, GeoClause>
  | ValuesClause;

/** Values that are equal to something. */
export interface MatchClause<V> {
  /** To what. */
  readonly match: Match<V>;
}

/** Numbers, or strings that are datetimes (RFC 3339), within bounds. */
export interface RangeClause<V extends number | string> {
  /** The bounds. */
  readonly range: Range<V>;
}

/** Places. */
export type GeoClause =
  | {
      /** In a box. */
      readonly geo_bounding_box: GeoBoundingBox;
    }
  | {
      /** Near to a place. */
      readonly geo_radius: GeoRadius;
    }
  | {
      /** In a polygon. */
      readonly geo_polygon: GeoPolygon;
    };

/** Whatever the values are. */
export type ValuesClause =
  | {
      /** How many there are; none where the key is missing. */
      readonly values_count: Range<number>;
    }
  | {
      /** Missing, `null` or `[]`. */
      readonly is_empty: boolean;
    }
  | {
      /** `null`, or an array with `null` in it. */
      readonly is_null: boolean;
    };

/** A key as a path has it. */
type KeyText<Key extends string> = Key extends `${string}${' ' | '.' | '[' | ']'}${string}`
  ? `"${Key}"`
  : Key;

/** How deep paths are known; one less each time. */
type Depth = [never, 0, 1, 2, 3, 4];

/** The values that a field of this type has: of arrays, their elements. */
type Values<T> = T extends readonly (infer Element)[] ? NonNullable<Element> : NonNullable<T>;

type Join<Start extends string, Fields> = {
  [Path in keyof Fields & string as `${Start}${Path}`]: Fields[Path];
};

/** Paths from a value of this type inwards, to the types of their values. */
type Inner<T, Start extends string, D extends number> =
  NonNullable<T> extends infer V
    ? V extends string | number | boolean
      ? unknown
      : V extends readonly (infer Element)[]
        ? {
            [Path in `${Start}[]` | `${Start}[${number}]`]: Values<Element>;
          } & Inner<Element, `${Start}[]` | `${Start}[${number}]`, Depth[D]>
        : V extends object
          ? Join<`${Start}.`, Fields<V, Depth[D]>>
          : unknown
    : never;

/** Every path into a payload of type `P`, to the type of the values there. */
export type Fields<P, D extends number = 4> = [D] extends [never]
  ? unknown
  : UnionToIntersection<
      {
        [Key in keyof P & string]: { [Path in KeyText<Key>]: Values<P[Key]> } & Inner<
          P[Key],
          KeyText<Key>,
          D
        >;
      }[keyof P & string]
    >;

type UnionToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never;

/** Whether every key is allowed. */
type IsOpen<P> = string extends keyof P ? true : false;

/** Every path into a payload, up to five keys deep: a filter that goes deeper needs a cast. */
export type FieldPath<P extends object = Payload> =
  IsOpen<P> extends true ? string : keyof Fields<P> & string;

/** A payload field. */
export interface KeyPath<Path extends string> {
  /** Its path. */
  readonly key: Path;
}

/** A condition on the values of a payload field. */
export type FieldCondition<P extends object = Payload> =
  IsOpen<P> extends true
    ? KeyPath<string> & FieldClause<string | number | boolean | GeoPoint>
    : {
        [Path in keyof Fields<P> & string]: KeyPath<Path> & FieldClause<Fields<P>[Path]>;
      }[keyof Fields<P> & string];

/** A condition on each object of an array: one of them must match the whole filter. */
type NestedOf<P extends object> =
  IsOpen<P> extends true
    ? { readonly key: string; readonly filter: NestedFilter<Payload> }
    : {
        [Path in keyof Fields<P> & string]: Fields<P>[Path] extends infer V extends object
          ? { readonly key: Path; readonly filter: NestedFilter<V> }
          : never;
      }[keyof Fields<P> & string];

/** A field that is missing, `null` or `[]`. */
export interface IsEmptyCondition<P extends object = Payload> {
  /** Which. */
  readonly is_empty: KeyPath<FieldPath<P>>;
}

/** A field that is `null`, or an array with `null` in it. */
export interface IsNullCondition<P extends object = Payload> {
  /** Which. */
  readonly is_null: KeyPath<FieldPath<P>>;
}

/** Points with these ids. */
export interface HasIdCondition {
  /** The ids. */
  readonly has_id: readonly PointId[];
}

/** Points with the vector of this name; `''` for the one without. */
export interface HasVectorCondition {
  /** The name. */
  readonly has_vector: string;
}

/** Fields of the objects in an array, all of one object. */
export interface NestedCondition<P extends object = Payload> {
  /** The array's path, and what one of its objects must match. */
  readonly nested: NestedOf<P>;
}

/** What can be asked of a payload. */
type PayloadCondition<P extends object> =
  | FieldCondition<P>
  | IsEmptyCondition<P>
  | IsNullCondition<P>
  | NestedCondition<P>;

/** What a filter is made of. */
export type Condition<P extends object = Payload> =
  | PayloadCondition<P>
  | HasIdCondition
  | HasVectorCondition
  | Filter<P>;

/** Some of several conditions. */
export interface MinShould<C> {
  /** The conditions. */
  readonly conditions: readonly C[];
  /** How many of them at least. */
  readonly min_count: number;
}

/** How conditions are joined. What is not there asks nothing; an empty array likewise. */
interface Clauses<C> {
  /** All of these. */
  readonly must?: OneOrMore<C> | undefined;
  /** One of these at least. */
  readonly should?: OneOrMore<C> | undefined;
  /** None of these. */
  readonly must_not?: OneOrMore<C> | undefined;
  /** So many of these at least. */
  readonly min_should?: MinShould<C> | undefined;
}

/** Which points match: all four hold. */
export interface Filter<P extends object = Payload> extends Clauses<Condition<P>> {}

/** A filter inside `nested`: about the fields of an object. */
export interface NestedFilter<P extends object = Payload>
  extends Clauses<PayloadCondition<P> | NestedFilter<P>> {}
