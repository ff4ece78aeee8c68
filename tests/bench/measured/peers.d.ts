// What is used of the packages that are compared with: they are installed apart (tests/bench/package.json), where the
// compiler does not see them.

declare module 'hnswlib-wasm' {
  export interface BruteforceSearch {
    initIndex(maxElements: number): void;
    addPoint(point: Float32Array, label: number): void;
    searchKnn(
      query: Float32Array,
      k: number,
      filter: undefined,
    ): { distances: number[]; neighbors: number[] };
    delete(): void;
  }
  export function loadHnswlib(): Promise<{
    BruteforceSearch: new (space: 'l2' | 'ip' | 'cosine', dim: number) => BruteforceSearch;
  }>;
}

declare module 'edgevec' {
  export default function init(options: {
    module_or_path: Promise<BufferSource | Response>;
  }): Promise<unknown>;
  export enum JsIndexType {
    Flat = 0,
    Hnsw = 1,
  }
  export enum VectorType {
    Binary = 1,
  }
  export class EdgeVecConfig {
    constructor(dimensions: number);
    indexType: JsIndexType;
    set metric(metric: 'l2' | 'hamming');
    set vector_type(type: VectorType);
    free(): void;
  }
  /** Ids count from 1. */
  interface Hit {
    readonly id: number;
  }
  export class EdgeVec {
    constructor(config: EdgeVecConfig);
    enableBQ(): void;
    insert(vector: Float32Array): number;
    insertBinary(bits: Uint8Array): number;
    searchBinary(bits: Uint8Array, k: number): Hit[];
    searchBQ(query: Float32Array, k: number): Hit[];
    searchBQRescored(query: Float32Array, k: number, rescoreFactor: number): Hit[];
    memoryUsage(): number;
    free(): void;
  }
}

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    dataSync(): Int32Array;
    dispose(): void;
  }
  export interface Tensor2D extends Tensor {
    readonly rank: 2;
  }
  export function env(): { set(flag: string, value: boolean): void };
  export function setBackend(name: string): Promise<boolean>;
  export function tidy<Result>(work: () => Result): Result;
  export function tensor2d(values: Float32Array, shape: [number, number]): Tensor2D;
  export function matMul(a: Tensor2D, b: Tensor2D, transposeA: boolean, transposeB: boolean): Tensor2D;
  export function topk(scores: Tensor2D, k: number): { values: Tensor; indices: Tensor };
}

declare module '@tensorflow/tfjs-backend-wasm' {
  export function setWasmPaths(folder: string): void;
}

declare module 'fake-indexeddb/auto';
