/**
Where the files of a collection lie: one way to open them, whatever keeps them.

@module
*/
import { invalidArgument } from '../../bindings/api/errors.js';
import type { StoreFiles } from '../../bindings/api/store-files.js';
import { placeBackEnds, preferredKinds } from './back-ends-web.js';
import { memoryBackEnd } from './memory-files.js';

/**
What keeps the files: `memory` nothing longer than this worker lives, `opfs` and `indexeddb` the browser, `file` a
folder (Node).
*/
export type StorageKind = 'memory' | 'opfs' | 'indexeddb' | 'file';

/** Where a collection is kept. */
export interface StoragePlace {
  readonly kind: StorageKind;
  /** The collection's name. */
  readonly name: string;
  /** Of kind `file`: the collection's folder. */
  readonly path?: string;
}

/** The same where it may not be known. */
export type StoredPlace = Omit<StoragePlace, 'kind'> & { readonly kind: StorageKind | 'auto' };

/** The files of one shard, opened: nobody else can open them until they are closed, or their worker ends. */
export interface OpenedFiles {
  readonly files: StoreFiles;
  /**
  Whatever was flushed is durable once this resolves; nothing where it is so already, as with all but `indexeddb`, which
  only look now and then whether their files are still there. When it fails, nothing since the last that succeeded is
  durable, and the files take no further writes.

  @throws {VectorSearchError} (as a rejection) with code `STORAGE_FULL`, `STORAGE_FAILED`, or `STORAGE_IN_USE` where
  somebody else has opened the files since.
  */
  settle(): Promise<void> | undefined;
  /** Settles what was flushed, and gives the files free. Again: does nothing. */
  close(): Promise<void>;
}

/** What each kind of storage does. */
export interface StorageBackEnd {
  /** Whether it works here, which may take a trial. */
  works(): Promise<boolean>;
  open(place: StoragePlace, shard: number): Promise<OpenedFiles>;
  exists(place: StoragePlace): Promise<boolean>;
  remove(place: StoragePlace): Promise<void>;
}

const backEnds: Partial<Record<StorageKind, StorageBackEnd>> = { memory: memoryBackEnd, ...placeBackEnds };

/**
Open the files of a shard, which are made where they are missing. To be called in the worker that uses them: `opfs` works
only there.

@param shard - 0 or more.
@throws {VectorSearchError} (as a rejection) with code `STORAGE_IN_USE` (who holds them), `STORAGE_FULL`,
`STORAGE_FAILED`, `INVALID_ARGUMENT` for a kind that there is not here.
*/
export async function openStorage(place: StoragePlace & { readonly shard: number }): Promise<OpenedFiles> {
  return backEndOf(place).open(place, place.shard);
}

/**
What `auto` means here. To be called in the worker. Where the collection is kept already comes first, so that nobody who
updates a browser loses sight of it; then the best that works.

@param place - Its path is for Node: without one, nothing but memory is left.
*/
export async function chooseStorage(place: Omit<StoragePlace, 'kind'>): Promise<StorageKind> {
  const working: StorageKind[] = [];
  for (const kind of preferredKinds(place)) {
    const backEnd = backEnds[kind] as StorageBackEnd;
    if (!(await backEnd.works())) continue;
    if (await backEnd.exists({ ...place, kind })) return kind;
    working.push(kind);
  }
  return working[0] ?? 'memory';
}

/** Whether there are files of the collection, be they damaged or not. */
export async function storageExists(place: StoragePlace): Promise<boolean> {
  return backEndOf(place).exists(place);
}

/**
Delete the files of a collection, of all its shards. Where there are none: does nothing.

@throws {VectorSearchError} (as a rejection) with code `STORAGE_IN_USE`, `STORAGE_FAILED` or `INVALID_ARGUMENT`.
*/
export async function removeStorage(place: StoragePlace): Promise<void> {
  return backEndOf(place).remove(place);
}

/**
Delete a collection wherever `auto` may have put it, or where it is told to be; whether there was one.

@throws {VectorSearchError} (as a rejection) as {@link removeStorage}.
*/
export async function removeStored({ kind, ...place }: StoredPlace): Promise<boolean> {
  let found = false;
  for (const each of kind === 'auto' ? preferredKinds(place) : [kind]) {
    // What does not work here has nothing, and cannot be asked.
    if (kind === 'auto' && !(await backEnds[each]?.works())) continue;
    if (!(await storageExists({ ...place, kind: each }))) continue;
    await removeStorage({ ...place, kind: each });
    found = true;
  }
  return found;
}

function backEndOf({ kind, path }: StoragePlace): StorageBackEnd {
  const backEnd = backEnds[kind];
  if (backEnd === undefined)
    throw invalidArgument(`the storage to be one of ${Object.keys(backEnds).join(', ')}`, kind);
  if (kind === 'file' && (typeof path !== 'string' || path === ''))
    throw invalidArgument("a path with storage 'file'", path);
  return backEnd;
}
