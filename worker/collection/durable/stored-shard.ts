/**
What a shard asks of whatever keeps it. Types only.

@module
*/
import type { Steps } from '../../../bindings/api/steps.js';
import type { StoreVerification } from '../../../bindings/api/store.js';
import type { CheckpointReason, HeldFiles, OpenedShard } from '../shard-protocol.js';
import type { Change } from './change-record.js';

export interface StoredShard {
  /** Whether it was there already. */
  readonly wasStored: boolean;
  readonly opened: OpenedShard;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Makes the changes since the checkpoint again; or the first checkpoint. Where this throws, it is ended. */
  begin(make: (change: Change) => void): void;
  /** A change as it is kept, in pieces, of which some are its arrays. Nothing where none is kept. */
  record(change: Change): readonly Uint8Array[] | undefined;
  /** Keeps a change that was made. Where this throws, it is not kept. */
  append(record: readonly Uint8Array[]): void;
  /** To be called before what a checkpoint holds is altered: one that is under way begins anew. */
  touch(): void;
  /** Whether changes were made that {@link settle} has to flush. */
  readonly owesFlush: boolean;
  /** Resolves once what was made may be acknowledged; nothing where it may be already. */
  settle(): Promise<void> | undefined;
  /** Whether changes that were made could not be kept: it is to be opened again, as it is stored. */
  readonly isAhead: boolean;
  /** Why not, where they were acknowledged. */
  readonly untold: unknown;
  /** Writes what was held back while it was not known whether all shards are whole. */
  release(): void;
  /** Files that stay as they are until they are released: what is stored, or can be read of it. */
  holdFiles(): HeldFiles | Steps<HeldFiles>;
  readFile(hold: number, name: string, offset: number, size: number): Uint8Array;
  releaseFiles(hold: number): void;
  /** Checks every byte that is kept. */
  verify(): Steps<StoreVerification>;
  /** Some 20 ms of a checkpoint, where there is reason to make one. Returns the share that is done. */
  checkpointSome(reason: CheckpointReason): number;
  /** To be called when there are no changes for long: gives back space of its files that only these have use for. */
  rest(): void;
  /** Ends it. What was acknowledged is durable then. */
  close(): Promise<void>;
  /** Ends it at once. Resolves when its files are free. */
  abandon(): Promise<void>;
}
