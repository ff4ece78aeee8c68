/**
Calls that come from other tabs, or that waited for a writer, made on the collection itself.

@module
*/
import type { Progress } from '../../../bindings/api/types.js';
import type { Collection } from '../collection.js';
import type { PointRecord, ScrollRequest } from '../types.js';
import type { TabMethod } from './protocol.js';
import type { PieceRequest, SnapshotsRead } from './snapshot-by-pieces.js';

/** What of a call does not travel with it. */
interface CallSurroundings {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Of the tab whose call it is. */
  readonly snapshots: SnapshotsRead;
}

/** Makes a call. Changes that are made in one go keep the order in which this is called. */
export function runCall(
  collection: Collection,
  { method, args }: { readonly method: TabMethod; readonly args: readonly unknown[] },
  { signal, onProgress, snapshots }: CallSurroundings,
): Promise<unknown> {
  if (method === 'snapshot') return snapshots.piece(collection, args[0] as PieceRequest);
  const options = { ...(args.at(-1) as object), signal, ...(method === 'verify' && { onProgress }) };
  if (method === 'scroll') return pageOf(collection, options);
  const call = collection[method] as (...args: unknown[]) => Promise<unknown>;
  return call.call(collection, ...args.slice(0, -1), options);
}

async function pageOf(collection: Collection, request: ScrollRequest): Promise<PointRecord[]> {
  const page: PointRecord[] = [];
  for await (const record of collection.scroll(request)) page.push(record);
  return page;
}
