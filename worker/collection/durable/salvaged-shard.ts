/**
What is left of a shard whose files are damaged: what its checkpoint still holds, and the changes since up to the first that
cannot be read. Nothing is written.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Steps } from '../../../bindings/api/steps.js';
import { Store, type StoreDamage, type StoreVerification } from '../../../bindings/api/store.js';
import { type StoreFiles, storeFileNames } from '../../../bindings/api/store-files.js';
import { HeldBackFiles } from '../../storage/held-back-files.js';
import { MemoryFolder } from '../../storage/memory-files.js';
import { chooseStorage, type OpenedFiles, openStorage } from '../../storage/storage.js';
import { DenseField } from '../dense-field.js';
import type { HeldFiles, OpenedShard, ShardConfig, ShardStorage, VectorBatch } from '../shard-protocol.js';
import type { PointId } from '../types.js';
import { type Change, decodeChange } from './change-record.js';
import { type ShardState, writeCheckpoint } from './checkpoint.js';
import { type Loss, salvageCheckpoint } from './salvage.js';
import {
  checkSameConfig,
  decodeStoredConfig,
  encodeStoredConfig,
  type StoredConfig,
} from './stored-config.js';
import type { StoredShard } from './stored-shard.js';
import type { DurableStorage } from './types.js';

/** Distance of the two roots in the file `root` (src/persist/store/store_layout.h). */
const rootBytes = 4096;

export class SalvagedShard implements StoredShard {
  readonly wasStored = true;
  readonly #kind: DurableStorage;
  readonly #storage: ShardStorage;
  readonly #config: ShardConfig;
  readonly #state: ShardState;
  readonly #files: OpenedFiles;
  /** Nothing where no root can be read. */
  readonly #store: Store | undefined;
  readonly #damage: StoreDamage[];
  readonly #meta: string | undefined;
  readonly #stored: StoredConfig | undefined;
  #loss: Loss = { ids: new Set(), others: undefined };
  #changesAreLost: boolean;
  /** Copies that snapshots read, by hold. */
  readonly #held = new Map<number, StoreFiles>();
  #lastHold = 0;

  /**
  Reads what can be read into `state`; to be called where {@link DurableShard.open} has failed with `CORRUPT_DATA`.

  @throws {VectorSearchError} with code `INVALID_ARGUMENT` where another collection is stored than is asked for,
  `CORRUPT_DATA` where nothing tells how many shards there are, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, or as the storage
  does.
  */
  static async open(storage: ShardStorage, config: ShardConfig, state: ShardState): Promise<SalvagedShard> {
    const kind = storage.kind === 'auto' ? await chooseStorage(storage) : storage.kind;
    const files = new HeldBackFiles(await openStorage({ ...storage, kind }));
    try {
      return new SalvagedShard(kind as DurableStorage, files, storage, config, state);
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  private constructor(
    kind: DurableStorage,
    files: OpenedFiles,
    storage: ShardStorage,
    config: ShardConfig,
    state: ShardState,
  ) {
    this.#kind = kind;
    this.#files = files;
    this.#storage = storage;
    this.#config = config;
    this.#state = state;
    const store = openUnlessCorrupt(files.files);
    try {
      const verified = store && lastOf(store.verifySteps());
      this.#damage = distinct(verified?.damage ?? [{ file: 'root', offset: 0, bytes: 2 * rootBytes }]);
      this.#changesAreLost = store === undefined || hidesChanges(this.#damage, store);
      this.#meta = store && readMeta(store, this.#damage);
      this.#stored = this.#meta === undefined ? undefined : decodeStoredConfig(this.#meta, storage.shard);
      if (this.#stored !== undefined) checkSameConfig(this.#stored, config, storage);
      else if (storage.shard === 0 && storage.anyShardCount)
        throw new VectorSearchError('CORRUPT_DATA', undefined, '0: tell `shards`, which cannot be read');
      const configs = { ...config, ...this.#stored };
      if (store?.has('points')) this.#loss = salvageCheckpoint(store, this.#damage, configs, state);
      else
        for (const [name, vector] of Object.entries(configs.vectors))
          state.dense.set(name, DenseField.create(vector));
    } catch (error) {
      store?.dispose();
      throw error;
    }
    this.#store = store;
  }

  begin(make: (change: Change) => void): void {
    try {
      for (const record of this.#store?.records() ?? []) {
        const change = decodeChange(record);
        // Without its own, the collection's configuration is the caller's word.
        if (!fits(change, this.#stored ?? this.#config)) throw new VectorSearchError('CORRUPT_DATA');
        this.#noteFound(change);
        make(this.#withoutMissing(change));
      }
    } catch (error) {
      if (error instanceof VectorSearchError && error.code === 'OUT_OF_MEMORY') {
        void this.abandon();
        throw error;
      }
      this.#changesAreLost = true;
    }
  }

  get opened(): OpenedShard {
    const { shardCount, model } = this.#stored ?? this.#storage;
    const { ids, others } = this.#loss;
    // Changes that were lost may have been new points.
    const isKnown = others !== undefined && !this.#changesAreLost;
    return {
      kind: this.#kind,
      shardCount,
      created: false,
      tornBytes: this.#store?.report.tornBytes ?? 0,
      ...(model !== undefined && { model }),
      damage: {
        files: this.#damage,
        isLost: this.#store === undefined,
        lostPoints: isKnown ? ids.size + others : 'unknown',
        lostChanges: this.#changesAreLost,
      },
    };
  }

  get bytes(): number {
    return storeFileNames.reduce((sum, name) => sum + this.#files.files[name].getSize(), 0);
  }

  record(): undefined {}

  append(): void {}

  touch(): void {}

  settle(): undefined {}

  readonly owesFlush = false;
  readonly isAhead = false;
  readonly untold = undefined;

  release(): void {}

  /** What is left, as files of their own in memory. */
  *holdFiles(): Steps<HeldFiles> {
    const { files } = new MemoryFolder().open();
    const store = Store.open(files);
    try {
      const meta = this.#meta ?? encodeStoredConfig(this.#config, this.#storage);
      yield* writeCheckpoint(store, meta, this.#state);
    } finally {
      store.dispose();
    }
    this.#held.set(++this.#lastHold, files);
    return {
      hold: this.#lastHold,
      files: storeFileNames.map((name) => ({ name, size: files[name].getSize() })),
    };
  }

  readFile(hold: number, name: keyof StoreFiles, offset: number, size: number): Uint8Array {
    const file = this.#held.get(hold)?.[name];
    if (file === undefined) throw new VectorSearchError('INVALID_ARGUMENT', 'a file that is held', name);
    const bytes = new Uint8Array(size);
    file.read(bytes, { at: offset });
    return bytes;
  }

  releaseFiles(hold: number): void {
    this.#held.delete(hold);
  }

  *verify(): Steps<StoreVerification> {
    if (this.#store === undefined) return { damage: this.#damage };
    const { damage } = yield* this.#store.verifySteps();
    return { damage: distinct(damage) };
  }

  checkpointSome(): number {
    return 1;
  }

  rest(): void {}

  async close(): Promise<void> {
    this.#store?.dispose();
    await this.#files.close();
  }

  abandon(): Promise<void> {
    return this.close();
  }

  /** Points that a change replaces, or removes, are missed no more. */
  #noteFound({ call, args }: Change): void {
    const { ids, others } = this.#loss;
    if (call !== 'upsert' && call !== 'delete') return;
    const named = (args[0] as { readonly ids: readonly PointId[] }).ids;
    for (const id of named) ids.delete(id);
    // They may be any of those whose ids nobody knows.
    if (others !== undefined && others > 0) this.#loss = { ids, others: undefined };
  }

  /** Vectors of points that are not there are left out: all other changes pass over what is missing. */
  #withoutMissing(change: Change): Change {
    if (change.call !== 'updateVectors') return change;
    const { ids, dense, sparse } = change.args[0] as VectorBatch;
    const { points } = this.#state;
    const there = ids.flatMap((id, place) => (points.slotOf(id) === undefined ? [] : [place]));
    if (there.length === ids.length) return change;
    const placeOf = new Map(there.map((before, place) => [before, place]));
    const kept = ({ points: places }: { readonly points: readonly number[] }) =>
      places.flatMap((point, index) => (placeOf.has(point) ? [index] : []));
    const placesOf = (column: { readonly points: readonly number[] }) =>
      kept(column).map((index) => placeOf.get(column.points[index] as number) as number);
    const batch: VectorBatch = {
      ids: there.map((place) => ids[place] as PointId),
      dense: dense.map((column) => ({ ...column, points: placesOf(column) })),
      sparse: sparse.map((column) => ({
        ...column,
        points: placesOf(column),
        vectors: kept(column).map((index) => column.vectors[index] as (typeof column.vectors)[number]),
      })),
    };
    const flats = change.flats.map((flat, index) => {
      const column = dense[index] as VectorBatch['dense'][number];
      const dim = flat.length / column.points.length;
      const rows = kept(column).map((row) => flat.subarray(row * dim, (row + 1) * dim));
      const joined = new Float32Array(rows.length * dim);
      rows.forEach((row, place) => {
        joined.set(row, place * dim);
      });
      return joined;
    });
    return { ...change, args: [batch], flats };
  }
}

/** Nothing where no root can be read. */
function openUnlessCorrupt(files: StoreFiles): Store | undefined {
  try {
    return Store.open(files);
  } catch (error) {
    if (error instanceof VectorSearchError && error.code === 'CORRUPT_DATA') return undefined;
    throw error;
  }
}

function lastOf<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Each place once, in the order of files and offsets. */
function distinct(damage: readonly StoreDamage[]): StoreDamage[] {
  const byPlace = new Map<string, StoreDamage>();
  for (const each of damage) {
    const place = `${storeFileNames.indexOf(each.file)} ${each.offset}`;
    const { bytes = 0 } = byPlace.get(place) ?? {};
    byPlace.set(place, { ...each, bytes: Math.max(bytes, each.bytes) });
  }
  return [...byPlace.values()].sort(
    (a, b) => storeFileNames.indexOf(a.file) - storeFileNames.indexOf(b.file) || a.offset - b.offset,
  );
}

/** Whether there may have been changes, or a newer checkpoint, of which nothing is left. */
function hidesChanges(damage: readonly StoreDamage[], { report }: Store): boolean {
  const parity = report.generation % 2;
  return damage.some(({ file, offset }) => {
    if (file === 'root') return offset !== parity * rootBytes;
    if (file === `log-${1 - parity}`) return true;
    // Its root alone has a copy.
    return file === `log-${parity}` && (offset > 0 || report.torn);
  });
}

function readMeta(store: Store, damage: readonly StoreDamage[]): string | undefined {
  if (!store.has('meta')) return undefined;
  const isDamaged = store
    .sectionBlocks('meta')
    .some(({ offset }) => damage.some((each) => each.file === 'data' && each.offset === offset));
  return isDamaged ? undefined : new TextDecoder().decode(store.readSection('meta'));
}

/** Whether the vectors of a change are of these. */
function fits(
  { call, args, flats }: Change,
  { vectors, sparseVectors }: Omit<ShardConfig, 'payloadIndex'>,
): boolean {
  if (call !== 'upsert' && call !== 'updateVectors') return true;
  const { dense, sparse } = args[0] as VectorBatch;
  return (
    dense.every(
      ({ name, points }, column) =>
        vectors[name] !== undefined && flats[column]?.length === points.length * vectors[name].dim,
    ) && sparse.every(({ name }) => sparseVectors[name] !== undefined && !sparseVectors[name].text)
  );
}
