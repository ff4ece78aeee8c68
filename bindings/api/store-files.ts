/**
Files as a store uses them, and what their failures mean.

@module
*/
import { VectorSearchError } from './errors.js';

/** A file as a store uses it: what `FileSystemSyncAccessHandle` has, in its words. */
export interface SyncFile {
  getSize(): number;
  /** Returns the bytes that were read: fewer at the end of the file. */
  read(into: Uint8Array, options: { readonly at: number }): number;
  /** Returns the bytes that were written. Past the end, zeros fill the gap. */
  write(from: Uint8Array, options: { readonly at: number }): number;
  /** Whatever was written is durable once this returns. */
  flush(): void;
  truncate(size: number): void;
  close(): void;
}

/** The files of one store. */
export interface StoreFiles {
  readonly root: SyncFile;
  readonly 'log-0': SyncFile;
  readonly 'log-1': SyncFile;
  readonly data: SyncFile;
}

/** In the order of their numbers in the module. */
export const storeFileNames = ['root', 'log-0', 'log-1', 'data'] as const;

/** Whether a failure says that there is no room left, rather than that something is broken. */
export function isStorageFull(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  // Firefox tells a full disk by its own name; Node by codes.
  return (
    /quota|NO_DEVICE_SPACE/i.test(String(name)) ||
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    code === 'STORAGE_FULL'
  );
}

/**
What a failure of files or storage is to callers; a `VectorSearchError` stays as it is.

@param what - What failed: "write to log-0".
@param size - Bytes of a write.
*/
export function storageError(what: string, cause: unknown, size?: number): VectorSearchError {
  if (cause instanceof VectorSearchError) return cause;
  if (isStorageFull(cause)) return new VectorSearchError('STORAGE_FULL', undefined, size, { cause });
  return new VectorSearchError('STORAGE_FAILED', undefined, `${what}: ${cause}`, { cause });
}
