/**
What a shard is like, as the sections of a checkpoint, and back.

  meta          JSON (stored-config.ts)
  indexes       JSON: payload indexes, by key
  points        records.ts: of each slot JSON, `[id, payload]`; nothing where it holds no point
  dense/NAME    a saved engine
  slots/NAME    u32 of each slot: the id of its vector in that engine, 2^32 - 1 for none
  sparse/NAME   records.ts: of each slot with a vector u32 slot, u32 count, u32 [count] indices, f32 [count] values

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { Steps } from '../../../bindings/api/steps.js';
import type { Store } from '../../../bindings/api/store.js';
import type { SparseVector } from '../../../bindings/api/types.js';
import { DenseField } from '../dense-field.js';
import type { PayloadStore } from '../payload/payload-store.js';
import type { PayloadSchema } from '../payload/schema.js';
import type { PointTable } from '../point-table.js';
import type { ShardConfig } from '../shard-protocol.js';
import type { SparseField } from '../sparse-field.js';
import type { Payload, PointId } from '../types.js';
import { inChunks, placesOf, sectionBytes } from './records.js';
import { SlotMarks } from './slot-marks.js';
import { StoredPoints } from './stored-points.js';

/** What of a shard is written, and read into. */
export interface ShardState {
  readonly dense: Map<string, DenseField>;
  readonly sparse: Map<string, SparseField>;
  readonly points: PointTable;
  readonly payloads: PayloadStore;
}

/** By section, where its slots lie in the checkpoint that is. */
export type CheckpointMarks = ReadonlyMap<string, SlotMarks>;

/** Of floats of a vector: of more, those that have codes are read later than these. */
const mostBytesAtOnce = 64 << 20;

/** Of sparse vectors that are set at a time, about. */
const wordsAtOnce = 1 << 18;

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/**
Writes a checkpoint; the store is as it was where this is ended before its end.

@param present - What is known to be stored is not written again. Default: all is compared with what is, which may be
damaged.
@returns Its marks.
*/
export function* writeCheckpoint(
  store: Store,
  meta: string,
  state: ShardState,
  present?: CheckpointMarks,
): Steps<CheckpointMarks> {
  const { points, payloads, dense, sparse } = state;
  const written = new Map<string, SlotMarks>();
  const total = 2 + dense.size + sparse.size;
  let done = 0;
  store.beginCheckpoint();
  let finished = false;
  try {
    store.writeSection('meta', utf8.encode(meta));
    store.writeSection('indexes', utf8.encode(JSON.stringify(payloads.schemas())));
    const write = (
      section: string,
      changedFrom: number,
      piecesFrom: (slot: number) => Iterable<Uint8Array | string | undefined>,
    ) => {
      const marks = present?.get(section)?.before(changedFrom) ?? new SlotMarks();
      written.set(section, marks);
      return writeInSteps(store, section, marks, piecesFrom(marks.slots), { done, total });
    };
    const changedFrom = Math.min(points.changedFrom, payloads.changedFrom);
    yield* write('points', changedFrom, (slot) => pointPieces(points, payloads, slot));
    done++;
    for (const [name, field] of dense) {
      while (field.hasMoved) {
        field.linkSome(false);
        yield { done, total };
      }
      const ids = field.idsBySlot(points.nextSlot);
      store.writeSection(`slots/${name}`, new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
      const steps = field.writeSteps(store, `dense/${name}`, present === undefined);
      for (const _ of steps) yield { done, total };
      yield { done: ++done, total };
    }
    for (const [name, field] of sparse) {
      const { nextSlot } = points;
      yield* write(`sparse/${name}`, field.changedFrom, (slot) => sparsePieces(field, slot, nextSlot));
      done++;
    }
    store.finishCheckpoint();
    finished = true;
  } finally {
    if (!finished) store.abandonCheckpoint();
  }
  // Without another step: nothing comes between it and `noteCheckpoint`.
  return written;
}

/** To be called once a checkpoint is written to the store that the shard stays in. */
export function noteCheckpoint(store: Store, { points, payloads, dense, sparse }: ShardState): void {
  for (const each of [points, payloads, ...sparse.values()]) each.noteWritten();
  for (const [name, field] of dense) {
    field.noteStored(store);
    field.leaveOnDisk(store, `dense/${name}`);
  }
}

/**
Reads what {@link writeCheckpoint} has written into a shard without points.

@param readsAll - Check vectors that are left on disk, too.
@returns Its marks.
@throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION` or `OUT_OF_MEMORY`.
*/
export function readCheckpoint(
  store: Store,
  vectors: ShardConfig['vectors'],
  state: ShardState,
  readsAll: boolean,
): CheckpointMarks {
  const { points, payloads, dense, sparse } = state;
  const read = new Map<string, SlotMarks>();
  const stored = new StoredPoints(store.readSection('points'), points);
  payloads.take(stored);
  read.set('points', stored.marks);
  const schemas = JSON.parse(text.decode(store.readSection('indexes'))) as Record<string, PayloadSchema>;
  for (const [key, schema] of Object.entries(schemas)) payloads.createIndex(key, schema);
  for (const [name, { dim, onDisk = false }] of Object.entries(vectors)) {
    const ids = wordsOf(store.readSection(`slots/${name}`));
    const section = `dense/${name}`;
    const leavesFloats = !readsAll && (onDisk || 4 * dim * ids.length > mostBytesAtOnce);
    const field = DenseField.load(store.loadEngine(section, leavesFloats), ids, onDisk, !leavesFloats);
    dense.set(name, field);
    field.noteStored(store);
    if (readsAll) field.leaveOnDisk(store, section);
    if (field.dim !== dim || ids.length > points.nextSlot)
      throw new VectorSearchError('CORRUPT_DATA', dim, `0 of the vectors ${name}`);
  }
  for (const [name, field] of sparse) {
    const section = `sparse/${name}`;
    const bytes = store.readSection(section);
    const words = wordsOf(bytes);
    const marks = new SlotMarks();
    let first = 0;
    const setUntil = (end: number) => {
      field.setRecords(words.subarray(first, end));
      first = end;
    };
    for (const { start, end } of placesOf(bytes)) {
      const slot = words[start / 4] as number;
      if (slot < marks.slots || slot >= points.nextSlot)
        throw new VectorSearchError('CORRUPT_DATA', points.nextSlot, `0 of the vectors ${name}`);
      while (marks.slots < slot) marks.add(0);
      marks.add(sectionBytes(end - start));
      if (end / 4 - first > wordsAtOnce) setUntil(Math.ceil(end / 4));
    }
    setUntil(words.length);
    read.set(section, marks);
  }
  for (const each of [points, payloads, ...sparse.values()]) each.noteWritten();
  return read;
}

function* writeInSteps(
  store: Store,
  name: string,
  marks: SlotMarks,
  pieces: Iterable<Uint8Array | string | undefined>,
  progress: { readonly done: number; readonly total: number },
): Steps<void> {
  store.beginSection(name);
  store.keepStart(marks.bytes);
  let count = 0;
  for (const chunk of inChunks(pieces, marks)) {
    store.write(chunk);
    if (++count % 4 === 0) yield progress;
  }
  store.endSection();
  yield progress;
}

function* pointPieces(
  points: PointTable,
  payloads: PayloadStore,
  first: number,
): Generator<string, void, void> {
  for (let slot = first; slot < points.nextSlot; slot++) {
    const isLive = points.live.has(slot);
    yield isLive ? `[${JSON.stringify(points.idOf(slot))},${payloads.json(slot)}]` : '';
  }
}

/** @throws where the piece is none. */
export function pointOf(piece: Uint8Array): [id: PointId, payload: Payload | null] {
  return JSON.parse(text.decode(piece)) as [PointId, Payload | null];
}

function* sparsePieces(
  field: SparseField,
  first: number,
  slotCount: number,
): Generator<Uint8Array | undefined, void, void> {
  for (let slot = first; slot < slotCount; slot++) {
    const vector = field.get(slot);
    if (vector === undefined) {
      yield undefined;
      continue;
    }
    const { indices, values } = vector;
    const bytes = new ArrayBuffer(8 + 8 * indices.length);
    new Uint32Array(bytes, 0, 2).set([slot, indices.length]);
    new Uint32Array(bytes, 8, indices.length).set(indices);
    new Float32Array(bytes, 8 + 4 * indices.length).set(values);
    yield new Uint8Array(bytes);
  }
}

/** @throws {VectorSearchError} with code `CORRUPT_DATA` where the piece is none. */
export function sparseOf(piece: Uint8Array): [slot: number, vector: SparseVector] {
  const words = wordsOf(piece);
  const [slot, count] = words as unknown as [number, number];
  if (words.length < 2 || words.length !== 2 + 2 * count)
    throw new VectorSearchError('CORRUPT_DATA', undefined, '0 of a sparse vector');
  const values = new Float32Array(words.buffer, 8 + 4 * count, count);
  return [slot, { indices: words.subarray(2, 2 + count), values }];
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer, 0, bytes.length >>> 2);
}
