/**
What a change does to points, each edit with its way back.

@module
*/
import type { Steps } from '../../bindings/api/steps.js';
import type { SparseVector } from '../../bindings/api/types.js';
import type { DenseField } from './dense-field.js';
import { eachInSteps } from './each-in-steps.js';
import type { Shard } from './shard.js';
import type { VectorBatch } from './shard-protocol.js';
import type { SparseField } from './sparse-field.js';
import type { Payload } from './types.js';

export class PointEdits {
  readonly #shard: Shard;
  /** What takes each edit back, in the order in which they were made. */
  readonly #back: (() => void)[] = [];

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  get isEmpty(): boolean {
    return this.#back.length === 0;
  }

  /** Takes all edits back, the last first. */
  takeBack(): void {
    for (const back of this.#back.reverse()) back();
  }

  /** Sets the vectors that a batch brings. `slots`: of its points. */
  *setVectors(
    slots: readonly number[],
    { dense, sparse }: VectorBatch,
    flats: readonly Float32Array[],
  ): Steps<void> {
    for (const [column, { name, points }] of dense.entries()) {
      const field = this.#shard.dense.get(name) as DenseField;
      const { dim } = field;
      const flat = flats[column] as Float32Array;
      const row = (index: number) => flat.subarray(index * dim, (index + 1) * dim);
      const added: number[] = [];
      const addedRows: number[] = [];
      yield* eachInSteps(points, (point, index) => {
        const slot = slots[point] as number;
        if (!field.has(slot)) {
          added.push(slot);
          addedRows.push(index);
          return;
        }
        this.#back.push(field.toRestore(slot));
        field.replace(slot, row(index));
      });
      if (added.length === 0) continue;
      this.#back.push(() => {
        for (const slot of added) field.delete(slot);
      });
      const together = added.length === points.length ? flat : new Float32Array(added.length * dim);
      if (together !== flat)
        addedRows.forEach((index, place) => {
          together.set(row(index), place * dim);
        });
      yield* field.addSteps(added, together);
    }
    for (const { name, points, vectors } of sparse) {
      points.forEach((point, index) => {
        const field = this.#shard.sparse.get(name) as SparseField;
        this.#setSparse(field, slots[point] as number, vectors[index] as SparseVector);
      });
    }
  }

  /** Deletes what vectors replaced points had and do not have any more. */
  deleteOtherVectors(slots: readonly number[], { dense, sparse }: VectorBatch): void {
    const bring = new Map([...dense, ...sparse].map(({ name, points }) => [name, new Set(points)]));
    slots.forEach((slot, point) => {
      if (slot >= this.#shard.points.nextSlot) return;
      for (const name of [...this.#shard.dense.keys(), ...this.#shard.sparse.keys()]) {
        const isText = this.#shard.sparse.get(name)?.isText ?? false;
        if (!isText && bring.get(name)?.has(point) !== true) this.deleteVector(name, slot, false);
      }
    });
  }

  /** @param mends - As {@link DenseField.delete}. */
  deleteVector(name: string, slot: number, mends: boolean): void {
    const dense = this.#shard.dense.get(name);
    if (dense?.has(slot)) this.#back.push(dense.delete(slot, mends));
    const sparse = this.#shard.sparse.get(name);
    if (!sparse?.has(slot)) return;
    this.#back.push(this.#toRestore(sparse, slot));
    sparse.delete(slot);
  }

  /** What brings the sparse vector of a slot back that will be replaced or deleted, or takes it away where there is none. */
  #toRestore(field: SparseField, slot: number): () => void {
    if (!field.has(slot)) return () => field.delete(slot);
    // Payloads are taken back before: they are changed after.
    if (field.isText) return () => field.set(slot, field.termsOf(this.#shard.payloads.get(slot)));
    const before = field.get(slot) as SparseVector;
    return () => field.set(slot, before);
  }

  /** Deletes a point with all that it has. @param mends - As {@link DenseField.delete}. */
  deletePoint(slot: number, mends: boolean): void {
    const { dense, sparse, points } = this.#shard;
    for (const name of [...dense.keys(), ...sparse.keys()]) this.deleteVector(name, slot, mends);
    this.setPayload(slot, null);
    const id = points.idOf(slot);
    points.delete(slot);
    this.#back.push(() => points.restore(slot, id));
  }

  setPayload(slot: number, payload: Payload | null): void {
    const before = this.#shard.payloads.get(slot);
    this.#back.push(() => this.#shard.payloads.set(slot, before));
    this.#shard.payloads.set(slot, payload);
  }

  /** Whether there are texts to index. */
  get hasTexts(): boolean {
    return [...this.#shard.sparse.values()].some(({ isText }) => isText);
  }

  /** Indexes the texts of a payload that a slot is about to get, where they are others than those that it has. */
  indexTexts(slot: number, payload: Payload | null): void {
    const before = this.#shard.payloads.known(slot);
    for (const field of this.#shard.sparse.values()) {
      if (!field.isText || (before && field.hasSameTexts(before, payload))) continue;
      const terms = field.termsOf(payload);
      if (terms.indices.length > 0 || field.has(slot)) this.#setSparse(field, slot, terms);
    }
  }

  #setSparse(field: SparseField, slot: number, vector: SparseVector): void {
    this.#back.push(this.#toRestore(field, slot));
    field.set(slot, vector);
  }
}
