/**
Calls that come from other tabs, or that waited for a writer, made on the collection itself.

@module
*/
import type { Collection } from '../collection.js';
import type { PointRecord, ScrollRequest } from '../types.js';
import type { TabMethod } from './protocol.js';

/** Makes a call. Changes that are made in one go keep the order in which this is called. */
export function runCall(
  collection: Collection,
  method: TabMethod,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const options = { ...(args.at(-1) as object), ...(signal !== undefined && { signal }) };
  if (method === 'scroll') return pageOf(collection, options);
  const call = collection[method] as (...args: unknown[]) => Promise<unknown>;
  return call.call(collection, ...args.slice(0, -1), options);
}

async function pageOf(collection: Collection, request: ScrollRequest): Promise<PointRecord[]> {
  const page: PointRecord[] = [];
  for await (const record of collection.scroll(request)) page.push(record);
  return page;
}
