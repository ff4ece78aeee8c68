/** A property: whatever was added, deleted and restored in between, points are in the order of their ids. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PointTable } from '../../../worker/collection/point-table.js';
import { comparePointIds } from '../../../worker/collection/query/order.js';
import type { PointId } from '../../../worker/collection/types.js';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('add' as const), key: fc.nat(1_000_000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('delete', 'replace'), key: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('restore' as const), key: fc.nat(1000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ask' as const), key: fc.nat(1_000_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('renumber' as const), key: fc.nat(1) }) },
);

const idOf = (key: number): PointId => (key % 2 === 0 ? key : `id ${key}`);

it('points are in the order of their ids', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const table = new PointTable();
      const live = new Map<PointId, number>();
      let deleted: [slot: number, id: PointId] | undefined;
      const remove = (key: number) => {
        const entry = [...live][key % live.size];
        if (entry === undefined) return undefined;
        const [id, slot] = entry;
        table.delete(slot);
        live.delete(id);
        return [slot, id] as [number, PointId];
      };
      const add = (id: PointId) => {
        if (live.has(id)) return;
        live.set(id, table.nextSlot);
        table.add(id);
        if (deleted?.[1] === id) deleted = undefined;
      };
      const check = (key: number) => {
        const expected = [...live.keys()].sort(comparePointIds);
        expect(table.inOrder().map((slot) => table.idOf(slot))).toEqual(expected);
        const id = idOf(key);
        expect(table.positionOf(id, true)).toBe(
          expected.filter((each) => comparePointIds(each, id) < 0).length,
        );
      };
      for (const { type, key } of steps) {
        if (type === 'add') add(idOf(key));
        else if (type === 'delete') deleted = remove(key) ?? deleted;
        else if (type === 'replace') {
          const removed = remove(key);
          if (removed !== undefined) add(removed[1]);
        } else if (type === 'restore' && deleted !== undefined && !live.has(deleted[1])) {
          table.restore(...deleted);
          live.set(deleted[1], deleted[0]);
          deleted = undefined;
        } else if (type === 'renumber') {
          const order = [...live.values()].sort((a, b) => a - b);
          const ids = order.map((slot) => table.idOf(slot));
          table.renumber(order);
          ids.forEach((id, slot) => {
            live.set(id, slot);
          });
          deleted = undefined;
        } else if (type === 'ask') check(key);
      }
      check(0);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
