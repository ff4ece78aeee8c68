/**
Errors on their way between tabs, with their causes.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { errorFields, errorFromFields } from '../../error-fields.js';
import type { ErrorFields } from '../../protocol.js';

/** `own`: the reason that the asking tab gave itself, which never left it. */
export type PackedError =
  | { readonly kind: 'own' }
  | { readonly kind: 'typed'; readonly fields: ErrorFields; readonly cause?: PackedError }
  | { readonly kind: 'other'; readonly name: string; readonly message: string };

/** Stands in for a reason that the asking tab has: its signal's, its source's, its listener's. */
export const ownReason = Symbol('the reason of the tab that asked');

export function packError(error: unknown): PackedError {
  if (error === ownReason) return { kind: 'own' };
  if (!isTyped(error)) return { kind: 'typed', fields: errorFields(error) };
  const { code, expected, actual, cause } = error;
  const fields = { code, expected, actual };
  return { kind: 'typed', fields, ...(cause !== undefined && { cause: packCause(cause) }) };
}

/** `own`: in place of the {@link ownReason}. */
export function unpackError(packed: PackedError, own: unknown): unknown {
  switch (packed.kind) {
    case 'own':
      return own;
    case 'other':
      return Object.assign(new Error(packed.message), { name: packed.name });
    case 'typed': {
      if (packed.cause === undefined) return errorFromFields(packed.fields);
      const { code, expected, actual } = packed.fields;
      return new VectorSearchError(code, expected, actual, { cause: unpackError(packed.cause, own) });
    }
  }
}

function packCause(cause: unknown): PackedError {
  if (cause === ownReason || isTyped(cause)) return packError(cause);
  const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  return { kind: 'other', name, message };
}

/** By its name: a page may have the class twice, from `vicinal` and from `vicinal/inline`. */
export function isTyped(error: unknown): error is VectorSearchError {
  return error instanceof Error && error.name === 'VectorSearchError' && 'code' in error;
}
