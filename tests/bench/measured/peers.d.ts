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
  export interface HierarchicalNSW {
    initIndex(maxElements: number, m: number, efConstruction: number, seed: number): void;
    addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void;
    setEfSearch(ef: number): void;
    searchKnn(
      query: Float32Array,
      k: number,
      filter: undefined,
    ): { distances: number[]; neighbors: number[] };
    delete(): void;
  }
  export function loadHnswlib(): Promise<{
    readonly HEAPU8: Uint8Array;
    HierarchicalNSW: new (
      space: 'l2' | 'ip' | 'cosine',
      dim: number,
      autoSaveFile: string,
    ) => HierarchicalNSW;
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
    set m(links: number);
    set m0(links: number);
    set ef_construction(length: number);
    set ef_search(length: number);
    free(): void;
  }
  /** Ids count from 1. */
  interface Hit {
    readonly id: number;
  }
  export class EdgeVec {
    constructor(config: EdgeVecConfig);
    enableBQ(): void;
    /** To IndexedDB. */
    save(name: string): Promise<void>;
    insert(vector: Float32Array): number;
    insertWithMetadata(vector: Float32Array, metadata: Readonly<Record<string, unknown>>): number;
    /** Answers JSON: `{ results: Hit[] }`. `optionsJson`: `{ filter, strategy }`. */
    searchFiltered(query: Float32Array, k: number, optionsJson: string): string;
    insertBinary(bits: Uint8Array): number;
    searchBinary(bits: Uint8Array, k: number): Hit[];
    search(query: Float32Array, k: number): Hit[];
    searchBQ(query: Float32Array, k: number): Hit[];
    searchBQRescored(query: Float32Array, k: number, rescoreFactor: number): Hit[];
    memoryUsage(): number;
    free(): void;
  }
}

declare module '@orama/orama' {
  interface Orama {
    readonly schema: Readonly<Record<string, string>>;
  }
  /** By field: what is asked of its value. */
  export type Where = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  export function create(options: { schema: Readonly<Record<string, string>> }): Orama;
  export function insertMultiple(
    db: Orama,
    documents: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[],
  ): Promise<string[]> | string[];
  export function search(
    db: Orama,
    options: {
      readonly mode?: 'fulltext' | 'vector' | 'hybrid';
      readonly term?: string;
      readonly vector?: { readonly value: Float32Array; readonly property: string };
      /** Least cosine of what is found. */
      readonly similarity?: number;
      readonly limit?: number;
      readonly where?: Where;
      /** Only count. */
      readonly preflight?: boolean;
    },
  ): Promise<{ readonly count: number; readonly hits: readonly { readonly id: string }[] }>;
}

declare module 'usearch' {
  export class Index {
    constructor(options: {
      dimensions: number;
      metric: 'ip' | 'l2sq';
      quantization: 'f16' | 'f32';
      connectivity: number;
      expansion_add: number;
      expansion_search: number;
      multi: boolean;
    });
    add(keys: bigint | BigUint64Array, vectors: Float32Array, threads: number): void;
    search(query: Float32Array, k: number, threads: number): { readonly keys: BigUint64Array };
    save(path: string): void;
  }
}

declare module '@electric-sql/pglite' {
  export interface Extension {
    readonly name: string;
  }
  export class PGlite {
    static create(options: {
      readonly dataDir: string;
      readonly extensions: Readonly<Record<string, Extension>>;
    }): Promise<PGlite>;
    exec(sql: string): Promise<unknown>;
    query<Row>(sql: string, params?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
    close(): Promise<void>;
  }
}

declare module '@electric-sql/pglite-pgvector' {
  export const vector: import('@electric-sql/pglite').Extension;
}

declare module 'linkedom' {
  export function parseHTML(html: string): { document: Document };
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
