/**
The points of an `upsert` that another tab takes in: pulled from their source as they are asked for, and kept until they
are known to be taken, so that the next writer can be given those that the last one took along.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';
import {
  bytesBesideDense,
  checkPoint,
  counted,
  countOf,
  type PointSource,
  pointsOf,
  pointsOfBytes,
} from '../batches.js';
import { copyOf } from '../copy-of.js';
import { type Embedding, embedTexts } from '../embed-texts.js';
import { checkPayload } from '../payload/check-payload.js';
import type { Point, PointVectors, UpdateResult, UpsertProgress } from '../types.js';
import type { VectorShapes } from '../vectors.js';
import { isTyped } from './tab-errors.js';

/** Vectors and payloads of a message, about. The writer's batches are some times as large: it pulls several. */
const messageBytes = 1 << 20;

/** What is pulled. */
export interface PulledPoints {
  readonly points: readonly Point<object>[];
  readonly end: 'ended' | 'failed' | undefined;
}

export class PointFeed {
  readonly #source: PointSource<object>;
  readonly #shapes: VectorShapes;
  readonly #embedding: Embedding;
  readonly #total: number | undefined;
  /** Most points that are pulled at a time. */
  readonly #most: number;
  #points: AsyncIterator<Point<object>> | Iterator<Point<object>> | undefined;
  /** Points that are not known to be taken, in their order. */
  #kept: Point<object>[] = [];
  /** Points before those. */
  #taken = 0;
  /** Points that the source has given. */
  #pulled = 0;
  /** Of those that are kept: where the next pull begins. */
  #next = 0;
  /** What was taken before the present writer began. */
  #takenBefore = 0;
  #end: 'ended' | 'failed' | undefined;
  /** Why the source failed. */
  failure: { readonly error: unknown } | undefined;
  #filling: Promise<void> | undefined;
  /** Writers that have begun: what an earlier one still waits for is the next one's. */
  #turn = 0;

  constructor(source: PointSource<object>, batchSize: unknown, shapes: VectorShapes, embedding: Embedding) {
    this.#source = source;
    this.#shapes = shapes;
    this.#embedding = embedding;
    this.#total = countOf(source);
    const byBytes = pointsOfBytes(messageBytes, shapes);
    // What is no size of a batch is refused where the call is made.
    this.#most = typeof batchSize === 'number' && batchSize >= 1 ? Math.min(batchSize, byBytes) : byBytes;
  }

  /** Another writer begins: with what is not known to be taken. */
  rewind(): void {
    this.#turn++;
    this.#takenBefore = this.#taken;
    this.#next = 0;
  }

  /** How many points a writer gets from now on, where it is known. */
  get left(): number | undefined {
    return this.#total === undefined ? undefined : this.#total - this.#taken;
  }

  /** The next points: some, unless there are no more; nothing once another writer has begun. One pull at a time. */
  async pull(): Promise<PulledPoints | undefined> {
    const turn = this.#turn;
    while (this.#next === this.#kept.length && this.#end === undefined) {
      this.#filling ??= this.#fill().finally(() => {
        this.#filling = undefined;
      });
      await this.#filling;
      if (this.#turn !== turn) return undefined;
    }
    const points = this.#kept.slice(this.#next, this.#next + this.#most);
    this.#next += points.length;
    return { points, end: this.#next === this.#kept.length ? this.#end : undefined };
  }

  /** For a writer in this tab. */
  points(): AsyncIterable<Point<object>> {
    const { left } = this;
    return left === undefined ? this.iterate() : counted(this.iterate(), left);
  }

  /** @throws What the source threw. */
  async *iterate(): AsyncGenerator<Point<object>, void, void> {
    for (;;) {
      const pulled = await this.pull();
      if (pulled === undefined) return;
      const { points, end } = pulled;
      yield* points;
      if (end === 'failed') throw this.failure?.error;
      if (end === 'ended') return;
    }
  }

  /** As the writer tells it, so that it counts what earlier ones took. Those points are kept no more. */
  progress(progress: UpsertProgress): UpsertProgress {
    const { phase, total } = progress;
    const done = this.#takenBefore + progress.done;
    if (phase === 'index') return { phase, done, total: this.#takenBefore + total };
    this.#kept.splice(0, done - this.#taken);
    this.#next -= done - this.#taken;
    this.#taken = done;
    return { phase, done, total: this.#total ?? done };
  }

  result({ count, ...rest }: UpdateResult): UpdateResult {
    return { ...rest, count: this.#takenBefore + count };
  }

  /** What the call rejects with, where a writer's part of it rejects with `error`. */
  error(error: unknown): unknown {
    if (isTyped(error) && error.code === 'STOPPED') {
      const taken = this.#takenBefore + Number(error.actual);
      return new VectorSearchError('STOPPED', this.#total, taken, { cause: error.cause });
    }
    if (this.#taken === 0) return error;
    return new VectorSearchError('STOPPED', this.#total, this.#taken, { cause: error });
  }

  /** No more is needed of the source. */
  close(): void {
    this.#kept = [];
    this.#next = 0;
    if (this.#end !== undefined) return;
    this.#end = 'ended';
    const points = this.#points;
    this.#points = undefined;
    void Promise.resolve()
      .then(() => points?.return?.())
      .catch(() => {});
  }

  async #fill(): Promise<void> {
    const filled: Point<object>[] = [];
    let bytes = 0;
    let end: 'ended' | 'failed' | undefined;
    try {
      this.#points ??= iteratorOf(pointsOf(this.#source, this.#shapes));
      while (filled.length < this.#most && bytes < messageBytes) {
        const { value, done } = await this.#points.next();
        if (done) {
          end = 'ended';
          break;
        }
        const point = ownPoint(await (value as Point<object>), this.#shapes, this.#pulled++);
        filled.push(point);
        bytes += bytesBesideDense(point);
        // Closed meanwhile.
        if (this.#end !== undefined) return;
      }
    } catch (error) {
      end = 'failed';
      this.failure = { error };
    }
    try {
      const embedded = await this.#embedded(filled);
      if (this.#end !== undefined) return;
      for (const point of embedded) this.#kept.push(point);
    } catch (error) {
      end = 'failed';
      this.failure = { error };
    }
    this.#end ??= end;
  }

  /** With vectors in place of texts: the writer embeds by what its own tab was opened with. */
  async #embedded(points: readonly Point<object>[]): Promise<readonly Point<object>[]> {
    const withText = points.filter((point) => typeof point?.text === 'string' && point.vector === undefined);
    if (withText.length === 0) return points;
    const texts = withText.map(({ text }) => text as string);
    const vectors = await embedTexts(texts, this.#embedding, this.#shapes, '');
    const byPoint = new Map(withText.map((point, index) => [point, vectors[index] as PointVectors]));
    return points.map((point) => {
      const vector = byPoint.get(point);
      if (vector === undefined) return point;
      const { text, ...rest } = point;
      // One that is a view of several would take them along.
      return { ...rest, vector: copyOf(vector) };
    });
  }
}

/**
A copy: the caller may alter the point while it waits, and what is a proxy cannot be sent. It is checked first, since a
message makes objects of classes plain, and loses what their classes know.
*/
function ownPoint(point: Point<object>, shapes: VectorShapes, position: number): Point<object> {
  checkPoint(point, undefined, shapes, position);
  const { id, vector, payload, text } = point;
  const members = { id, vector, payload: payload && checkPayload(payload, 'the payload'), text };
  return copyOf(
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
  ) as unknown as Point<object>;
}

function iteratorOf<T>(iterable: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
}
