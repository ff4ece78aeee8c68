/**
Telling the listener of slow queries.

@module
*/
import type { SlowQuery } from './types.js';

/** The answer is the caller's, whatever the listener does: its error is reported as one that nobody catches. */
export function tellSlowQuery(
  listener: ((query: SlowQuery) => void) | undefined,
  { request, ...query }: SlowQuery,
): void {
  try {
    listener?.({ ...query, request: withoutVectors(request) });
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** What is asked, without long arrays of numbers. */
function withoutVectors(value: unknown): unknown {
  if (
    ArrayBuffer.isView(value) ||
    (Array.isArray(value) && typeof value[0] === 'number' && value.length > 16)
  )
    return `${(value as { length?: number }).length} numbers`;
  if (Array.isArray(value)) return value.map(withoutVectors);
  if (typeof value !== 'object' || value === null || value instanceof AbortSignal) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutVectors(inner)]));
}
