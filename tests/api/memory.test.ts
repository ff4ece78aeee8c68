/** The module's memory: nothing leaks, all 4 GB can be used, and running out of it ends nothing. */
import init, {
  BatchProcessor,
  CompressedVectorStore,
  onLog,
  performanceMetrics,
  VectorSearchEngine,
} from 'vicinal';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { randomVectors } from '../support/vectors.js';
import { errorOf } from './support/awaitable.js';
import { collectGarbage } from './support/collect-garbage.js';
import { freshPackage } from './support/fresh-package.js';

const gigabyte = 2 ** 30;

beforeAll(() => init());

describe('memory', () => {
  it('does not grow by 10,000 engines, stores and processors that are made, used and disposed', () => {
    const vectors = randomVectors(20, 16);
    const query = randomVectors(1, 16, 2);
    const cycle = () => {
      using engine = new VectorSearchEngine(16);
      engine.addBatch(vectors);
      engine.search(query, 5, { filter: [1, 2, 3] });
      using loaded = VectorSearchEngine.load(engine.save());
      loaded.remove(3);
      loaded.compact();
      using store = new CompressedVectorStore(16, { bits: 4, keepVectors: true });
      store.addBatch(vectors);
      store.search(query);
      const processor = new BatchProcessor(16);
      processor.process(vectors, 'statistics');
      processor.project(vectors, processor.process(vectors, 'pca', { components: 2 }));
    };
    for (let i = 0; i < 100; i++) cycle();
    const before = performanceMetrics();
    for (let i = 0; i < 10_000; i++) cycle();
    const after = performanceMetrics();
    expect(after.memoryBytes).toBe(before.memoryBytes);
    expect(after.peakMemoryBytes).toBe(before.peakMemoryBytes);
  });

  it('does not grow by calls that fail', async () => {
    using engine = new VectorSearchEngine(16);
    engine.addBatch(randomVectors(20, 16));
    const broken = randomVectors(20, 16);
    broken[300] = Number.NaN;
    const damaged = engine.save();
    damaged[damaged.length - 5] = ~(damaged[damaged.length - 5] as number);
    const processor = new BatchProcessor(16);
    const failures = [
      () => engine.add(broken.subarray(288, 304)),
      () => engine.addBatch(broken),
      () => engine.update(99, broken.subarray(0, 16)),
      () => engine.searchBatch(broken),
      () => VectorSearchEngine.load(damaged),
      () => new VectorSearchEngine(0),
      () => processor.process(broken, 'pca', { components: 2 }),
      () => processor.process(broken, 'statistics'),
      () => processor.process(broken, 'mean', { groupSize: 10 }),
    ];
    const failAll = async () => {
      for (const call of failures) expect(await errorOf(call)).toHaveProperty('code');
    };
    await failAll();
    const before = performanceMetrics().memoryBytes;
    for (let i = 0; i < 200; i++) await failAll();
    expect(performanceMetrics().memoryBytes).toBe(before);
  });

  it('comes back from engines that were forgotten instead of disposed', async () => {
    const entries: unknown[] = [];
    const stopListening = onLog((entry) => entries.push(entry));
    await collectGarbage();
    const before = performanceMetrics().memoryBytes;
    (() => {
      for (let i = 0; i < 50; i++) new VectorSearchEngine(64).addBatch(randomVectors(100, 64));
    })();
    expect(performanceMetrics().memoryBytes).toBeGreaterThan(before + 50 * 100 * 64 * 4);
    await vi.waitFor(
      async () => {
        await collectGarbage();
        expect(performanceMetrics().memoryBytes).toBeLessThan(before + 100 * 64 * 4);
      },
      { timeout: 20_000 },
    );
    expect(entries).toEqual([]);
    stopListening();
  });

  it('is told by performanceMetrics', async () => {
    const { default: start, performanceMetrics: metrics, VectorSearchEngine: Engine } = await freshPackage();
    const before = Date.now();
    await start();
    const { memoryBytes, peakMemoryBytes, timeOrigin } = metrics();
    expect(Math.abs(timeOrigin - before)).toBeLessThan(5000);
    expect(memoryBytes).toBeLessThanOrEqual(peakMemoryBytes);
    using engine = new Engine(1024);
    engine.addBatch(new Float32Array(1024 * 20_000).fill(1));
    expect(metrics().memoryBytes).toBeGreaterThan(memoryBytes + 1024 * 20_000 * 4);
    expect(metrics().peakMemoryBytes).toBeGreaterThan(peakMemoryBytes);
  });
});

describe('all 4 GB', () => {
  it('can be used, also above 2 GB; OUT_OF_MEMORY is where they end, and the engine answers on', async () => {
    const fresh = await freshPackage();
    await fresh.default();
    const dim = 1024;
    const rowsOf = (bytes: number) => Math.floor(bytes / (dim * 4));

    // Memory that is reserved and never written costs the machine little.
    const ballast = new fresh.VectorSearchEngine(dim, 'dot');
    ballast.reserve(rowsOf(2.5 * gigabyte));
    expect(fresh.performanceMetrics().memoryBytes).toBeGreaterThan(2.5 * gigabyte);

    // Everything from here on lies at addresses that do not fit a signed number.
    const engine = new fresh.VectorSearchEngine(dim, 'euclidean');
    const vectors = randomVectors(3000, dim);
    expect(engine.addBatch(vectors)).toBe(0);
    const checkEngine = (tested: typeof engine) => {
      expect(tested.search(vectors.subarray(7 * dim, 8 * dim), 1).get(0)).toEqual({
        id: 7,
        score: 0,
        distance: 0,
      });
      expect(tested.searchBatch(vectors.subarray(0, 40 * dim), 1).map(({ ids }) => ids[0])).toEqual([
        ...Array(40).keys(),
      ]);
      expect(tested.get(2999)).toEqual(vectors.slice(2999 * dim));
    };
    checkEngine(engine);
    const loaded = fresh.VectorSearchEngine.load(engine.save());
    checkEngine(loaded);
    loaded.dispose();
    const store = new fresh.CompressedVectorStore(dim, 8);
    store.addBatch(vectors);
    expect(store.search(vectors.subarray(0, dim), 1).ids[0]).toBe(0);
    store.dispose();
    const processor = new fresh.BatchProcessor(dim);
    const unit = processor.process(vectors, 'normalize').subarray(0, dim);
    expect(fresh.dotProduct(unit, unit)).toBeCloseTo(1, 5);
    expect(processor.process(vectors.subarray(0, dim), 'centroid')).toEqual(vectors.slice(0, dim));

    // The rest, down to less than the next batch needs.
    const filler = new fresh.VectorSearchEngine(dim, 'dot');
    let size = gigabyte;
    for (; size > 2 ** 20; size /= 2) {
      const rows = filler.stats().capacity + rowsOf(size);
      try {
        filler.reserve(rows);
      } catch (error) {
        expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
      }
    }
    expect(fresh.performanceMetrics().peakMemoryBytes).toBeGreaterThan(3.9 * gigabyte);
    const { size: sizeBefore } = engine;
    const large = new Float32Array(rowsOf(64 * 2 ** 20) * dim).fill(1);
    const failures = [
      () => engine.addBatch(large),
      () => engine.reserve(rowsOf(gigabyte)),
      () => fresh.normalizeVectors(large, dim),
      () => new fresh.VectorSearchEngine(65_536).reserve(1000),
    ];
    for (const call of failures) {
      const error = await errorOf(call);
      expect(error, String(call)).toMatchObject({ code: 'OUT_OF_MEMORY' });
      expect(error).toBeInstanceOf(fresh.VectorSearchError);
    }
    expect(engine.size).toBe(sizeBefore);
    checkEngine(engine);

    filler.dispose();
    expect(engine.addBatch(large)).toBe(sizeBefore);
    engine.dispose();
    ballast.dispose();
    expect(fresh.performanceMetrics().memoryBytes).toBeLessThan(0.1 * gigabyte);
  });

  it('are enough for many queries among many equal vectors', async () => {
    const fresh = await freshPackage();
    await fresh.default();
    using engine = new fresh.VectorSearchEngine(3, 'dot');
    engine.addBatch(new Float32Array(3 * 100_000).fill(1));
    const results = engine.searchBatch(new Float32Array(3 * 600).fill(1), 3);
    expect(results.every(({ ids }) => ids.join() === '0,1,2')).toBe(true);
    expect(fresh.performanceMetrics().peakMemoryBytes).toBeLessThan(0.2 * gigabyte);
  });

  it('are not taken by the hits of many queries, which leave the module step by step', async () => {
    const fresh = await freshPackage();
    await fresh.default();
    using engine = new fresh.VectorSearchEngine(2, 'dot');
    engine.addBatch(randomVectors(2000, 2));
    const results = engine.searchBatch(randomVectors(5000, 2, 3), 1000);
    expect(results.every((result) => result.count() === 1000)).toBe(true);
    expect(fresh.performanceMetrics().peakMemoryBytes).toBeLessThan(0.1 * gigabyte);
  });

  it('do not bound results: those that fit no array are OUT_OF_MEMORY too', async () => {
    const processor = new BatchProcessor(1);
    const vectors = new Float32Array(200_000).fill(1);
    expect(await errorOf(() => processor.process(vectors, 'similarity'))).toMatchObject({
      code: 'OUT_OF_MEMORY',
      actual: 4 * 200_000 ** 2,
    });
  });

  it('are not held by a reserve that failed', async () => {
    using engine = new VectorSearchEngine(1000, 'cosine');
    expect(await errorOf(() => engine.reserve(100_000_000))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(engine.stats().memoryBytes).toBe(0);
  });

  it('are the bound of what can be reserved', async () => {
    using engine = new VectorSearchEngine(65_536, 'dot');
    const rows = 100_000;
    expect(await errorOf(() => engine.reserve(rows))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(await errorOf(() => engine.reserve(2 ** 40))).toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      actual: 2 ** 40,
    });
    expect(VectorSearchEngine.bytesNeeded(rows, 65_536, 'dot')).toBeGreaterThan(rows * 65_536 * 4 - 1);
    expect(engine.stats().memoryBytes).toBeLessThan(1000);
  });
});
