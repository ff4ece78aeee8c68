/**
Collections from snapshots, and their end.

@module
*/
import { isUint8Array } from '../../bindings/api/arguments.js';
import { invalidArgument, VectorSearchError } from '../../bindings/api/errors.js';
import { tagOf } from '../../bindings/api/tag.js';
import { startNames } from '../option-names.js';
import type { WorkerStartOptions } from '../options.js';
import { optionsNamed } from '../remote-object.js';
import { startClient } from '../start-worker.js';
import type { Collection } from './collection.js';
import { checkCollectionOptions } from './collection-config.js';
import { unmarkCreated } from './durable/created-marks.js';
import { shardsOfSnapshot, snapshotHead } from './durable/snapshot.js';
import { readTar } from './durable/tar.js';
import { openCollection } from './open-collection.js';
import type { RestorationCalls } from './shard-protocol.js';
import type { CollectionOptions, Payload } from './types.js';

/** What a snapshot may come as. */
export type SnapshotSource =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Blob
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>;

/** Most bytes of the head of a snapshot. */
const maxHeadBytes = 4096;

/**
Make a stored collection of what {@link Collection.snapshot} has given, and open it. All of it is checked; where something
is amiss nothing is left.

@param options - As the collection was opened that the snapshot is of; its name and its storage may be others.
@param snapshot - Read to its end.
@throws {VectorSearchError} with code `CORRUPT_DATA`; `INVALID_ARGUMENT` where there is such a collection already; and as
{@link openCollection}.
*/
export async function restoreCollection<P extends object = Payload>(
  options: CollectionOptions<P>,
  snapshot: SnapshotSource,
): Promise<Collection<P>> {
  const { storage, shard: config } = checkCollectionOptions(options as unknown as CollectionOptions);
  checkSource(snapshot);
  if (storage === undefined) throw invalidArgument('storage that outlives the page', options.storage);
  const { signal } = options;
  const client = await startClient(optionsNamed<WorkerStartOptions>(startNames, options));
  try {
    let object: number | undefined;
    const call = (method: keyof RestorationCalls, args: readonly unknown[]) =>
      client.call(object as number, method, args, { signal });
    try {
      for await (const { name, size, offset, bytes } of readTar(bytesOf(snapshot))) {
        if (object === undefined) {
          if (name !== snapshotHead || size > maxHeadBytes || bytes.length !== size)
            throw new VectorSearchError('CORRUPT_DATA', undefined, '0 of the snapshot');
          const shardCount = shardsOfSnapshot(bytes);
          const request = { kind: 'restoration', storage, shardCount, config } as const;
          object = (await client.open(request, { signal })).object;
          continue;
        }
        const [, shard, file] = /^shard-(\d+)\/(root|log-0|log-1|data)$/.exec(name) ?? [];
        if (file === undefined) throw new VectorSearchError('CORRUPT_DATA', undefined, `0 of ${name}`);
        await call('write', [Number(shard), file, offset, bytes]);
      }
      if (object === undefined) throw new VectorSearchError('CORRUPT_DATA', undefined, '0 of the snapshot');
      await call('finish', []);
    } finally {
      if (object !== undefined) await client.call(object, 'close', [], {});
    }
  } finally {
    await client.dispose();
  }
  return openCollection<P>(options);
}

/**
Delete a collection and all that is kept of it. It must be closed, in other tabs as well.

@param options - Its name, where it is kept (default: `auto`), and how a worker is started.
@returns Whether there was one.
@throws {VectorSearchError} with code `STORAGE_IN_USE` where it is open, `STORAGE_FAILED`, `INVALID_ARGUMENT`, or as
{@link openCollection} where no worker starts.
*/
export async function deleteCollection(
  options: Pick<CollectionOptions, 'name' | 'storage' | 'path'> & WorkerStartOptions,
): Promise<boolean> {
  const { name, storage = 'auto', path, signal } = Object(options) as CollectionOptions;
  checkCollectionOptions({ ...options, storage });
  const client = await startClient(optionsNamed<WorkerStartOptions>(startNames, options));
  try {
    const deleted = await client.removeStorage(
      { kind: storage, name, ...(path !== undefined && { path }) },
      signal,
    );
    unmarkCreated(name);
    return deleted;
  } finally {
    await client.dispose();
  }
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
function checkSource(snapshot: unknown): void {
  const { getReader, [Symbol.asyncIterator]: iterate } = Object(snapshot) as Record<PropertyKey, unknown>;
  if (snapshot instanceof Blob || isBytes(snapshot)) return;
  if (typeof getReader === 'function' || typeof iterate === 'function') return;
  const wanted = 'the snapshot to be a ReadableStream, an AsyncIterable of bytes, a Blob or bytes';
  throw invalidArgument(wanted, snapshot);
}

function isBytes(snapshot: unknown): snapshot is ArrayBuffer | Uint8Array<ArrayBuffer> {
  return tagOf(snapshot) === 'ArrayBuffer' || isUint8Array(snapshot);
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
async function* bytesOf(snapshot: SnapshotSource): AsyncGenerator<Uint8Array, void, void> {
  for await (const piece of piecesOf(snapshot)) {
    if (!isUint8Array(piece)) throw invalidArgument('the pieces of the snapshot to be Uint8Arrays', piece);
    yield piece;
  }
}

async function* piecesOf(snapshot: SnapshotSource): AsyncGenerator<Uint8Array, void, void> {
  const blob = isBytes(snapshot) ? new Blob([snapshot]) : snapshot;
  const source = blob instanceof Blob ? blob.stream() : blob;
  if (Symbol.asyncIterator in source) {
    yield* source as AsyncIterable<Uint8Array>;
    return;
  }
  // Safari's streams are not iterated over.
  const reader = (source as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
