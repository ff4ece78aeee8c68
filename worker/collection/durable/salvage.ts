/**
What can be read of a checkpoint that is damaged. Blocks whose checksums are right hold what was written; the others are
left out, and so is every point of which a part may lie in one of them.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import type { EngineRows, Store, StoreDamage } from '../../../bindings/api/store.js';
import { DenseField } from '../dense-field.js';
import type { PayloadSchema } from '../payload/schema.js';
import type { ShardConfig } from '../shard-protocol.js';
import { noNumber } from '../slot-numbers.js';
import type { Payload, PointId, VectorConfig } from '../types.js';
import { pointOf, type ShardState, sparseOf } from './checkpoint.js';
import { firstPieces, lastPieces } from './records.js';

/** Rows that are added at a time, in bytes. */
const batchBytes = 4 << 20;

/** What is missing. */
export interface Loss {
  /** Ids of points that are left out, where they can be read. */
  readonly ids: Set<PointId>;
  /** How many others there are; nothing where that cannot be told. */
  readonly others: number | undefined;
}

/** The slots of a dense vector. */
interface Slots {
  /** By slot, the engine's id. */
  readonly ids: Uint32Array;
  /** Whether those of a slot can be read. */
  readonly isKnown: (slot: number) => boolean;
  readonly areWhole: boolean;
}

/** Reads what can be read into a shard without points, whose dense vectors it makes. */
export function salvageCheckpoint(
  store: Store,
  damage: readonly StoreDamage[],
  { vectors, sparseVectors }: ShardConfig,
  state: ShardState,
): Loss {
  const reader = new WholeParts(store, damage);
  const { points, payloads, dense, sparse } = state;
  const lost = new Set<number>();
  for (const [key, schema] of Object.entries(readIndexes(reader))) payloads.createIndex(key, schema);

  const slotsOf = new Map(Object.keys(vectors).map((name) => [name, readSlots(reader, `slots/${name}`)]));
  const [anySlots] = slotsOf.values();
  const sparseSlots = Object.values(sparseVectors).some(({ text }) => text === undefined);
  const hole = readPoints(reader, state, anySlots?.ids.length, sparseSlots);

  for (const [name, config] of Object.entries(vectors)) {
    const slots = slotsOf.get(name) as Slots;
    const field = readDense(reader, `dense/${name}`, config, slots, (slot) => points.live.has(slot));
    dense.set(name, field);
    for (let slot = 0; slot < points.nextSlot; slot++)
      if (!slots.isKnown(slot) || (slots.ids[slot] !== noNumber && !field.has(slot))) lost.add(slot);
  }
  for (const [name, field] of sparse) {
    if (field.isText) {
      for (let slot = 0; slot < points.nextSlot; slot++) field.set(slot, field.termsOf(payloads.get(slot)));
      continue;
    }
    const unread = readSparse(reader, `sparse/${name}`, (slot, vector) => {
      if (points.live.has(slot)) field.set(slot, vector);
    });
    for (let slot = unread.first; slot < Math.min(unread.end, points.nextSlot); slot++) lost.add(slot);
  }

  const ids = new Set<PointId>();
  for (const slot of lost) {
    if (!points.live.has(slot)) continue;
    ids.add(points.idOf(slot));
    for (const field of [...dense.values(), ...sparse.values()]) field.delete(slot);
    payloads.delete(slot);
    points.delete(slot);
  }
  // A slot in the hole that has a vector had a point; without one, it may be a gap.
  const hadPoint = (slot: number) =>
    [...slotsOf.values()].some((slots) => slots.isKnown(slot) && slots.ids[slot] !== noNumber);
  let others: number | undefined = hole === undefined ? undefined : 0;
  for (let slot = hole?.first ?? 0; slot < (hole?.end ?? 0); slot++) {
    if (!hadPoint(slot)) others = undefined;
    else if (others !== undefined) others++;
  }
  return { ids, others };
}

/** Slots from `first` to before `end`. */
interface SlotRange {
  readonly first: number;
  readonly end: number;
}

/** Sections as far as their blocks are whole. */
class WholeParts {
  constructor(
    readonly store: Store,
    private readonly damage: readonly StoreDamage[],
  ) {}

  bytes(name: string): number {
    return this.store.has(name) ? this.store.sectionBytes(name) : 0;
  }

  /** Runs of whole blocks, as places in the section. */
  of(name: string): { readonly from: number; readonly to: number }[] {
    const parts: { from: number; to: number }[] = [];
    if (!this.store.has(name)) return parts;
    let from = 0;
    for (const { offset, bytes } of this.store.sectionBlocks(name)) {
      const to = from + bytes;
      const isDamaged = this.damage.some(
        (each) => each.file === 'data' && each.offset < offset + bytes && each.offset + each.bytes > offset,
      );
      const last = parts.at(-1);
      if (!isDamaged && last?.to === from) last.to = to;
      else if (!isDamaged) parts.push({ from, to });
      from = to;
    }
    return parts;
  }

  isWhole(name: string): boolean {
    if (!this.store.has(name)) return false;
    const size = this.bytes(name);
    const [part] = this.of(name);
    return size === 0 || (part !== undefined && part.to - part.from === size);
  }

  /** Its start and its end, as far as they are whole: the start alone where all is. */
  startAndEnd(name: string): { readonly start: Uint8Array; readonly end: Uint8Array } {
    const parts = this.of(name);
    const [first, last] = [parts[0], parts.at(-1)];
    const read = ({ from, to }: { from: number; to: number }) =>
      this.store.readSection(name, from, to - from);
    const nothing = new Uint8Array(0);
    return {
      start: first?.from === 0 ? read(first) : nothing,
      end: last !== undefined && last.from > 0 && last.to === this.bytes(name) ? read(last) : nothing,
    };
  }
}

function readIndexes(reader: WholeParts): Record<string, PayloadSchema> {
  if (!reader.isWhole('indexes')) return {};
  return JSON.parse(new TextDecoder().decode(reader.store.readSection('indexes')));
}

function readSlots(reader: WholeParts, name: string): Slots {
  const ids = new Uint32Array(reader.bytes(name) >>> 2).fill(noNumber);
  const known = reader.of(name).map(({ from, to }) => {
    // Words that lie in two blocks count with neither.
    const [first, end] = [Math.ceil(from / 4), Math.floor(to / 4)];
    const bytes = reader.store.readSection(name, 4 * first, 4 * (end - first));
    ids.set(new Uint32Array(bytes.buffer, bytes.byteOffset, end - first), first);
    return { first, end };
  });
  return {
    ids,
    // Slots past the section have come after it.
    isKnown: (slot) => slot >= ids.length || known.some(({ first, end }) => slot >= first && slot < end),
    areWhole:
      ids.length === 0 || (known.length === 1 && known[0]?.first === 0 && known[0].end === ids.length),
  };
}

/**
Reads points and payloads.

@param slotCount - Where it is known.
@param slotsMatter - Whether other sections know points by their slots.
@returns Slots of which nothing can be read; nothing where it cannot be told which.
*/
function readPoints(
  reader: WholeParts,
  { points, payloads }: ShardState,
  slotCount: number | undefined,
  slotsMatter: boolean,
): SlotRange | undefined {
  const { start, end } = reader.startAndEnd('points');
  if (!reader.store.has('points')) return undefined;
  const read = (piece: Uint8Array) => (piece.length === 0 ? null : pointOf(piece));
  const add = (point: readonly [PointId, Payload | null] | null) => {
    if (point === null) return points.addGap();
    payloads.set(points.nextSlot, point[1]);
    points.add(point[0]);
  };
  for (const piece of firstPieces(start)) add(read(piece));
  if (reader.isWhole('points')) return { first: points.nextSlot, end: points.nextSlot };
  // A piece is JSON, which has no byte 0: the inside of one is no length and piece.
  const last = lastPieces(end, read);
  const first = points.nextSlot;
  if (slotCount === undefined) {
    if (!slotsMatter) last.forEach(add);
    return undefined;
  }
  const found = slotCount - last.length;
  while (points.nextSlot < Math.max(found, first)) points.addGap();
  if (found >= first) last.forEach(add);
  return { first, end: Math.max(found, first) };
}

/** A field with the vectors that can be read of slots that hold a point. */
function readDense(
  reader: WholeParts,
  name: string,
  config: VectorConfig,
  slots: Slots,
  isLive: (slot: number) => boolean,
): DenseField {
  if (reader.isWhole(name) && slots.areWhole) {
    const field = DenseField.load(reader.store.loadEngine(name), slots.ids);
    if (field.dim !== config.dim || field.metric !== (config.metric ?? 'cosine')) {
      field.dispose();
      throw new VectorSearchError('INVALID_ARGUMENT', `${name} of ${field.dim} dimensions, ${field.metric}`);
    }
    slots.ids.forEach((_, slot) => {
      if (!isLive(slot)) field.delete(slot);
    });
    return field;
  }
  const field = DenseField.create(config);
  const rows = locateRows(reader, name, slots, field.keepsFloats);
  if (rows === undefined || rows.dim !== config.dim) return field;
  const slotOfId = new Map<number, number>();
  slots.ids.forEach((id, slot) => {
    if (id !== noNumber && isLive(slot)) slotOfId.set(id, slot);
  });
  const rowBytes = 4 * config.dim;
  const rowsPerBatch = Math.max(1, Math.floor(batchBytes / rowBytes));
  for (const { from, to } of reader.of(name)) {
    const first = Math.max(0, Math.ceil((from - rows.offset) / rowBytes));
    const end = Math.min(rows.ids.length, Math.floor((to - rows.offset) / rowBytes));
    for (let row = first; row < end; row += rowsPerBatch) {
      const count = Math.min(rowsPerBatch, end - row);
      const bytes = reader.store.readSection(name, rows.offset + row * rowBytes, count * rowBytes);
      const flat = new Float32Array(bytes.buffer, bytes.byteOffset, count * config.dim);
      const added: number[] = [];
      for (let index = 0; index < count; index++) {
        const slot = slotOfId.get(rows.ids[row + index] as number);
        if (slot === undefined) continue;
        flat.copyWithin(added.length * config.dim, index * config.dim, (index + 1) * config.dim);
        added.push(slot);
      }
      if (added.length > 0)
        for (const _ of field.addSteps(added, flat.subarray(0, added.length * config.dim)));
    }
  }
  return field;
}

/** Nothing where they cannot be told. */
function locateRows(
  reader: WholeParts,
  name: string,
  slots: Slots,
  keepsFloats: boolean,
): EngineRows | undefined {
  if (!reader.store.has(name)) return undefined;
  const located = (withoutTable: boolean) => {
    try {
      return reader.store.locateRows(name, withoutTable);
    } catch (error) {
      if (error instanceof VectorSearchError && error.code === 'CORRUPT_DATA') return undefined;
      throw error;
    }
  };
  const rows = located(false) ?? (keepsFloats && slots.areWhole ? located(true) : undefined);
  if (rows === undefined || !slots.areWhole) return rows;
  const ids = slots.ids.filter((id) => id !== noNumber).sort();
  const found = rows.ids.slice().sort();
  return ids.length === found.length && ids.every((id, index) => id === found[index]) ? rows : undefined;
}

/** Hands on what can be read, and tells the slots whose vectors cannot. */
function readSparse(
  reader: WholeParts,
  name: string,
  take: (...vector: ReturnType<typeof sparseOf>) => void,
): SlotRange {
  const { start, end } = reader.startAndEnd(name);
  let first = 0;
  for (const piece of firstPieces(start)) {
    const [slot, vector] = sparseOf(piece);
    take(slot, vector);
    first = slot + 1;
  }
  if (reader.isWhole(name)) return { first, end: first };
  let previous = first - 1;
  // The inside of a piece is a length, a slot and a count only where values are below 1e-38: floats have no other such bits.
  const last = lastPieces(end, (piece) => {
    const [slot, vector] = sparseOf(piece);
    const ascend = vector.indices.every((index, i) => i === 0 || index > (vector.indices[i - 1] as number));
    if (!ascend) throw new VectorSearchError('CORRUPT_DATA');
    return [slot, vector] as const;
  });
  for (const [slot] of last) {
    if (slot <= previous) return { first, end: Number.POSITIVE_INFINITY };
    previous = slot;
  }
  for (const [slot, vector] of last) take(slot, vector);
  return { first, end: last[0]?.[0] ?? Number.POSITIVE_INFINITY };
}
