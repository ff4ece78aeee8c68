/**
Where a collection is kept, and what is known of the bytes there.

@module
*/
import type { Progress } from '../../../bindings/api/types.js';
import type { CallOptions } from '../../options.js';

/**
Where points outlive the page:
- `opfs`: in the browser's private file system;
- `indexeddb`: in a database of the browser, for those without the former. All of it is kept in memory, too;
- `file`: in a folder, in Node.
*/
export type DurableStorage = 'opfs' | 'indexeddb' | 'file';

/** Where points are kept. `auto`: where they outlive the page, as well as can be had; `info` tells where. */
export type StorageKind = DurableStorage | 'memory' | 'auto';

/**
When a change is acknowledged, in storage that outlives the page:
- `strict`: when it is flushed, so that nothing that happens to page, browser or machine takes it back. Changes that are
  asked for without waiting for those before are flushed together (group commit), and acknowledged in their order;
- `relaxed`: when it is written, and flushed within 250 ms or the call that runs then. What ends the page or the browser
  takes nothing back; loss of power may take the last of them.
*/
export type Durability = 'strict' | 'relaxed';

/** Options of `verify`. */
export interface VerifyOptions extends CallOptions {
  /** Told now and then: thousandths that are done, of one shard after another. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Bytes that are not what was written. */
export interface StorageDamage {
  /** The worker that keeps them. */
  readonly shard: number;
  /** The file, as it is called in a snapshot. */
  readonly file: string;
  /** Where in it. */
  readonly offset: number;
  /** From there, that may not be what was written: checksums are of blocks. */
  readonly bytes: number;
}

/** What is missing of a collection that was opened to read what is left of it. */
export interface CollectionDamage {
  /** Bytes that are not what was written. */
  readonly files: readonly StorageDamage[];
  /** Workers of whose points nothing can be read. */
  readonly lostShards: readonly number[];
  /** Points that are left out; `unknown` where nothing tells how many there were. */
  readonly lostPoints: number | 'unknown';
  /** Whether the newest changes may be lost: then points may be as they were before these, and removed ones be there. */
  readonly lostChanges: boolean;
}

/** What `verify` has found. */
export interface Verification {
  /** Whether all is well. */
  readonly ok: boolean;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Nothing where all is well. */
  readonly damage: readonly StorageDamage[];
}

/** Where a collection is kept. */
export interface StorageInfo {
  /** What `auto` has chosen. */
  readonly type: DurableStorage | 'memory';
  /** `null` in memory. */
  readonly durability: Durability | null;
  /** Bytes of its files. */
  readonly bytes: number;
  /**
  Bytes that were cut off from the ends of its logs when it was opened: changes that had not been acknowledged, as what was
  there before was ended in the middle of them, and what older changes had left behind them.
  */
  readonly tornBytes: number;
  /**
  Whether it was created before, and was gone when it was opened: the browser, or somebody else, had deleted it. A mark in
  `localStorage` tells; where that was cleared too, as with all data of a site, nothing does.
  */
  readonly lost: boolean;
  /**
  Why the last checkpoint failed, where it did: changes go on into the log, which grows until one succeeds. Vectors that
  are damaged on disk make it fail: `ifDamaged: 'readOnly'` opens what is left then.
  */
  readonly checkpointError?: string;
  /** Why floats stay on disk that are to be in memory, where they do until it is opened again ({@link VectorConfig.onDisk}). */
  readonly loadError?: string;
  /** What is missing, where it was damaged and `ifDamaged` is `readOnly`. It takes no changes then. */
  readonly damage?: CollectionDamage;
}
