/**
What every search engine does, whichever thread it lives in.

@module
*/
import {
  type EngineOptions,
  type Metric,
  SearchResults,
  type VectorSearchEngine,
  VectorSearchError,
} from 'vicinal';
import { afterEach, describe, expect, it } from 'vitest';
import { naiveSearch, randomVectors, rowOf } from '../support/vectors.js';
import { type Awaitable, errorOf } from './support/awaitable.js';

export type AnyEngine = Awaitable<VectorSearchEngine>;

/** Makes the engines under test. */
export interface EngineMaker {
  create(dim: number, metric?: Metric, options?: EngineOptions): AnyEngine | Promise<AnyEngine>;
  load(bytes: Uint8Array): AnyEngine | Promise<AnyEngine>;
}

const metrics: readonly Metric[] = ['cosine', 'euclidean', 'manhattan', 'dot'];

export function describeEngine(name: string, maker: EngineMaker): void {
  const opened: AnyEngine[] = [];
  const keep = (engine: AnyEngine) => {
    opened.push(engine);
    return engine;
  };
  const create = async (dim: number, metric?: Metric) => keep(await maker.create(dim, metric));
  const load = async (bytes: Uint8Array) => keep(await maker.load(bytes));

  /** An engine with four vectors of three values. */
  const createSmall = async () => {
    const engine = await create(3, 'euclidean');
    await engine.addBatch(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3));
    return engine;
  };

  describe(name, () => {
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((engine) => engine.dispose()));
    });

    describe('vectors', () => {
      it('have the dimension and metric they were opened with', async () => {
        const engine = await create(3, 'manhattan');
        expect([await engine.dim, await engine.metric, await engine.size]).toEqual([3, 'manhattan', 0]);
        expect(await (await create(3)).metric).toBe('cosine');
      });

      it('get ids from 0 on, one by one and in batches', async () => {
        const engine = await create(2);
        expect(await engine.add([1, 2])).toBe(0);
        expect(await engine.add(Float32Array.of(3, 4))).toBe(1);
        expect(await engine.addBatch(Float32Array.of(5, 6, 7, 8, 9, 10))).toBe(2);
        expect(await engine.addBatch(Float32Array.of(11, 12), 1)).toBe(5);
        expect(await engine.size).toBe(6);
      });

      it('come back as they were given, as copies', async () => {
        const engine = await create(2, 'cosine');
        await engine.add([3, 4]);
        const copy = await engine.get(0);
        expect(copy).toEqual(Float32Array.of(3, 4));
        copy.fill(0);
        expect(await engine.get(0)).toEqual(Float32Array.of(3, 4));
      });

      it('are read when the call is made', async () => {
        const engine = await create(2);
        const vector = Float32Array.of(1, 2);
        const id = engine.add(vector);
        vector.fill(9);
        expect(await engine.get(await id)).toEqual(Float32Array.of(1, 2));
        expect(vector).toEqual(Float32Array.of(9, 9));
      });

      it('may be a part of a larger array', async () => {
        const engine = await create(2);
        await engine.add(Float32Array.of(1, 2, 3, 4, 5, 6).subarray(2, 4));
        expect(await engine.get(0)).toEqual(Float32Array.of(3, 4));
      });

      it('are replaced under their id', async () => {
        const engine = await createSmall();
        await engine.update(1, [7, 7, 7]);
        expect(await engine.get(1)).toEqual(Float32Array.of(7, 7, 7));
        expect((await engine.search([7, 7, 7], 1)).get(0)).toEqual({ id: 1, score: 0, distance: 0 });
        expect(await engine.size).toBe(4);
      });

      it('are gone once removed', async () => {
        const engine = await createSmall();
        await engine.remove(2);
        expect([await engine.has(1), await engine.has(2), await engine.size]).toEqual([true, false, 3]);
        expect(await errorOf(() => engine.get(2))).toMatchObject({ code: 'NOT_FOUND', actual: 2 });
        expect([...(await engine.search([0, 2, 0], 10)).ids]).not.toContain(2);
      });

      it('keep their ids through removal, compaction, save and load, and ids are never used twice', async () => {
        const engine = await createSmall();
        await engine.remove(0);
        await engine.remove(3);
        await engine.compact();
        expect(await engine.get(2)).toEqual(Float32Array.of(0, 2, 0));
        const again = await load(await engine.save());
        expect(await again.get(2)).toEqual(Float32Array.of(0, 2, 0));
        expect(await again.add([5, 5, 5])).toBe(4);
        await again.clear();
        expect(await again.size).toBe(0);
        expect(await again.add([6, 6, 6])).toBe(5);
      });
    });

    describe('search', () => {
      it.each(metrics)('finds what a naive search finds, by %s', async (metric) => {
        const dim = 19;
        const flat = randomVectors(300, dim, 7);
        const queries = randomVectors(5, dim, 8);
        const engine = await create(dim, metric);
        await engine.addBatch(flat);
        const batch = await engine.searchBatch(queries, 12);
        for (const [position, results] of batch.entries()) {
          const query = rowOf(queries, dim, position);
          const expected = naiveSearch(metric, flat, query, 12);
          expect([...results.ids]).toEqual(expected.map(({ id }) => id));
          for (const [rank, { score }] of expected.entries())
            expect(results.scores[rank]).toBeCloseTo(score, 4);
          expect([...(await engine.search(query, 12)).ids]).toEqual([...results.ids]);
        }
      });

      it('tells scores and distances as the metric table says', async () => {
        const hitOf = async (metric: Metric) => {
          const engine = await create(2, metric);
          await engine.add([3, 4]);
          return (await engine.search([6, 8], 1)).get(0);
        };
        expect(await hitOf('euclidean')).toEqual({ id: 0, score: -5, distance: 5 });
        expect(await hitOf('manhattan')).toEqual({ id: 0, score: -7, distance: 7 });
        expect(await hitOf('dot')).toEqual({ id: 0, score: 50, distance: -50 });
        const cosine = await hitOf('cosine');
        expect(cosine.score).toBeCloseTo(1, 6);
        expect(cosine.distance).toBeCloseTo(0, 6);
      });

      it('returns results that can be counted, read, iterated, kept and written as JSON', async () => {
        const engine = await createSmall();
        const results = await engine.search([0, 0, 0], 2);
        expect(results).toBeInstanceOf(SearchResults);
        expect(results.count()).toBe(2);
        expect(results.get(1)).toEqual({ id: 1, score: -1, distance: 1 });
        expect([...results].map(({ id }) => id)).toEqual([0, 1]);
        expect(results.queryTime()).toBeGreaterThanOrEqual(0);
        expect(JSON.parse(JSON.stringify(results))).toEqual([
          { id: 0, score: 0, distance: 0 },
          { id: 1, score: -1, distance: 1 },
        ]);
        expect(results.ids).toBeInstanceOf(Uint32Array);
        expect(results.ids.buffer.byteLength).toBe(8);
      });

      it('returns 10 hits by default, and all there are where k is larger', async () => {
        const engine = await create(2);
        await engine.addBatch(randomVectors(12, 2));
        expect((await engine.search([1, 1])).count()).toBe(10);
        expect((await engine.search([1, 1], 500)).count()).toBe(12);
        expect(
          (await engine.searchBatch(Float32Array.of(1, 1, 0, 1))).map((results) => results.count()),
        ).toEqual([10, 10]);
      });

      it('has hits at whole numbers only', async () => {
        const results = await (await createSmall()).search([0, 0, 0], 2);
        for (const index of [2, -1, 0.5, 'length' as never, undefined as never]) {
          expect(await errorOf(() => results.get(index))).toMatchObject({ code: 'INVALID_ARGUMENT' });
        }
      });

      it('puts the smaller id first where distances are equal', async () => {
        const engine = await create(1, 'euclidean');
        await engine.addBatch(Float32Array.of(1, -1, 1, -1, 0));
        expect([...(await engine.search([0], 5)).ids]).toEqual([4, 0, 1, 2, 3]);
      });

      it('finds nothing in an empty engine, and for no queries', async () => {
        const engine = await create(2);
        expect((await engine.search([1, 1], 3)).count()).toBe(0);
        expect(await engine.searchBatch(new Float32Array(0), 3)).toEqual([]);
      });

      it.each([
        ['a set', new Set([1, 3, 99])],
        ['an array', [1, 3, 99]],
        ['a typed array', Uint32Array.of(1, 3, 99)],
        ['bits', { bits: Uint32Array.of(0b1010) }],
      ])('returns only ids that a filter allows, given as %s', async (_, filter) => {
        const engine = await createSmall();
        expect([...(await engine.search([0, 0, 0], 10, { filter })).ids]).toEqual([1, 3]);
        const [results] = await engine.searchBatch(new Float32Array(3), 10, { filter });
        expect([...(results?.ids ?? [])]).toEqual([1, 3]);
      });

      it('returns only hits above the score threshold', async () => {
        const engine = await createSmall();
        expect([...(await engine.search([0, 0, 0], 10, { scoreThreshold: -1.5 })).ids]).toEqual([0, 1]);
      });
    });

    describe('memory', () => {
      it('is told by stats', async () => {
        const engine = await createSmall();
        await engine.remove(1);
        const stats = await engine.stats();
        expect(stats).toMatchObject({
          size: 3,
          deleted: 1,
          dimension: 3,
          metric: 'euclidean',
          index: 'flat',
        });
        expect(['simd128', 'relaxed']).toContain(stats.variant);
        expect(stats.memoryBytes).toBe(stats.vectorBytes + stats.normBytes + stats.idBytes);
        await engine.compact();
        expect(await engine.stats()).toMatchObject({ size: 3, deleted: 0 });
      });

      it('is made ready by reserve, which tells how much it is', async () => {
        const engine = await create(8);
        const bytes = await engine.reserve(1000);
        expect(bytes).toBeGreaterThanOrEqual(1000 * 8 * 4);
        const { memoryBytes, capacity } = await engine.stats();
        expect(capacity).toBeGreaterThanOrEqual(1000);
        await engine.addBatch(randomVectors(1000, 8));
        expect(await engine.stats()).toMatchObject({ memoryBytes, capacity });
      });
    });

    describe('saved bytes', () => {
      it('hold the whole engine', async () => {
        const engine = await createSmall();
        const bytes = await engine.save();
        await engine.dispose();
        const again = await load(bytes);
        expect([await again.dim, await again.metric, await again.size]).toEqual([3, 'euclidean', 4]);
        expect([...(await again.search([0, 0, 0], 4)).ids]).toEqual([0, 1, 2, 3]);
      });

      it('are refused when damaged', async () => {
        const bytes = await (await createSmall()).save();
        const damaged = bytes.slice();
        damaged[damaged.length >> 1] = (damaged[damaged.length >> 1] ?? 0) ^ 1;
        expect(await errorOf(() => load(damaged))).toMatchObject({ code: 'CORRUPT_DATA' });
        expect(await errorOf(() => load(bytes.subarray(0, 9)))).toMatchObject({ code: 'CORRUPT_DATA' });
        for (const noBytes of ['text', Object.create(Uint8Array.prototype)]) {
          expect(await errorOf(() => load(noBytes as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
        }
      });

      it('are refused when a newer release has saved them', async () => {
        const bytes = await (await createSmall()).save();
        bytes[8] = 255; // the format version: src/persist/section_file.h
        expect(await errorOf(() => load(bytes))).toMatchObject({
          code: 'UNSUPPORTED_VERSION',
          expected: 1,
          actual: 255,
        });
      });
    });

    describe('long calls', () => {
      it('tell their progress up to the end', async () => {
        const engine = await create(4);
        for (const call of [
          (onProgress: (progress: object) => void) =>
            engine.addBatch(randomVectors(50, 4), 50, { onProgress }),
          (onProgress: (progress: object) => void) =>
            engine.searchBatch(randomVectors(50, 4), 3, { onProgress }),
        ]) {
          const reports: object[] = [];
          await call((progress) => reports.push(progress));
          expect(reports.at(-1)).toEqual({ done: 50, total: 50 });
        }
      });

      it('do nothing when their signal is aborted already', async () => {
        const engine = await createSmall();
        const signal = AbortSignal.abort(new Error('no longer wanted'));
        const add = () => engine.addBatch(new Float32Array(30), 10, { signal });
        expect(await errorOf(add)).toBe(signal.reason);
        expect(await errorOf(() => engine.searchBatch(new Float32Array(3), 1, { signal }))).toBe(
          signal.reason,
        );
        expect(await engine.size).toBe(4);
        expect(await engine.add([1, 1, 1])).toBe(4);
      });
    });

    describe('errors', () => {
      it.each<[string, string, (engine: AnyEngine) => unknown, object]>([
        [
          'a vector too long',
          'add',
          (e) => e.add([1, 2, 3, 4]),
          { code: 'DIMENSION_MISMATCH', expected: 3, actual: 4 },
        ],
        ['no vector', 'add', (e) => e.add('abc' as never), { code: 'INVALID_ARGUMENT' }],
        ['NaN', 'add', (e) => e.add([1, Number.NaN, 3]), { code: 'NOT_FINITE', actual: 1 }],
        [
          'a count that does not match',
          'addBatch',
          (e) => e.addBatch(new Float32Array(6), 3),
          { code: 'DIMENSION_MISMATCH' },
        ],
        ['part of a row', 'addBatch', (e) => e.addBatch(new Float32Array(7)), { code: 'DIMENSION_MISMATCH' }],
        [
          'infinity',
          'addBatch',
          (e) => e.addBatch(Float32Array.of(1, 1, 1, 1, 1, 1 / 0)),
          { code: 'NOT_FINITE', actual: 5 },
        ],
        ['an unknown id', 'get', (e) => e.get(77), { code: 'NOT_FOUND', actual: 77 }],
        ['an unknown id', 'update', (e) => e.update(77, [1, 1, 1]), { code: 'NOT_FOUND', actual: 77 }],
        ['an unknown id', 'remove', (e) => e.remove(77), { code: 'NOT_FOUND', actual: 77 }],
        ['an id that is none', 'has', (e) => e.has(-1), { code: 'INVALID_ARGUMENT' }],
        [
          'a query too short',
          'search',
          (e) => e.search([1, 2], 3),
          { code: 'DIMENSION_MISMATCH', expected: 3, actual: 2 },
        ],
        ['k of 0', 'search', (e) => e.search([1, 2, 3], 0), { code: 'INVALID_ARGUMENT' }],
        [
          'half a k',
          'searchBatch',
          (e) => e.searchBatch(new Float32Array(3), 1.5),
          { code: 'INVALID_ARGUMENT' },
        ],
        [
          'an unknown filter',
          'search',
          (e) => e.search([1, 2, 3], 1, { filter: 5 as never }),
          { code: 'INVALID_ARGUMENT' },
        ],
        [
          'options that are none',
          'search',
          (e) => e.search([1, 2, 3], 1, null as never),
          { code: 'INVALID_ARGUMENT' },
        ],
        [
          'a listener that is none',
          'addBatch',
          (e) => e.addBatch(new Float32Array(3), 1, { onProgress: 5 as never }),
          { code: 'INVALID_ARGUMENT' },
        ],
        [
          'a signal that is none',
          'searchBatch',
          (e) => e.searchBatch(new Float32Array(3), 1, { signal: {} as never }),
          { code: 'INVALID_ARGUMENT' },
        ],
        ['a negative count', 'reserve', (e) => e.reserve(-1), { code: 'INVALID_ARGUMENT' }],
      ])('%s in %s: told by code and numbers, and the engine is unchanged', async (_, __, call, expected) => {
        const engine = await createSmall();
        const before = await engine.save();
        const error = await errorOf(() => call(engine));
        expect(error).toBeInstanceOf(VectorSearchError);
        expect(error).toMatchObject(expected);
        expect(await engine.save()).toEqual(before);
      });

      it('tell the row of a vector without direction', async () => {
        const engine = await create(2, 'cosine');
        const call = () => engine.addBatch(Float32Array.of(1, 1, 0, 0));
        expect(await errorOf(call)).toMatchObject({ code: 'ZERO_VECTOR', actual: 1 });
        expect(await engine.size).toBe(0);
        expect(await errorOf(() => engine.search([0, 0], 1))).toMatchObject({ code: 'ZERO_VECTOR' });
      });

      it('say both numbers in the message', async () => {
        const engine = await createSmall();
        expect(await errorOf(() => engine.add([1]))).toMatchObject({
          message: 'Expected 3 dimensions, got 1',
        });
      });

      it('refuse to open what cannot be', async () => {
        expect(await errorOf(() => create(0))).toMatchObject({ code: 'INVALID_ARGUMENT' });
        expect(await errorOf(() => create(65_537))).toMatchObject({ code: 'INVALID_ARGUMENT' });
        expect(await errorOf(() => create(3, 'chebyshev' as Metric))).toMatchObject({
          code: 'INVALID_ARGUMENT',
        });
        const unknownIndex = () => maker.create(3, 'dot', { index: 'tree' as 'flat' });
        expect(await errorOf(unknownIndex)).toMatchObject({ code: 'INVALID_ARGUMENT' });
      });
    });

    describe('dispose', () => {
      it('ends the engine: every later call fails, disposing again does nothing', async () => {
        const engine = await createSmall();
        await engine.dispose();
        await engine.dispose();
        const calls = [
          () => engine.size,
          () => engine.add([1, 2, 3]),
          () => engine.addBatch(new Float32Array(3)),
          () => engine.get(0),
          () => engine.has(0),
          () => engine.update(0, [1, 2, 3]),
          () => engine.remove(0),
          () => engine.search([1, 2, 3], 1),
          () => engine.searchBatch(new Float32Array(3), 1),
          () => engine.reserve(5),
          () => engine.stats(),
          () => engine.compact(),
          () => engine.clear(),
          () => engine.save(),
        ];
        for (const call of calls) {
          const message = 'The engine has been disposed';
          expect(await errorOf(call), String(call)).toMatchObject({ code: 'DISPOSED', message });
        }
      });
    });
  });
}
