/**
Points on their way into shards, some thousands at a time: so that any number of them takes little memory.

@module
*/
import { isFloat32Array, isUint32Array } from '../../bindings/api/arguments.js';
import { describe, invalidArgument, VectorSearchError } from '../../bindings/api/errors.js';
import { checkNames, type NamesOf } from '../../bindings/api/option-names.js';
import type { SparseVector } from '../../bindings/api/types.js';
import { createMessageTurn } from '../message-turn.js';
import { checkPayload } from './payload/check-payload.js';
import { checkPointId } from './point-ids.js';
import type { PointBatch } from './shard-protocol.js';
import type { SpareFloats } from './spare-floats.js';
import type { Payload, Point, PointColumns, PointId, PointVectors } from './types.js';
import { type CheckedVector, checkPointVectors, type VectorShapes } from './vectors.js';

/** Vectors and payloads of a batch, about: some milliseconds to make and to take in. */
export const batchBytes = 4 << 20;
/** And its points at most: a search waits until one is taken in, texts and all. */
export const batchPoints = 1024;
/** What a point takes beside its vectors, about. */
const pointBytes = 256;

/** A batch for one shard, and the dense vectors that travel beside it. */
export interface ShardBatch {
  readonly batch: PointBatch;
  readonly flats: readonly Float32Array[];
}

/** Points that are sent together: what each shard gets of them. */
export interface Batch {
  readonly count: number;
  /** Of vectors and payloads, about. */
  readonly bytes: number;
  /** By shard; only those that get points. */
  readonly shards: ReadonlyMap<number, ShardBatch>;
}

/** How points become batches. */
export interface BatchPlan {
  readonly shapes: VectorShapes;
  /** Most points of a batch. */
  readonly pointsPerBatch: number;
  /** Bytes beside dense vectors, about, at which a batch ends. */
  readonly bytesPerBatch: number;
  /** The shard of a point. */
  shardOf(id: PointId, payload: Payload | null): number;
  /** Vectors of texts. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** Where arrays come from that vectors are sent in. */
  readonly spare: SpareFloats;
}

/** What a caller may give: points in any form. */
export type PointSource<P extends object = Payload> =
  | Iterable<Point<P>>
  | AsyncIterable<Point<P>>
  | PointColumns<P>;

/**
Batches of points, in their order. No batch has an id twice.

@throws {VectorSearchError} for the first point that is wrong, once all points before it are in batches; where there are no
more points than of one batch, and it is known, before the first.
*/
export async function* batchesOf(
  source: PointSource<object>,
  plan: BatchPlan,
): AsyncGenerator<Batch, void, void> {
  let builder = new BatchBuilder(plan);
  const rest = createRest();
  const count = countOf(source);
  for await (const chunk of chunksOf(source, plan)) {
    let vectors: (Float32Array | undefined)[] | undefined;
    let failure: { readonly error: unknown } | undefined;
    const ready: Batch[] = [];
    try {
      vectors = await embedded(chunk.points, plan);
    } catch (error) {
      failure = { error };
    }
    for (let index = 0; failure === undefined && index < chunk.points.length; index++) {
      try {
        const point = chunk.points[index] as Point<object>;
        const checked = checkPoint(point, vectors?.[index], plan.shapes, chunk.first + index);
        const shard = plan.shardOf(checked.id, checked.payload);
        if (builder.has(checked.id)) {
          ready.push(await builder.build(rest));
          builder = new BatchBuilder(plan);
        }
        builder.add(checked, shard);
        const pause = rest();
        if (pause !== undefined) await pause;
      } catch (error) {
        failure = { error };
      }
    }
    if (failure !== undefined && chunk.points.length === count) throw failure.error;
    yield* ready;
    if (builder.count > 0) yield await builder.build(rest);
    builder = new BatchBuilder(plan);
    if (failure !== undefined) throw failure.error;
  }
}

/** How many points are about so many bytes. */
export function pointsOfBytes(bytes: number, { dense }: VectorShapes): number {
  const dims = [...dense.values()].reduce((sum, { dim }) => sum + dim, 0);
  return Math.max(1, Math.floor(bytes / (4 * dims + pointBytes)));
}

/** How many points an iterable of them has. */
const pointCount = Symbol.for('vicinal.pointCount');

/** Points that come one after another, of which it is known how many there are. */
export function counted<P>(points: AsyncIterable<P>, count: number): AsyncIterable<P> {
  return {
    [Symbol.asyncIterator]: () => points[Symbol.asyncIterator](),
    [pointCount]: count,
  } as AsyncIterable<P>;
}

/** @returns The number of points where it is known. */
export function countOf(source: PointSource<object>): number | undefined {
  if (Array.isArray(source)) return source.length;
  if (source instanceof Set) return source.size;
  if (isColumns(source)) return areIds(source.ids) ? source.ids.length : undefined;
  return (Object(source) as { readonly [pointCount]?: number })[pointCount];
}

/** Its points, one after another; views of its columns, where it has columns. @throws {VectorSearchError} */
export function pointsOf(
  source: PointSource<object>,
  shapes: VectorShapes,
): Iterable<Point<object>> | AsyncIterable<Point<object>> {
  const iterable = isColumns(source) ? pointsOfColumns(source, shapes) : source;
  const isPoints =
    typeof iterable === 'object' &&
    iterable !== null &&
    isIterable(iterable) &&
    !ArrayBuffer.isView(iterable);
  if (!isPoints)
    throw invalidArgument('points to be an array, iterable, or { ids, vectors, payloads }', source);
  return iterable;
}

interface CheckedPoint {
  readonly id: PointId;
  readonly payload: Payload | null;
  /** JSON of the payload. */
  readonly json: string | null;
  readonly vectors: ReadonlyMap<string, CheckedVector>;
}

/** Keeps vectors where they are until the batch is built: then it is known how much room they take. */
class BatchBuilder {
  readonly #plan: BatchPlan;
  readonly #ids = new Set<PointId>();
  readonly #shards = new Map<number, ShardColumns>();

  constructor(plan: BatchPlan) {
    this.#plan = plan;
  }

  get count(): number {
    return this.#ids.size;
  }

  has(id: PointId): boolean {
    return this.#ids.has(id);
  }

  add({ id, json, vectors }: CheckedPoint, shard: number): void {
    this.#ids.add(id);
    let columns = this.#shards.get(shard);
    if (columns === undefined) {
      columns = { ids: [], payloads: [], dense: new Map(), sparse: new Map() };
      this.#shards.set(shard, columns);
    }
    const place = columns.ids.push(id) - 1;
    columns.payloads.push(json);
    for (const [name, vector] of vectors) {
      if (this.#plan.shapes.dense.has(name)) addTo(columns.dense, name, place, vector as Float32Array);
      else addTo(columns.sparse, name, place, vector as SparseVector);
    }
  }

  /** @param rest - Lets the page have a turn where it has waited for long. */
  async build(rest: Rest): Promise<Batch> {
    const shards = new Map<number, ShardBatch>();
    let bytes = 0;
    for (const [shard, { ids, payloads, dense, sparse }] of this.#shards) {
      const batch: PointBatch = {
        ids,
        payloads,
        dense: [...dense].map(([name, { points }]) => ({ name, points })),
        sparse: [...sparse].map(([name, { points, vectors }]) => ({ name, points, vectors })),
      };
      const flats: Float32Array[] = [];
      for (const { vectors } of dense.values()) flats.push(await this.#joined(vectors, rest));
      shards.set(shard, { batch, flats });
      for (const { byteLength } of flats) bytes += byteLength;
      for (const json of payloads) bytes += json?.length ?? 0;
    }
    return { count: this.count, bytes, shards };
  }

  /** Vectors of one length, after one another. */
  async #joined(vectors: readonly Float32Array[], rest: Rest): Promise<Float32Array> {
    const [first] = vectors;
    const dim = first?.length ?? 0;
    const flat = this.#plan.spare.take(vectors.length * dim);
    if (first !== undefined && areOneBehindAnother(vectors)) {
      flat.set(new Float32Array(first.buffer, first.byteOffset, flat.length));
      return flat;
    }
    for (const [index, vector] of vectors.entries()) {
      flat.set(vector, index * dim);
      const pause = rest();
      if (pause !== undefined) await pause;
    }
    return flat;
  }
}

/** Vectors of one name, and the places of their points. */
interface VectorColumn<Vector> {
  readonly points: number[];
  readonly vectors: Vector[];
}

interface ShardColumns {
  readonly ids: PointId[];
  readonly payloads: (string | null)[];
  readonly dense: Map<string, VectorColumn<Float32Array>>;
  readonly sparse: Map<string, VectorColumn<SparseVector>>;
}

/** As those of columns are. */
function areOneBehindAnother(vectors: readonly Float32Array[]): boolean {
  return vectors.every(({ buffer, byteOffset }, index) => {
    const before = vectors[index - 1];
    return (
      before === undefined ||
      (buffer === before.buffer && byteOffset === before.byteOffset + before.byteLength)
    );
  });
}

function addTo<Vector>(
  columns: Map<string, VectorColumn<Vector>>,
  name: string,
  place: number,
  vector: Vector,
): void {
  let column = columns.get(name);
  if (column === undefined) {
    column = { points: [], vectors: [] };
    columns.set(name, column);
  }
  column.points.push(place);
  column.vectors.push(vector);
}

/** Points of the source in the order in which they come; `first` is the position of the first of them. */
interface Chunk {
  readonly first: number;
  readonly points: readonly Point<object>[];
}

async function* chunksOf(source: PointSource<object>, plan: BatchPlan): AsyncGenerator<Chunk, void, void> {
  const chunks = new ChunkBuilder(plan);
  const rest = createRest();
  const iterable = pointsOf(source, plan.shapes);
  let failure: { readonly error: unknown } | undefined;
  try {
    // Waiting for each point of what need not be waited for takes longer than all else that is done with it.
    if (Symbol.asyncIterator in iterable) {
      for await (const point of iterable) {
        const full = chunks.push(point);
        const pause = rest();
        if (pause !== undefined) await pause;
        if (full !== undefined) yield full;
      }
    } else {
      for (const point of iterable) {
        const full = chunks.push(point);
        const pause = rest();
        if (pause !== undefined) await pause;
        if (full !== undefined) yield full;
      }
    }
  } catch (error) {
    failure = { error };
  }
  const last = chunks.take();
  // Of a source that was to be one batch, all is taken or nothing.
  const wasOne = last?.first === 0 && (countOf(source) ?? Number.POSITIVE_INFINITY) <= plan.pointsPerBatch;
  if (last !== undefined && (failure === undefined || !wasOne)) yield last;
  if (failure !== undefined) throw failure.error;
}

class ChunkBuilder {
  readonly #plan: BatchPlan;
  #first = 0;
  #points: Point<object>[] = [];
  /** Beside dense vectors. */
  #bytes = 0;

  constructor(plan: BatchPlan) {
    this.#plan = plan;
  }

  /** @returns The points so far, once they are enough. */
  push(point: Point<object>): Chunk | undefined {
    this.#points.push(point);
    this.#bytes += bytesBesideDense(point);
    const { pointsPerBatch, bytesPerBatch } = this.#plan;
    const isFull = this.#points.length >= pointsPerBatch || this.#bytes >= bytesPerBatch;
    return isFull ? this.take() : undefined;
  }

  /** The points so far, where there are any. */
  take(): Chunk | undefined {
    if (this.#points.length === 0) return undefined;
    const chunk = { first: this.#first, points: this.#points };
    this.#first += chunk.points.length;
    this.#points = [];
    this.#bytes = 0;
    return chunk;
  }
}

/** Deeper than payloads may be. */
const looksDeep = 256;

/** About what a point that is not checked yet takes, but for its dense vectors. */
export function bytesBesideDense(point: unknown): number {
  const { payload, text, vector } = Object(point) as Partial<Point<object>>;
  let bytes = roughBytes(payload, looksDeep) + roughBytes(text, 1);
  if (typeof vector !== 'object' || ArrayBuffer.isView(vector) || Array.isArray(vector)) return bytes;
  for (const named of Object.values(vector ?? {})) {
    const { indices } = Object(named) as Partial<SparseVector>;
    bytes += 8 * (indices?.length ?? 0);
  }
  return bytes;
}

/** No more is looked at than tells that it is a batch by itself. */
function roughBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth === 0 || ArrayBuffer.isView(value)) return 8;
  let bytes = 8;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && bytes <= batchBytes; i++) bytes += roughBytes(value[i], depth - 1);
    return bytes;
  }
  for (const key in value) {
    bytes += key.length + roughBytes((value as Record<string, unknown>)[key], depth - 1);
    if (bytes > batchBytes) break;
  }
  return bytes;
}

/** Longest work on points without a turn for the page, in milliseconds: half a frame. */
const workMs = 8;
/** Points between two looks at the clock, which takes as long as checking a point does. */
const pointsPerLook = 16;

/** What to wait for before going on, where there is something. */
type Rest = () => Promise<void> | undefined;

/** Lets the page have a turn where it has waited for long: a batch of any size must not freeze it. */
function createRest(): Rest {
  let turn: (() => Promise<void>) | undefined;
  let last = performance.now();
  let points = 0;
  return () => {
    if (++points % pointsPerLook !== 0 || performance.now() - last < workMs) return undefined;
    turn ??= createMessageTurn();
    return turn().then(() => {
      last = performance.now();
    });
  };
}

function isIterable(value: object): boolean {
  const { [Symbol.iterator]: iterate, [Symbol.asyncIterator]: iterateAsync } = value as {
    [Symbol.iterator]?: unknown;
    [Symbol.asyncIterator]?: unknown;
  };
  return typeof iterate === 'function' || typeof iterateAsync === 'function';
}

function isColumns(source: unknown): source is PointColumns<object> {
  return typeof source === 'object' && source !== null && 'ids' in source && !isIterable(source);
}

function areIds(ids: unknown): ids is PointColumns<object>['ids'] {
  return Array.isArray(ids) || isUint32Array(ids);
}

const columnNames: NamesOf<PointColumns<object>> = { ids: true, vectors: true, payloads: true };

function* pointsOfColumns(
  source: PointColumns<object>,
  { dense }: VectorShapes,
): Generator<Point<object>, void, void> {
  checkNames(source, columnNames, 'columns to have');
  const { ids, vectors, payloads } = source;
  if (!areIds(ids)) throw invalidArgument('ids to be an array or a Uint32Array', ids);
  if (payloads !== undefined && !Array.isArray(payloads))
    throw invalidArgument('payloads to be an array', payloads);
  if (
    vectors !== undefined &&
    !isFloat32Array(vectors) &&
    (typeof vectors !== 'object' || vectors === null || isIterable(vectors))
  )
    throw invalidArgument('vectors to be a Float32Array, or an object of them by name', vectors);
  if (payloads !== undefined && payloads.length !== ids.length)
    throw new VectorSearchError('DIMENSION_MISMATCH', `${ids.length} payloads, one an id`, payloads.length);
  const columns = Object.entries(isFloat32Array(vectors) ? { '': vectors } : (vectors ?? {})).map(
    ([name, flat]) => {
      const dim = dense.get(name)?.dim;
      if (dim === undefined) throw invalidArgument('columns of dense vectors of this collection', name);
      if (!isFloat32Array(flat)) throw invalidArgument(`the vectors ${name} to be a Float32Array`, flat);
      if (flat.length !== ids.length * dim) {
        const wanted = `${ids.length} x ${dim} = ${ids.length * dim} values`;
        throw new VectorSearchError('DIMENSION_MISMATCH', wanted, flat.length);
      }
      return { name, flat, dim };
    },
  );
  const [only] = columns.length === 1 && columns[0]?.name === '' ? columns : [];
  for (const [index, id] of ids.entries()) {
    const vector =
      only === undefined
        ? Object.fromEntries(columns.map((column) => [column.name, rowOf(column, index)]))
        : rowOf(only, index);
    yield { id, vector, payload: payloads?.[index] ?? null };
  }
}

function rowOf(
  { flat, dim }: { readonly flat: Float32Array; readonly dim: number },
  index: number,
): Float32Array {
  return flat.subarray(index * dim, (index + 1) * dim);
}

/** The vectors of those points that bring a text in place of one. */
async function embedded(
  points: readonly Point<object>[],
  { embed }: BatchPlan,
): Promise<(Float32Array | undefined)[] | undefined> {
  const withText = points.flatMap((point, index) => (typeof point?.text === 'string' ? [index] : []));
  if (withText.length === 0) return undefined;
  const made = await embed(withText.map((index) => points[index]?.text as string));
  const vectors: (Float32Array | undefined)[] = [];
  withText.forEach((index, order) => {
    vectors[index] = made[order];
  });
  return vectors;
}

const pointNames = new Set(['id', 'vector', 'payload', 'text']);

/** @throws {VectorSearchError} */
export function checkPoint(
  point: Point<object>,
  embeddedVector: Float32Array | undefined,
  shapes: VectorShapes,
  position: number,
): CheckedPoint {
  if (typeof point !== 'object' || point === null)
    throw invalidArgument(`the point at position ${position} to be an object with an id`, point);
  const id = checkPointId(point.id, `the id of the point at position ${position}`);
  const name = `point ${typeof id === 'string' ? describe(id) : id}`;
  for (const key of Object.keys(point)) {
    if (!pointNames.has(key))
      throw invalidArgument(`id, vector, payload or text in ${name} (its own keys go into payload)`, key);
  }
  if (point.text !== undefined && typeof point.text !== 'string')
    throw invalidArgument(`the text of ${name} to be a string`, point.text);
  if (point.text !== undefined && point.vector !== undefined)
    throw invalidArgument(`a vector or a text in ${name}`, 'both');
  const vector: PointVectors | undefined = embeddedVector ?? point.vector;
  const payload = checkPayload(point.payload ?? null, `the payload of ${name}`);
  return {
    id,
    payload,
    json: payload && stringified(payload),
    vectors: checkPointVectors(vector, shapes, name),
  };
}

/** @throws {VectorSearchError} with code `OUT_OF_MEMORY`: no string is that long. */
function stringified(payload: Payload): string {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new VectorSearchError('OUT_OF_MEMORY', undefined, undefined, { cause: error });
  }
}
