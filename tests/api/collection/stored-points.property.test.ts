/**
Points read from a checkpoint's section are those that were written, in whatever order their payloads are asked for and
replaced; bytes that are none are damage.
*/
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VectorSearchError } from '../../../bindings/api/errors.js';
import { inChunks } from '../../../worker/collection/durable/records.js';
import { StoredPoints } from '../../../worker/collection/durable/stored-points.js';
import { PayloadStore } from '../../../worker/collection/payload/payload-store.js';
import { PointTable } from '../../../worker/collection/point-table.js';
import type { Payload, PointId } from '../../../worker/collection/types.js';

const utf8 = new TextEncoder();

const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const id: fc.Arbitrary<PointId> = fc.oneof(
  fc.maxSafeNat(),
  anyText.filter((text) => text !== ''),
  fc.constantFrom<PointId>('"', '\\', '\\"', 'a","b', '0', ',', 0, Number.MAX_SAFE_INTEGER),
);
const payload = fc.option(fc.dictionary(anyText, fc.jsonValue({ maxDepth: 2 })) as fc.Arbitrary<Payload>);
/** Of each slot; nothing where it has no point. */
const slots = fc
  .uniqueArray(id, { maxLength: 30 })
  .chain((ids) =>
    fc.tuple(...ids.map((each) => fc.option(fc.tuple(fc.constant(each), payload), { freq: 5 }))),
  );

function sectionOf(pieces: readonly (Uint8Array | string)[]): Uint8Array {
  return Uint8Array.from([...inChunks(pieces)].flatMap((chunk) => [...chunk]));
}

/** As JSON makes it: `-0` is 0 there, for one. */
function plain(value: Payload | null): Payload | null {
  return JSON.parse(JSON.stringify(value));
}

describe('stored points', () => {
  it('are those that were written', () => {
    const change = fc.record({
      slot: fc.nat(34),
      payload: fc.option(payload, { nil: undefined }),
      asJson: fc.boolean(),
    });
    fc.assert(
      fc.property(slots, fc.array(change), (written, changes) => {
        const pieces = written.map((each) => (each ? JSON.stringify(each) : ''));
        const encoded = pieces.map((each) => utf8.encode(each));
        expect(sectionOf(pieces)).toEqual(sectionOf(encoded));
        const points = new PointTable();
        const payloads = new PayloadStore();
        payloads.take(new StoredPoints(sectionOf(pieces), points));

        expect(points.nextSlot).toBe(written.length);
        written.forEach((each, slot) => {
          expect(points.live.has(slot)).toBe(each !== null);
          if (each === null) return;
          expect(points.idOf(slot)).toBe(each[0]);
          expect(points.slotOf(each[0])).toBe(slot);
        });
        const expected = written.map((each) => plain(each?.[1] ?? null));
        for (const { slot, payload, asJson } of changes) {
          if (payload !== undefined) payloads.set(slot, asJson ? JSON.stringify(payload) : payload);
          if (payload !== undefined) expected[slot] = payload;
          if (written[slot] !== null) expect(JSON.parse(payloads.json(slot))).toEqual(expected[slot] ?? null);
          expect(payloads.get(slot)).toEqual(expected[slot] ?? null);
        }
        for (let slot = 0; slot < 36; slot++)
          if (written[slot] !== null) expect(payloads.get(slot)).toEqual(expected[slot] ?? null);
        // All are read: as if each had been set.
        const set = new PayloadStore();
        for (let slot = 0; slot < 36; slot++) set.set(slot, expected[slot] ?? null);
        const places = Math.max(written.length, ...changes.map(({ slot }) => slot + 1));
        expect(payloads.memoryBytes - set.memoryBytes).toBeLessThanOrEqual(8 * places);
        expect(payloads.memoryBytes).toBeGreaterThanOrEqual(set.memoryBytes);
      }),
      { seed: 1 },
    );
  });

  it('take as much when they are numbered anew before they are read', () => {
    const points = new PointTable();
    const payloads = new PayloadStore();
    const text = 'x'.repeat(1000);
    payloads.take(
      new StoredPoints(sectionOf([0, 1, 2].map((slot) => JSON.stringify([slot, { text }]))), points),
    );
    const steps = payloads.renumberSteps([2, 1]);
    let step = steps.next();
    while (!step.done) step = steps.next();
    step.value();
    expect(payloads.memoryBytes).toBeGreaterThan(2000);
    for (const slot of [0, 1]) {
      expect(payloads.get(slot)).toEqual({ text });
      payloads.set(slot, null);
    }
    expect(payloads.memoryBytes).toBe(2 * 8);
  });

  it('are indexed as they are read', () => {
    const years = [1999, 2001, null, 1999];
    const section = sectionOf(
      years.map((year, slot) =>
        year === null ? new Uint8Array(0) : utf8.encode(JSON.stringify([slot, { year }])),
      ),
    );
    const points = new PointTable();
    const payloads = new PayloadStore();
    payloads.take(new StoredPoints(section, points));
    payloads.createIndex('year', 'integer');
    const lookup = {
      slotOf: (each: PointId) => points.slotOf(each),
      hasVector: () => false,
      live: points.live,
    };
    expect(payloads.facet('year', undefined, lookup)).toEqual(
      new Map([
        [1999, 2],
        [2001, 1],
      ]),
    );
  });

  it('are damage where bytes are none', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .constantFrom(
          '[',
          '[1',
          '["',
          '["a',
          '["a\\',
          '["a"',
          '[]',
          '[,1]',
          '[-1,{}]',
          '[1,{]',
          '{"a":1}',
          '[1,',
        )
        .map((text) => utf8.encode(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.nat(20), (pieces, cut) => {
        const section = sectionOf(pieces);
        try {
          const stored = new StoredPoints(
            section.subarray(0, Math.max(0, section.length - cut)),
            new PointTable(),
          );
          for (let slot = 0; slot < stored.slotCount; slot++) if (stored.has(slot)) stored.read(slot);
        } catch (error) {
          expect(error).toBeInstanceOf(VectorSearchError);
          expect(error).toHaveProperty('code', 'CORRUPT_DATA');
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
    for (const text of ['[', '["a', '[,1]', '[-1,{}]', '{"a":1}'])
      expect(() => new StoredPoints(sectionOf([utf8.encode(text)]), new PointTable())).toThrow('points');
  });
});
