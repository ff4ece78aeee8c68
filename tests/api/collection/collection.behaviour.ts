/** What a collection does, whatever keeps it. */
import type { Collection, CollectionOptions, Hits, Point, PointRecord } from 'vicinal/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { randomVectors, rowOf } from '../../support/vectors.js';
import { dim, type Open, pointsWith } from './support/points.js';
import { describeUpsert } from './upsert.behaviour.js';

/** `lateBatches`: how many more an `upsert` may take once its listener has stopped it, where that is told from afar. */
export function describeCollection(name: string, open: Open, lateBatches = 0): void {
  describe(name, () => {
    let collection: Collection;
    const opened = async (options: Partial<CollectionOptions> = {}) => {
      collection = await open({ dim, ...options });
      return collection;
    };
    afterEach(() => collection?.close());
    /** Gives a group of tests that change nothing one collection. */
    const sharing = (points: readonly Point[]) => {
      let shared: Collection;
      beforeAll(async () => {
        shared = await open({ dim });
        await shared.upsert(points);
      });
      afterAll(() => shared.close());
      return () => shared;
    };

    const idsOf = (hits: Hits | PointRecord[]) => hits.map(({ id }) => id);
    const scrolled = async (request?: Parameters<Collection['scroll']>[0]) => {
      const records: PointRecord[] = [];
      for await (const record of collection.scroll(request)) records.push(record);
      return records;
    };

    describeUpsert(open, lateBatches);

    describe('delete', () => {
      it('removes points by id, and ignores ids that no point has', async () => {
        await opened();
        const points = pointsWith(10);
        await collection.upsert(points);
        expect(await collection.delete([1, 2, 77, 1])).toEqual({ count: 2 });
        expect(idsOf(await scrolled())).toEqual([0, 3, 4, 5, 6, 7, 8, 9]);
        const hits = await collection.search(points[1]?.vector as Float32Array, { k: 10 });
        expect(idsOf(hits).sort()).toEqual([0, 3, 4, 5, 6, 7, 8, 9]);
      });

      it('removes points by filter', async () => {
        await opened();
        await collection.upsert(pointsWith(9));
        expect(
          await collection.delete({ filter: { must: { key: 'color', match: { value: 'red' } } } }),
        ).toEqual({
          count: 3,
        });
        expect(await collection.count()).toBe(6);
      });

      it('refuses a selector that is none, so that a slip deletes nothing', async () => {
        await opened();
        await collection.upsert(pointsWith(3));
        for (const selector of [{}, { filtre: {} }, { points: [1], filter: {} }, null, 'all'])
          await expect(collection.delete(selector as never)).rejects.toMatchObject({
            code: 'INVALID_ARGUMENT',
          });
        expect(await collection.count()).toBe(3);
      });
    });

    describe('retrieve', () => {
      it('returns points in the order of the ids, without those that there are not', async () => {
        await opened();
        await collection.upsert(pointsWith(5));
        expect(idsOf(await collection.retrieve([4, 99, 0]))).toEqual([4, 0]);
      });

      it('returns what is asked for', async () => {
        await opened();
        const points = pointsWith(2);
        await collection.upsert(points);
        const [bare] = await collection.retrieve([1], { withPayload: false });
        expect(bare).toEqual({ id: 1 });
        const [full] = await collection.retrieve([1], { withPayload: ['color'], withVector: true });
        expect(full?.payload).toEqual({ color: 'green' });
        expect(full?.vector).toEqual(points[1]?.vector);
      });
    });

    describe('search', () => {
      it('finds k that match wherever k match', async () => {
        await opened();
        const points = pointsWith(60);
        await collection.upsert(points);
        const filter = { must: [{ key: 'number', range: { gte: 50 } }] };
        const hits = await collection.search(points[0]?.vector as Float32Array, { k: 20, filter });
        expect(idsOf(hits).sort()).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
      });

      it('leaves out the first, and those below a score', async () => {
        await opened();
        const points = pointsWith(30);
        await collection.upsert(points);
        const query = points[3]?.vector as Float32Array;
        const all = await collection.search(query, { k: 30 });
        expect(await collection.search(query, { k: 5, offset: 4 })).toEqual(all.slice(4, 9));
        const scoreThreshold = all[6]?.score as number;
        expect(await collection.search(query, { k: 30, scoreThreshold })).toEqual(all.slice(0, 7));
      });

      it('explains itself', async () => {
        await opened({ payloadIndex: { color: 'keyword' } });
        await collection.upsert(pointsWith(30));
        const filter = { must: [{ key: 'color', match: { value: 'red' } }] };
        const hits = await collection.search(randomVectors(1, dim, 3), { filter, explain: true });
        const { explanation = [] } = hits;
        expect(explanation.reduce((sum, { matched }) => sum + matched, 0)).toBe(10);
        expect(explanation[0]).toMatchObject({ strategy: 'scan', filter: { clauses: [{ by: 'index' }] } });
      });

      it('answers many queries at once as one by one', async () => {
        await opened();
        await collection.upsert(pointsWith(40));
        const queries = [2, 3, 5].map((seed) => randomVectors(1, dim, seed));
        const each = await Promise.all(queries.map((query) => collection.search(query, { k: 4 })));
        const batch = await collection.searchBatch(queries, { k: 4 });
        expect(batch.map(idsOf)).toEqual(each.map(idsOf));
      });

      describe('refuses', () => {
        const shared = sharing(pointsWith(3));
        it.each([
          ['k of 0', { k: 0 }, 'INVALID_ARGUMENT'],
          ['an offset below 0', { offset: -1 }, 'INVALID_ARGUMENT'],
          ['a filter with an unknown key', { filter: { must: [{ kee: 'a' }] } }, 'INVALID_ARGUMENT'],
          ['an unknown option', { limit: 3 }, 'INVALID_ARGUMENT'],
          ['an unknown vector', { using: 'image' }, 'INVALID_ARGUMENT'],
          ['an unknown parameter', { params: { ef: 3 } }, 'INVALID_ARGUMENT'],
        ])('%s', async (_, options, code) => {
          await expect(shared().search(randomVectors(1, dim, 1), options as never)).rejects.toMatchObject({
            code,
          });
        });
      });

      it('keeps hits for the same question, and forgets them with the next change', async () => {
        await opened();
        const points = pointsWith(10);
        await collection.upsert(points);
        const query = points[0]?.vector as Float32Array;
        const first = await collection.search(query);
        // The caller may do with hits what it likes.
        first.pop();
        expect((await collection.search(query)).length).toBe(10);
        expect((await collection.metrics()).counters).toMatchObject({ cacheHits: 1, cacheMisses: 1 });
        await collection.delete([0]);
        expect(idsOf(await collection.search(query))).not.toContain(0);
      });
    });

    describe('payloads', () => {
      it('are set key by key, overwritten, deleted and cleared', async () => {
        await opened({ payloadIndex: { color: 'keyword' } });
        await collection.upsert(pointsWith(6));
        const payloadOf = async (id: number) => (await collection.retrieve([id]))[0]?.payload;
        expect(await collection.setPayload({ color: 'black' }, [0, 1])).toEqual({ count: 2 });
        expect(await payloadOf(0)).toEqual({ number: 0, color: 'black', even: true });
        const black = { must: [{ key: 'color', match: { value: 'black' } }] };
        expect(await collection.count({ filter: black })).toBe(2);
        await collection.setPayload({ deep: 1 }, { points: [2] }, { key: 'more' });
        expect(await payloadOf(2)).toMatchObject({ more: { deep: 1 } });
        await collection.overwritePayload({ only: 'this' }, [3]);
        expect(await payloadOf(3)).toEqual({ only: 'this' });
        await collection.deletePayload(['color', 'number'], { filter: black });
        expect(await payloadOf(0)).toEqual({ even: true });
        await collection.clearPayload([4]);
        expect(await payloadOf(4)).toBeNull();
      });

      it('are indexed later, too', async () => {
        await opened({ payloadIndex: { number: undefined } });
        await collection.upsert(pointsWith(12));
        expect((await collection.info()).payloadSchema).toEqual({});
        await collection.createPayloadIndex('number', 'integer');
        expect((await collection.info()).payloadSchema).toMatchObject({ number: { points: 12 } });
        const filter = { must: [{ key: 'number', range: { lt: 5 } }] };
        expect(await collection.count({ filter })).toBe(5);
        await collection.deletePayloadIndex('number');
        expect((await collection.info()).payloadSchema).toEqual({});
        expect(await collection.count({ filter })).toBe(5);
      });
    });

    describe('scroll', () => {
      it('lists points in the order of their ids, numbers before strings', async () => {
        await opened();
        const ids = ['b', 10, 'a', 2, 33];
        await collection.upsert(
          pointsWith(5).map((point, i) => ({ ...point, id: ids[i] as string | number })),
        );
        expect(idsOf(await scrolled())).toEqual([2, 10, 33, 'a', 'b']);
        expect(idsOf(await scrolled({ offset: 10, limit: 3 }))).toEqual([10, 33, 'a']);
      });

      it('goes on over pages', async () => {
        await opened();
        await collection.upsert(pointsWith(1000));
        expect(
          idsOf(await scrolled({ filter: { must: [{ key: 'even', match: { value: true } }] } })),
        ).toEqual(Array.from({ length: 500 }, (_, i) => 2 * i));
      });

      it('goes by a field', async () => {
        await opened({ payloadIndex: { number: 'integer' } });
        await collection.upsert(pointsWith(400));
        const records = await scrolled({
          orderBy: { key: 'number', direction: 'desc', startFrom: 300 },
          limit: 290,
        });
        expect(idsOf(records)).toEqual(Array.from({ length: 290 }, (_, i) => 300 - i));
      });
    });

    describe('facet', () => {
      it('counts values, most first', async () => {
        await opened({ payloadIndex: { color: 'keyword' } });
        await collection.upsert(pointsWith(10));
        expect(await collection.facet({ key: 'color' })).toEqual([
          { value: 'red', count: 4 },
          { value: 'blue', count: 3 },
          { value: 'green', count: 3 },
        ]);
        const filter = { must: [{ key: 'even', match: { value: true } }] };
        expect(await collection.facet({ key: 'color', filter, limit: 1 })).toEqual([
          { value: 'blue', count: 2 },
        ]);
      });
    });

    describe('vectors with names', () => {
      const config = {
        dim: undefined,
        vectors: { text: { dim, metric: 'cosine' }, image: { dim: 2, metric: 'euclidean' } },
        sparseVectors: { words: {} },
      } as unknown as CollectionOptions;

      it('are searched by name, by whoever has them', async () => {
        await opened(config);
        const rows = randomVectors(3, dim, 1);
        await collection.upsert([
          { id: 1, vector: { text: rowOf(rows, dim, 0), image: [0, 0] } },
          { id: 2, vector: { image: [1, 0], words: { indices: [7, 3], values: [1, 2] } } },
          { id: 3, vector: { text: rowOf(rows, dim, 2), words: { indices: [3], values: [1] } } },
        ]);
        expect(idsOf(await collection.search([1, 0], { using: 'image' }))).toEqual([2, 1]);
        expect(idsOf(await collection.search(rowOf(rows, dim, 2), { using: 'text' }))).toEqual([3, 1]);
        const words = await collection.query({ query: { indices: [3], values: [1] }, using: 'words' });
        expect(words.map(({ id, score }) => [id, score])).toEqual([
          [2, 2],
          [3, 1],
        ]);
        const [record] = await collection.retrieve([2], { withVector: true });
        expect(record?.vector).toEqual({
          image: Float32Array.of(1, 0),
          words: { indices: Uint32Array.of(3, 7), values: Float32Array.of(2, 1) },
        });
        expect(await collection.count({ filter: { must: { has_vector: 'words' } } })).toBe(2);
      });

      it('are changed and deleted one by one', async () => {
        await opened(config);
        await collection.upsert([
          { id: 1, vector: { image: [0, 0] } },
          { id: 2, vector: { image: [1, 0] } },
        ]);
        await collection.updateVectors([
          { id: 1, vector: { image: [9, 9], words: { indices: [1], values: [1] } } },
        ]);
        expect((await collection.search([9, 9], { using: 'image', k: 1 }))[0]?.id).toBe(1);
        await expect(collection.updateVectors([{ id: 77, vector: { image: [0, 0] } }])).rejects.toMatchObject(
          { code: 'NOT_FOUND', actual: 77 },
        );
        expect(await collection.deleteVectors(['image'], [1])).toEqual({ count: 1 });
        expect(idsOf(await collection.search([9, 9], { using: 'image' }))).toEqual([2]);
        expect(await collection.count()).toBe(2);
      });
    });

    describe('texts', () => {
      it('are found by their words, and together with vectors', async () => {
        await opened({ sparseVectors: { words: { text: { fields: ['title', 'body'] } } } });
        const rows = randomVectors(3, dim, 1);
        const texts = ['The lost sheep', 'The lost coin and the sheep', 'A sower went out'];
        await collection.upsert(
          texts.map((title, id) => ({ id, vector: rowOf(rows, dim, id), payload: { title } })),
        );
        const hits = await collection.query({ query: { text: 'sheep losing' }, using: 'words' });
        expect(idsOf(hits)).toEqual([0, 1]);
        const fused = await collection.query({
          prefetch: [{ query: rowOf(rows, dim, 2) }, { query: { text: 'sower' }, using: 'words' }],
          query: { fusion: 'rrf' },
          withPayload: true,
        });
        expect(fused[0]).toMatchObject({ id: 2, payload: { title: 'A sower went out' } });
        await collection.setPayload({ title: 'Nothing of that kind' }, [0]);
        expect(idsOf(await collection.query({ query: { text: 'sheep' }, using: 'words' }))).toEqual([1]);
        await collection.delete([1]);
        expect(await collection.query({ query: { text: 'sheep' }, using: 'words' })).toEqual([]);
      });
    });

    describe('texts that are embedded', () => {
      const embed = async (texts: readonly string[]) =>
        texts.map((text) =>
          Float32Array.from({ length: dim }, (_, i) => (text.charCodeAt(i % text.length) % 7) + 1),
        );

      it('are taken and searched for', async () => {
        await opened({ embed, model: 'letters' });
        await collection.upsert([
          { id: 1, text: 'abcdefgh', payload: { text: 'abcdefgh' } },
          { id: 2, text: 'zzzzzzzz' },
        ]);
        expect((await collection.search('abcdefgh', { k: 1 }))[0]?.id).toBe(1);
        expect((await collection.info()).model).toBe('letters');
      });

      it('refuses vectors of another length, and names the model', async () => {
        await opened({ embed: async (texts) => texts.map(() => [1, 2, 3]), model: 'letters' });
        await expect(collection.upsert([{ id: 1, text: 'a' }])).rejects.toMatchObject({
          code: 'DIMENSION_MISMATCH',
          expected: '8 dimensions in a vector of the model letters',
          actual: 3,
        });
      });
    });

    describe('calls', () => {
      it('are stopped while they wait', async () => {
        await opened();
        const controller = new AbortController();
        const first = collection.upsert(pointsWith(100), { batchSize: 1 });
        const second = collection.delete([1], { signal: controller.signal });
        controller.abort(new Error('changed my mind'));
        await expect(second).rejects.toThrow('changed my mind');
        await first;
        expect(await collection.count()).toBe(100);
      });

      it('reject once the collection is closed', async () => {
        await opened();
        await collection.upsert(pointsWith(3));
        const waiting = collection.search(randomVectors(1, dim, 1));
        const closed = collection.close();
        await expect(waiting).rejects.toMatchObject({ code: 'DISPOSED' });
        await closed;
        await expect(collection.count()).rejects.toMatchObject({ code: 'DISPOSED' });
        await collection.close();
      });
    });

    describe('info and metrics', () => {
      it('tell what there is', async () => {
        await opened({ index: 'hnsw' });
        await collection.upsert(pointsWith(30));
        await collection.search(randomVectors(1, dim, 1));
        const info = await collection.info();
        expect(info).toMatchObject({ pointsCount: 30, status: 'green' });
        expect(info.vectors['']).toMatchObject({ dim, count: 30, index: 'hnsw' });
        expect(info.shards.reduce((sum, { pointsCount }) => sum + (pointsCount ?? 0), 0)).toBe(30);
        const { operations, gauges } = await collection.metrics();
        expect(operations.search?.count).toBe(1);
        expect(gauges).toMatchObject({ points: 30, vectors: 30, workers: info.shards.length });
        expect(await collection.prometheus()).toContain('vicinal_operation_seconds_count{collection="');
      });
    });

    it('answers searches while it optimizes', async () => {
      const [rowCount, width] = [8000, 192];
      collection = await open({ dim: width, index: 'ivf', metric: 'euclidean' });
      const rows = randomVectors(rowCount, width, 3);
      await collection.upsert({ ids: Uint32Array.from({ length: rowCount }, (_, id) => id), vectors: rows });
      let isOver = false;
      const optimized = collection.optimize().then(() => {
        isOver = true;
      });
      // The first may come before, and one more waits for the end, where none is answered meanwhile.
      let answered = 0;
      for (let id = 0; !isOver; id++) {
        const [nearest] = await collection.search(rowOf(rows, width, id), { k: 1, params: { exact: true } });
        expect(nearest?.id).toBe(id);
        answered++;
      }
      await optimized;
      expect(answered).toBeGreaterThan(3);
    });

    it('optimizes: what is searched is as before', async () => {
      await opened({ index: 'hnsw' });
      const points = pointsWith(300);
      await collection.upsert(points);
      await collection.delete({ filter: { must: [{ key: 'number', range: { lt: 100 } }] } });
      const query = points[200]?.vector as Float32Array;
      const before = await collection.search(query, { params: { exact: true } });
      await collection.optimize();
      expect(await collection.search(query, { params: { exact: true } })).toEqual(before);
      expect(await collection.count()).toBe(200);
    });
  });
}
