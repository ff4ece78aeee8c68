/**
Places, as two columns of degrees. A shape is asked of every place, coarse bounds first.

@module
*/
import type { ValueTest } from '../../filter/checked.js';
import { placeTest } from '../../filter/geo.js';
import { type IsMatch, isPlace } from '../../filter/value-test.js';
import type { JsonValue } from '../../types.js';
import { Entries } from './entries.js';
import { type Answer, setBit, type ValueIndex } from './value-index.js';

/** An index of places. */
export class GeoIndex implements ValueIndex {
  readonly #entries = new Entries(new Float64Array(0), Number.NaN, 2);

  get points(): number {
    return this.#entries.slotCount;
  }

  get size(): number {
    return this.#entries.length;
  }

  get memoryBytes(): number {
    return this.#entries.memoryBytes;
  }

  set(slot: number, values: readonly JsonValue[]): boolean {
    const places = values.filter(isPlace);
    this.#entries.replace(
      slot,
      places.flatMap(({ lon, lat }) => [lon, lat]),
    );
    return places.length === values.length;
  }

  select(test: ValueTest, _isMatch: IsMatch, words: Uint32Array): Answer {
    // Objects are none of the strings or numbers that a test can exclude.
    const isInside = test.type === 'except' ? () => true : placeTest(test);
    if (isInside === undefined) return 'exact';
    const { slots, values, length } = this.#entries;
    for (let i = 0; i < length; i++) {
      const lon = values[2 * i] as number;
      if (!Number.isNaN(lon) && isInside(lon, values[2 * i + 1] as number)) setBit(words, slots[i] as number);
    }
    return 'exact';
  }
}
