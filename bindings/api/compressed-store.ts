/**
The compressed vector store.

@module
*/
/// <reference lib="esnext.disposable" preserve="true" />
import { checkOptions } from './arguments.js';
import { invalidState } from './errors.js';
import { storeNames } from './option-names.js';
import { LoadedEngine, loadEngine, VectorSearchEngine } from './search-engine.js';
import type { CodeBits, CompressedStoreOptions, EngineOptions, Quantization } from './types.js';

/**
Vectors kept as short codes and searched by them: a {@link VectorSearchEngine} with quantization, that keeps no float
rows unless it is told to.
*/
export class CompressedVectorStore extends VectorSearchEngine {
  /**
  @param dim - Values of every vector: 1 to 65,536.
  @param options - Bits a value of scalar codes, or all options. Default: `8`.
  @throws {VectorSearchError} with code `NOT_INITIALIZED`, `INVALID_ARGUMENT` or `OUT_OF_MEMORY`.
  */
  constructor(dim: number, options?: CodeBits | CompressedStoreOptions);
  constructor(dim: number, options: CodeBits | CompressedStoreOptions | LoadedEngine = {}) {
    if (options instanceof LoadedEngine) {
      super(dim, options.metric, options as EngineOptions);
      if (this.stats().quantization === null) {
        this.dispose();
        throw invalidState('bytes of vectors kept in codes', 'floats only');
      }
      return;
    }
    const given = typeof options === 'object' && options !== null ? options : { bits: options };
    checkOptions(given, storeNames);
    const { metric, ...quantization } = given;
    super(dim, metric, { quantization: { keepVectors: false, ...quantization } });
  }

  /** Bits a code. */
  get bits(): CodeBits {
    return this.#quantization.bits;
  }

  /** Whether the float rows are kept too. */
  get keepVectors(): boolean {
    return this.#quantization.keepVectors;
  }

  /** Number of vectors, as `size`. */
  count(): number {
    return this.size;
  }

  /** Bytes that the store holds in all. */
  memoryUsage(): number {
    return this.stats().memoryBytes;
  }

  /** How many times smaller the store is than its vectors as floats; 0 when it is empty. */
  compressionRatio(): number {
    const { size, memoryBytes } = this.stats();
    return size === 0 ? 0 : (size * this.dim * 4) / memoryBytes;
  }

  /**
  A store from bytes that `save` returned, of a store or of an engine with quantization.

  @throws {VectorSearchError} with code `CORRUPT_DATA`, `UNSUPPORTED_VERSION`, `OUT_OF_MEMORY`, `INVALID_ARGUMENT` or
  `NOT_INITIALIZED`.
  */
  static override load(bytes: Uint8Array): CompressedVectorStore {
    const loaded = loadEngine(bytes);
    return new CompressedVectorStore(loaded.dim, loaded as CompressedStoreOptions);
  }

  get #quantization(): Quantization {
    return this.stats().quantization as Quantization;
  }
}
