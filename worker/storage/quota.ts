/**
How much a browser lets a site keep, and for how long.

@module
*/

/** How much a site keeps, and may keep. */
export interface StorageEstimate {
  /** Bytes that all of the site keeps, about. */
  readonly usageBytes: number;
  /** Bytes that it may keep, about. */
  readonly quotaBytes: number;
  /** Whether the browser keeps it also when it runs short of room. */
  readonly persisted: boolean;
}

/** How much the site keeps, and may keep; nothing where this cannot be known, as in Node and where it may keep nothing. */
export async function estimateStorage(): Promise<StorageEstimate | undefined> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof storage?.estimate !== 'function') return undefined;
  try {
    const { usage = 0, quota = 0 } = await storage.estimate();
    const persisted = (await storage.persisted?.()) ?? false;
    return { usageBytes: usage, quotaBytes: quota, persisted };
  } catch {
    return undefined;
  }
}

/**
Ask the browser to keep what the site has also when it runs short of room, when it would delete what was not used for
long. Firefox asks the user.

@returns Whether it does; `true` in Node, where nobody deletes files.
*/
export async function persistStorage(): Promise<boolean> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  // WebKit has none where a page may keep nothing.
  if (storage === undefined) return !('location' in globalThis);
  try {
    return (await storage.persist?.()) ?? false;
  } catch {
    return false;
  }
}
