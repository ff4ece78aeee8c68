/**
Errors on their way between threads: as the fields from which their message follows.

@module
*/
import { VectorSearchError } from '../bindings/api/errors.js';
import type { ErrorFields } from './protocol.js';

/** Anything but a `VectorSearchError` is a mistake of our own. */
export function errorFields(error: unknown): ErrorFields {
  if (error instanceof VectorSearchError) {
    const { code, expected, actual } = error;
    return { code, expected, actual };
  }
  return { code: 'INTERNAL', expected: undefined, actual: String(error) };
}

export function errorFromFields({ code, expected, actual }: ErrorFields): VectorSearchError {
  return new VectorSearchError(code, expected, actual);
}
