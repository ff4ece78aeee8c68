/**
What a payload index is over, in Qdrant's words.

@module
*/
import { invalidArgument, VectorSearchError } from '../../../bindings/api/errors.js';

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

const schemaTypes: readonly PayloadSchemaType[] = [
  'keyword',
  'integer',
  'float',
  'bool',
  'datetime',
  'uuid',
  'geo',
  'text',
];

/**
@returns The type of the index.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` for what is no type of an index; `NOT_SUPPORTED` for parameters.
*/
export function checkSchema(schema: PayloadSchema): PayloadSchemaType {
  const type = typeof schema === 'string' ? schema : schema?.type;
  if (!schemaTypes.includes(type))
    throw invalidArgument(`the schema to be one of ${schemaTypes.join(', ')}`, type);
  const [parameter] = Object.keys(Object(schema)).filter(
    (name) => typeof schema !== 'string' && name !== 'type',
  );
  if (parameter !== undefined)
    throw new VectorSearchError('NOT_SUPPORTED', 'the type alone', `${parameter} of a payload index`);
  return type;
}
