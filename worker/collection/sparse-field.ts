/**
One sparse vector of the points of a shard: given with them, or made from texts in their payloads.

@module
*/
import { SparseIndex } from '../../bindings/api/sparse-index.js';
import type { Steps } from '../../bindings/api/steps.js';
import type { SparseStatistics, SparseVector } from '../../bindings/api/types.js';
import type { FieldHits } from './dense-field.js';
import { eachInSteps } from './each-in-steps.js';
import { parsePath, someValueAt } from './payload/path.js';
import { RemovedCount } from './removed-count.js';
import { TextAnalyzer } from './text/terms.js';
import type { Payload, SparseVectorConfig } from './types.js';

export class SparseField {
  /** Whether it is made from texts. */
  readonly isText: boolean;
  #index: SparseIndex;
  readonly #analyzer: TextAnalyzer | undefined;
  readonly #textOf: (payload: Payload | null) => string;
  #changedFrom = 0;
  readonly #removed = new RemovedCount(() => this.#index.compact());

  /** @throws {VectorSearchError} as the index's constructor, and for a language that there is not. */
  static async open(config: SparseVectorConfig): Promise<SparseField> {
    if (config.text === undefined) return new SparseField(config, undefined);
    const analyzer = await TextAnalyzer.load(config.text);
    return new SparseField(config, analyzer);
  }

  private constructor({ modifier = 'none', text }: SparseVectorConfig, analyzer: TextAnalyzer | undefined) {
    this.#analyzer = analyzer;
    this.isText = text !== undefined;
    const { k1, b } = text ?? {};
    this.#index = new SparseIndex(
      text === undefined
        ? { scoring: 'dot', modifier }
        : { scoring: 'bm25', ...(k1 !== undefined && { k1 }), ...(b !== undefined && { b }) },
    );
    const paths = (text?.fields ?? []).map((field) => parsePath(field, 'fields'));
    this.#textOf = (payload) => {
      const texts: string[] = [];
      for (const path of paths) {
        someValueAt(payload, path, (value) => {
          if (typeof value === 'string') texts.push(value);
          return false;
        });
      }
      return texts.join('\n');
    };
  }

  get size(): number {
    return this.#index.size;
  }

  get memoryBytes(): number {
    return this.#index.stats().memoryBytes;
  }

  /** All slots before it have the vectors that they had at the last {@link noteWritten}. */
  get changedFrom(): number {
    return this.#changedFrom;
  }

  noteWritten(): void {
    this.#changedFrom = Number.POSITIVE_INFINITY;
  }

  has(slot: number): boolean {
    return this.#index.has(slot);
  }

  get(slot: number): SparseVector | undefined {
    return this.has(slot) ? this.#index.get(slot) : undefined;
  }

  /** Sets the vector of a slot; an empty one is none. */
  set(slot: number, vector: SparseVector): void {
    if (vector.indices.length === 0) {
      this.delete(slot);
      return;
    }
    const isReplaced = this.has(slot);
    this.#index.set(slot, vector);
    this.#noteChange(slot, isReplaced);
  }

  /** Sets the vectors of slots that have none, of records as {@link SparseIndex.setRecords} takes them. */
  setRecords(records: Uint32Array): void {
    this.#index.setRecords(records);
  }

  delete(slot: number): void {
    if (!this.has(slot)) return;
    this.#index.remove(slot);
    this.#noteChange(slot, true);
  }

  #noteChange(slot: number, leavesSpace: boolean): void {
    this.#changedFrom = Math.min(this.#changedFrom, slot);
    if (leavesSpace) this.#removed.add(1);
  }

  /** Reclaims the space of what was removed, where that is most of it. To be called after a change. */
  reclaim(): void {
    this.#removed.reclaim(this.size);
  }

  /** The terms of the texts in a payload, and how often each stands there. */
  termsOf(payload: Payload | null): SparseVector {
    return this.termsIn(this.#textOf(payload));
  }

  /** Whether two payloads have the same texts. */
  hasSameTexts(before: Payload | null, after: Payload | null): boolean {
    return this.#textOf(before) === this.#textOf(after);
  }

  /** The terms of a text. */
  termsIn(text: string): SparseVector {
    return this.#analyzer?.terms(text) ?? { indices: new Uint32Array(0), values: new Float32Array(0) };
  }

  statistics(indices: Uint32Array): SparseStatistics {
    return this.#index.statistics(indices);
  }

  search(
    query: SparseVector,
    k: number,
    bits: Uint32Array | undefined,
    scoreThreshold: number | undefined,
    statistics: SparseStatistics | undefined,
  ): FieldHits {
    const { ids, scores, distances } = this.#index.search(query, k, {
      ...(bits !== undefined && { filter: { bits } }),
      ...(scoreThreshold !== undefined && { scoreThreshold }),
      ...(statistics !== undefined && { statistics }),
    });
    return { slots: ids, scores, distances };
  }

  /** An index for slots that are numbered anew. `order`: those that are kept, as they will follow one another. */
  *renumberedSteps(order: readonly number[]): Steps<SparseIndex> {
    const { k1, b, ...others } = this.#index.options;
    // They are parameters of BM25 alone.
    const index = new SparseIndex(others.scoring === 'bm25' ? { ...others, k1, b } : others);
    let done = false;
    try {
      yield* eachInSteps(order, (before, slot) => {
        if (this.has(before)) index.set(slot, this.#index.get(before));
      });
      done = true;
      return index;
    } finally {
      if (!done) index.dispose();
    }
  }

  /** Takes in what {@link renumberedSteps} has made. */
  take(index: SparseIndex): void {
    this.#index.dispose();
    this.#index = index;
    this.#changedFrom = 0;
    this.#removed.reset();
  }

  compact(): void {
    this.#index.compact();
    this.#removed.reset();
  }

  dispose(): void {
    this.#index.dispose();
  }
}
