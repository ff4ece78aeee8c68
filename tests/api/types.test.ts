/** Types: what callers may write, and that the module's generated declarations are what the facade was written for. */
import init, {
  type BatchProcessor,
  CompressedVectorStore,
  type EngineStats,
  type ErrorCode,
  type InitOptions,
  type LongCallOptions,
  type PcaModel,
  type SearchHit,
  type SearchOptions,
  type SearchResults,
  type SparseIndex,
  VectorSearchEngine,
  type VectorSearchError,
  type VectorStatistics,
} from 'vicinal';
import { beforeAll, describe, expectTypeOf, it } from 'vitest';
import type { RawFunctions } from '../../bindings/api/raw-module.js';
import type { MainModule } from '../../build/wasm/simd128/vicinal.js';

beforeAll(() => init());

describe('the engine', () => {
  it('is made of a dimension, a metric and options', () => {
    expectTypeOf(VectorSearchEngine).toBeConstructibleWith(3);
    expectTypeOf(VectorSearchEngine).toBeConstructibleWith(3, 'manhattan');
    expectTypeOf(VectorSearchEngine).toBeConstructibleWith(3, 'dot', { index: 'flat' });
    // @ts-expect-error no such metric
    expectTypeOf(VectorSearchEngine).toBeConstructibleWith(3, 'hamming');
  });

  it('takes vectors as arrays of either kind', () => {
    expectTypeOf<VectorSearchEngine['add']>().toBeCallableWith([1, 2, 3]);
    expectTypeOf<VectorSearchEngine['add']>().toBeCallableWith(new Float32Array(3));
    // @ts-expect-error other typed arrays would be converted silently
    expectTypeOf<VectorSearchEngine['add']>().toBeCallableWith(new Float64Array(3));
  });

  it('takes filters in every form', () => {
    type Filter = NonNullable<SearchOptions['filter']>;
    expectTypeOf<Set<number>>().toExtend<Filter>();
    expectTypeOf<number[]>().toExtend<Filter>();
    expectTypeOf<Uint32Array>().toExtend<Filter>();
    expectTypeOf<{ bits: Uint32Array }>().toExtend<Filter>();
    expectTypeOf<string[]>().not.toExtend<Filter>();
  });

  it('returns results that iterate over hits', () => {
    expectTypeOf<VectorSearchEngine['search']>().returns.toEqualTypeOf<SearchResults>();
    expectTypeOf<VectorSearchEngine['searchBatch']>().returns.toEqualTypeOf<SearchResults[]>();
    expectTypeOf<SearchResults>().toExtend<Iterable<SearchHit>>();
    expectTypeOf<SearchResults['ids']>().toEqualTypeOf<Uint32Array>();
    expectTypeOf<VectorSearchEngine['stats']>().returns.toEqualTypeOf<EngineStats>();
  });

  it('is disposable', () => {
    expectTypeOf<VectorSearchEngine>().toExtend<Disposable>();
    expectTypeOf<CompressedVectorStore>().toExtend<Disposable>();
    expectTypeOf<SparseIndex>().toExtend<Disposable>();
  });

  it('keeps its inner steps to itself', () => {
    expectTypeOf<VectorSearchEngine>().not.toHaveProperty('addBatchSteps');
    expectTypeOf<CompressedVectorStore>().not.toHaveProperty('searchBatchSteps');
    expectTypeOf<BatchProcessor>().not.toHaveProperty('processSteps');
  });
});

describe('the store', () => {
  it('is made of a dimension, and bits or options', () => {
    expectTypeOf(CompressedVectorStore).toBeConstructibleWith(3);
    expectTypeOf(CompressedVectorStore).toBeConstructibleWith(3, 4);
    expectTypeOf(CompressedVectorStore).toBeConstructibleWith(3, {
      bits: 2,
      metric: 'dot',
      keepVectors: true,
    });
    // @ts-expect-error no such number of bits
    expectTypeOf(CompressedVectorStore).toBeConstructibleWith(3, 3);
  });

  it('is an engine', () => {
    expectTypeOf<CompressedVectorStore>().toExtend<VectorSearchEngine>();
    expectTypeOf<{ oversampling: number }>().toExtend<SearchOptions>();
  });
});

describe('the batch processor', () => {
  it('returns what the operation gives', () => {
    const process = (processor: BatchProcessor, rows: Float32Array) => ({
      normalized: processor.process(rows, 'normalize', { out: rows }),
      pooled: processor.process(rows, 'mean', { groupSize: 2, mask: new Uint8Array(2) }),
      weighted: processor.process(rows, 'weighted', { weights: new Float32Array(2) }),
      statistics: processor.process(rows, 'statistics'),
      model: processor.process(rows, 'pca', { components: 2 }),
      similarity: processor.process(rows, 'similarity', { metric: 'dot' }),
    });
    expectTypeOf(process).returns.toEqualTypeOf<{
      normalized: Float32Array;
      pooled: Float32Array;
      weighted: Float32Array;
      statistics: VectorStatistics;
      model: PcaModel;
      similarity: Float32Array;
    }>();
  });

  it('asks for what the operation needs', () => {
    const process = (processor: BatchProcessor, rows: Float32Array) => {
      // @ts-expect-error the weights are needed
      processor.process(rows, 'weighted');
      // @ts-expect-error the components are needed
      processor.process(rows, 'pca');
      // @ts-expect-error no such operation
      processor.process(rows, 'median');
    };
    expectTypeOf(process).returns.toBeVoid();
  });
});

describe('the package', () => {
  it('starts with or without options', () => {
    expectTypeOf(init).toBeCallableWith();
    expectTypeOf(init).returns.resolves.toBeVoid();
    expectTypeOf<{ wasmModule: ArrayBuffer }>().toExtend<InitOptions>();
    expectTypeOf<{ wasmModule: WebAssembly.Module; timeoutMs: number }>().toExtend<InitOptions>();
    expectTypeOf<{ wasmUrl: URL; variant: 'relaxed' }>().toExtend<InitOptions>();
  });

  it('names its errors by code', () => {
    expectTypeOf<VectorSearchError['code']>().toEqualTypeOf<ErrorCode>();
    expectTypeOf<'OUT_OF_MEMORY'>().toExtend<ErrorCode>();
    expectTypeOf<string>().not.toExtend<ErrorCode>();
  });

  it('stops long calls by signals', () => {
    expectTypeOf<{ signal: AbortSignal; onProgress: () => void }>().toExtend<LongCallOptions>();
  });
});

describe('the module', () => {
  it('exports, by its generated declarations, what the facade calls', () => {
    expectTypeOf<MainModule>().toExtend<RawFunctions>();
    expectTypeOf<MainModule['wasmMemory']>().toBeAny();
  });

  it('exports no function that the facade does not know', () => {
    // Views of memory, which the declarations name whether or not they are exported.
    type View = `HEAP${string}`;
    expectTypeOf<Exclude<keyof MainModule, View>>().toEqualTypeOf<keyof RawFunctions | 'wasmMemory'>();
  });
});
