/**
What a payload index is over, in Qdrant's words.

@module
*/

/** The type of a payload index: values of other types are not in it. */
export type PayloadSchemaType =
  | 'keyword'
  | 'integer'
  | 'float'
  | 'bool'
  | 'datetime'
  | 'uuid'
  | 'geo'
  | 'text';

/** A payload index as an object. */
export interface PayloadIndexParams {
  /** Its type. */
  readonly type: PayloadSchemaType;
}

/** A payload index: its type alone, or with what it takes. */
export type PayloadSchema = PayloadSchemaType | PayloadIndexParams;
