/**
A stored collection as one stream: an archive of the files of its shards, as they are at one moment between two changes.
Unpacked in a folder they are a collection of kind `file`.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { maxShards } from '../collection-config.js';
import type { ShardGroup } from '../shard-group.js';
import type { HeldFiles } from '../shard-protocol.js';
import { tarEnd, tarHeader, tarPadding } from './tar.js';

/** The first file of a snapshot: JSON, how many shards follow. */
export const snapshotHead = 'collection.json';
const snapshotVersion = 1;

/** Bytes that are read at a time. */
const pieceBytes = 1 << 20;

/**
@param between - Runs something between two changes.
*/
export function snapshotOf(
  shards: ShardGroup,
  between: (run: () => Promise<void>) => Promise<void>,
): ReadableStream<Uint8Array> {
  const pieces = snapshotPieces(shards, between);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* snapshotPieces(
  shards: ShardGroup,
  between: (run: () => Promise<void>) => Promise<void>,
): AsyncGenerator<Uint8Array, void, void> {
  const settings = { readOnly: true };
  const held = new Map<number, HeldFiles>();
  try {
    await between(async () => {
      const holds = await Promise.allSettled(
        shards.all.map(async (shard) => {
          held.set(shard, await shards.call(shard, 'holdFiles', [], settings));
        }),
      );
      // Once all are known: what the others hold is to be released.
      for (const hold of holds) if (hold.status === 'rejected') throw hold.reason;
    });
    const head = { version: snapshotVersion, shards: shards.count };
    const text = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
    yield tarHeader(snapshotHead, text.length);
    yield text;
    yield tarPadding(text.length);
    for (const shard of shards.all) {
      const { hold, files } = held.get(shard) as HeldFiles;
      for (const { name, size } of files) {
        yield tarHeader(`shard-${shard}/${name}`, size);
        for (let offset = 0; offset < size; offset += pieceBytes) {
          const bytes = Math.min(pieceBytes, size - offset);
          yield await shards.call(shard, 'readFile', [hold, name, offset, bytes], settings);
        }
        yield tarPadding(size);
      }
    }
    yield tarEnd();
  } finally {
    // A worker that has ended holds nothing.
    await Promise.allSettled(
      [...held].map(([shard, { hold }]) => shards.call(shard, 'releaseFiles', [hold], settings)),
    );
  }
}

/**
How many shards a snapshot holds.

@param text - The first file.
@throws {VectorSearchError} with code `CORRUPT_DATA` or `UNSUPPORTED_VERSION`.
*/
export function shardsOfSnapshot(text: Uint8Array): number {
  const { version, shards } = parsed(text);
  if (!Number.isInteger(shards) || (shards as number) < 1 || (shards as number) > maxShards)
    throw new VectorSearchError('CORRUPT_DATA', undefined, '0 of the snapshot');
  if ((version as number) > snapshotVersion)
    throw new VectorSearchError('UNSUPPORTED_VERSION', snapshotVersion, version as number);
  return shards as number;
}

function parsed(text: Uint8Array): { readonly version?: unknown; readonly shards?: unknown } {
  try {
    return Object(JSON.parse(new TextDecoder().decode(text)));
  } catch {
    return {};
  }
}
