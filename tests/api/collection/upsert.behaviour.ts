/** How a collection takes points, whatever keeps it. */
import type { Collection, CollectionOptions, Point } from 'vicinal/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomVectors, rowOf } from '../../support/vectors.js';
import { dim, type Open, pointsWith, WatchedSource } from './support/points.js';

/** `lateBatches`: how many more an `upsert` may take once its listener has stopped it, where that is told from afar. */
export function describeUpsert(open: Open, lateBatches: number): void {
  describe('upsert', () => {
    let collection: Collection;
    const opened = async (options: Partial<CollectionOptions> = {}) => {
      collection = await open({ dim, ...options });
      return collection;
    };
    afterEach(() => collection?.close());

    it('takes points, and finds them', async () => {
      await opened();
      const points = pointsWith(50);
      expect(await collection.upsert(points)).toEqual({ count: 50 });
      expect(await collection.count()).toBe(50);
      const hits = await collection.search(points[7]?.vector as Float32Array, { k: 3, withPayload: true });
      expect(hits[0]?.id).toBe(7);
      expect(hits[0]?.score).toBeCloseTo(1, 5);
      expect(hits[0]?.distance).toBeCloseTo(0, 5);
      expect(hits[0]?.payload).toEqual(points[7]?.payload);
      expect(hits[1]?.score).toBeGreaterThanOrEqual(hits[2]?.score as number);
    });

    it('replaces a point of the same id, payload and all', async () => {
      await opened();
      await collection.upsert(pointsWith(5));
      const [other] = pointsWith(1, 99);
      await collection.upsert([{ id: 3, vector: other?.vector as Float32Array }]);
      expect(await collection.count()).toBe(5);
      const [record] = await collection.retrieve([3], { withVector: true });
      expect(record?.payload).toBeNull();
      expect((await collection.search(other?.vector as Float32Array, { k: 1 }))[0]?.id).toBe(3);
    });

    it('takes the last of points with the same id', async () => {
      await opened();
      const points = pointsWith(2).map((point) => ({ ...point, id: 'same' }));
      expect(await collection.upsert(points)).toEqual({ count: 2 });
      const [record] = await collection.retrieve(['same']);
      expect(record?.payload).toEqual(points[1]?.payload);
    });

    it('tells the number 1 from the text "1"', async () => {
      await opened();
      const [one, text] = pointsWith(2);
      await collection.upsert([
        { ...one, id: 1 },
        { ...text, id: '1' },
      ]);
      expect(await collection.count()).toBe(2);
      expect((await collection.retrieve(['1']))[0]?.payload).toEqual(text?.payload);
    });

    it('takes columns', async () => {
      await opened();
      const rows = randomVectors(20, dim, 4);
      const ids = Array.from({ length: 20 }, (_, i) => `row ${i}`);
      const payloads = ids.map((_, number) => ({ number }));
      expect(await collection.upsert({ ids, vectors: rows, payloads })).toEqual({ count: 20 });
      const hits = await collection.search(rowOf(rows, dim, 11), { k: 1, withPayload: true });
      expect(hits[0]).toMatchObject({ id: 'row 11', payload: { number: 11 } });
      const keys = Uint32Array.from({ length: 20 }, (_, i) => 4_294_967_295 - i);
      expect(await collection.upsert({ ids: keys, vectors: rows })).toEqual({ count: 20 });
      expect((await collection.retrieve([4_294_967_292], { withVector: true }))[0]?.vector).toEqual(
        (await collection.retrieve(['row 3'], { withVector: true }))[0]?.vector,
      );
    });

    it('takes large payloads a few at a time', async () => {
      await opened();
      const text = 'a'.repeat(500_000);
      const source = new WatchedSource(pointsWith(80).map((point) => ({ ...point, payload: { text } })));
      await collection.upsert(source, {
        onProgress: ({ phase, done }) => {
          if (phase === 'upsert') source.acknowledge(done);
        },
      });
      expect(await collection.count()).toBe(80);
      expect(source.widest).toBeLessThanOrEqual(50);
    });

    it('tells how many of an array of several batches were taken', async () => {
      await opened();
      const text = 'a'.repeat(500_000);
      const points: Point[] = pointsWith(40).map((point) => ({ ...point, payload: { text } }));
      const wrong = { id: -1, vector: new Float32Array(dim) };
      const stopped = await collection.upsert([...points, wrong]).catch((error) => error);
      expect(stopped).toMatchObject({ code: 'STOPPED', actual: 40 });
      expect(await collection.count()).toBe(40);
      // As many as it is told to are one batch, however large.
      const call = collection.upsert(
        [...points.map((point) => ({ ...point, id: `new ${point.id}` })), wrong],
        {
          batchSize: 41,
        },
      );
      await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(await collection.count()).toBe(40);
    });

    it('takes an async iterable, and asks it for no more than it can send', async () => {
      await opened();
      const source = new WatchedSource(pointsWith(200));
      const phases = new Set<string>();
      await collection.upsert(source, {
        batchSize: 10,
        onProgress: ({ phase, done }) => {
          phases.add(phase);
          if (phase === 'upsert') source.acknowledge(done);
        },
      });
      expect(await collection.count()).toBe(200);
      expect(source.widest).toBeLessThanOrEqual(40);
      expect(phases).toContain('upsert');
    });

    it('tells what was taken when it is stopped', async () => {
      await opened();
      const controller = new AbortController();
      const upsert = collection.upsert(pointsWith(100), {
        batchSize: 10,
        signal: controller.signal,
        onProgress: ({ done }) => {
          if (done === 40) controller.abort(new Error('enough'));
        },
      });
      const error = await upsert.catch((reason) => reason);
      expect(error).toMatchObject({ code: 'STOPPED', expected: 100, cause: { message: 'enough' } });
      expect(error.actual).toBeGreaterThanOrEqual(40);
      expect(error.actual).toBeLessThanOrEqual(40 + 10 * (3 + lateBatches));
      expect(await collection.count()).toBe(error.actual);
    });

    it('is acknowledged in order, however many are asked for at once, and one that fails is not in the way', async () => {
      await opened();
      const points = pointsWith(60);
      const order: number[] = [];
      const made = points.map(async (point, number) => {
        const wrong = { ...point, vector: Float32Array.of(1) };
        const change = number % 10 === 9 ? collection.upsert([wrong]) : collection.upsert([point]);
        await change.catch((error) => expect(error).toMatchObject({ code: 'DIMENSION_MISMATCH' }));
        order.push(number);
      });
      const removed = collection.delete([points[0]?.id as number]);
      await Promise.all([...made, removed]);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(await collection.count()).toBe(53);
    });

    it('tells what was taken when its listener throws', async () => {
      await opened();
      const upsert = collection.upsert(pointsWith(100), {
        batchSize: 10,
        onProgress: ({ done }) => {
          if (done === 40) throw new Error('enough');
        },
      });
      const error = await upsert.catch((reason) => reason);
      expect(error).toMatchObject({ code: 'STOPPED', expected: 100, cause: { message: 'enough' } });
      expect(error.actual).toBeGreaterThanOrEqual(40);
      expect(await collection.count()).toBe(error.actual);
    });

    it('tells what was taken when the collection is closed', async () => {
      await opened();
      let closed: Promise<void> | undefined;
      const upsert = collection.upsert(pointsWith(100), {
        batchSize: 10,
        onProgress: ({ done }) => {
          if (done >= 40) closed ??= collection.close();
        },
      });
      const error = await upsert.catch((reason) => reason);
      expect(error).toMatchObject({ code: 'STOPPED', expected: 100, cause: { code: 'DISPOSED' } });
      expect(error.actual).toBeGreaterThanOrEqual(40);
      await closed;
    });

    it('tells what was taken when the source throws', async () => {
      await opened();
      function* source() {
        yield* pointsWith(25);
        throw new Error('no more');
      }
      await expect(collection.upsert(source(), { batchSize: 10 })).rejects.toMatchObject({
        code: 'STOPPED',
        actual: 25,
        cause: { message: 'no more' },
      });
      expect(await collection.count()).toBe(25);
    });

    it('takes nothing of an array with a wrong point; of what is iterated over, what comes before it', async () => {
      await opened();
      const points: Point[] = pointsWith(5);
      points.push({ id: 5, vector: [1, 2] });
      const wrong = {
        code: 'DIMENSION_MISMATCH',
        expected: '8 dimensions in the vector of point 5',
        actual: 2,
      };
      await expect(collection.upsert(points)).rejects.toMatchObject(wrong);
      expect(await collection.count()).toBe(0);
      await expect(collection.upsert(points.values())).rejects.toMatchObject({
        code: 'STOPPED',
        actual: 5,
        cause: wrong,
      });
      expect(await collection.count()).toBe(5);
    });

    describe('refuses', () => {
      let shared: Collection;
      beforeAll(async () => {
        shared = await open({ dim });
      });
      afterAll(() => shared.close());
      it.each([
        ['NaN', [{ id: 9, vector: [Number.NaN, 1, 1, 1, 1, 1, 1, 1] }], 'NOT_FINITE'],
        ['zeros under cosine', [{ id: 9, vector: new Float32Array(dim) }], 'ZERO_VECTOR'],
        ['an id below 0', [{ id: -1 }], 'INVALID_ARGUMENT'],
        ['an empty id', [{ id: '' }], 'INVALID_ARGUMENT'],
        ['no object', [7], 'INVALID_ARGUMENT'],
        ['a key of its own', [{ id: 1, title: 'x' }], 'INVALID_ARGUMENT'],
        ['a name of no vector', [{ id: 1, vector: { image: [1] } }], 'INVALID_ARGUMENT'],
        ['a payload that is no JSON', [{ id: 1, payload: { when: new Date(0) } }], 'INVALID_ARGUMENT'],
        ['a text without embed', [{ id: 1, text: 'words' }], 'INVALID_ARGUMENT'],
        ['no points at all', 'points', 'INVALID_ARGUMENT'],
      ])('%s', async (_, points, code) => {
        await expect(shared.upsert(points as never)).rejects.toMatchObject({ code });
        expect(await shared.count()).toBe(0);
      });
    });
  });
}
