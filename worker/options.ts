/**
Options of the worker client.

@module
*/
import type {
  CompiledModule,
  CompressedStoreOptions,
  EngineOptions,
  LongCallOptions,
  Metric,
  ModuleBytes,
  Variant,
} from '../bindings/api/types.js';
import type { WorkerHandle } from './client.js';
import type { WorkerLike } from './worker-like.js';

/** How a worker is started. */
export interface WorkerStartOptions {
  /** Where the `.wasm` file lies; relative to the page. Set `variant` too. Default: beside the worker file. */
  readonly wasmUrl?: string | URL | undefined;
  /**
  The module itself, compiled or as bytes: nothing is fetched then. One compiled module serves many workers. Set
  `variant` too.
  */
  readonly wasmModule?: CompiledModule | ModuleBytes | undefined;
  /** Default: `relaxed` where the engine has relaxed SIMD, else `simd128`. */
  readonly variant?: Variant | undefined;
  /** Where `vicinal-worker.js` lies; relative to the page. In Node: a path or a `file:` URL. Default: in the package. */
  readonly workerUrl?: string | URL | undefined;
  /**
  Makes the worker, in place of `workerUrl`: for pages whose policy or bundler asks for a way of their own. It must run
  `vicinal-worker.js` and belongs to the client from then on.
  */
  readonly workerFactory?: (() => WorkerLike) | undefined;
  /** Longest wait until the worker and its module are ready, in milliseconds. Default: `30000`. */
  readonly timeoutMs?: number | undefined;
  /** Stops the start: it rejects with the signal's reason, and the worker is ended. */
  readonly signal?: AbortSignal | undefined;
}

/** Where an object lives: in a worker of its own, started by these options, or in one that is shared. */
export interface WorkerPlacement extends WorkerStartOptions {
  /**
  A worker that runs already ({@link startWorker}, or `worker` of another object). Objects that share a worker share
  its one queue of calls and its 4 GB of memory. It outlives them: the caller disposes of it.
  */
  readonly worker?: WorkerHandle | undefined;
}

/** Bytes that `save` returned, to be opened again. */
export interface LoadOptions {
  /** What `save` returned, of an engine or a store. */
  readonly load: Uint8Array;
  /** Give the buffer of `load` away instead of copying it. Default: `false`. */
  readonly transfer?: boolean | undefined;
}

/** How an object that is not loaded is made. */
export interface NewObjectOptions {
  /** Values of every vector: 1 to 65,536. */
  readonly dim: number;
  /** Only for a saved object. */
  readonly load?: undefined;
}

/** How an engine that is not loaded is made. */
export interface NewEngineOptions extends NewObjectOptions, EngineOptions {
  /** How vectors are compared. Default: `cosine`. */
  readonly metric?: Metric | undefined;
}

/** A new engine, or a saved one. */
export type WorkerEngineOptions = WorkerPlacement & (NewEngineOptions | LoadOptions);

/** How a compressed store that is not loaded is made. */
export interface NewStoreOptions extends NewObjectOptions, CompressedStoreOptions {}

/** A new compressed store, or a saved one. */
export type WorkerStoreOptions = WorkerPlacement & (NewStoreOptions | LoadOptions);

/** A batch processor. */
export interface WorkerBatchProcessorOptions extends WorkerPlacement {
  /** Values of every vector: 1 to 65,536. */
  readonly dim: number;
  /** Rows of one step. Default: `1024`. */
  readonly batchSize?: number | undefined;
}

/** Options of every call. */
export interface CallOptions {
  /**
  Stops the call: at once where it still waits for its turn, between two steps where it runs. The promise rejects with
  the signal's reason. A call that changes something rejects only once it is sure that nothing was changed; where the
  stop comes too late, it resolves.
  */
  readonly signal?: AbortSignal | undefined;
}

/** Options of calls that send vectors. */
export interface SendOptions extends CallOptions {
  /**
  Give the buffer of the vectors away instead of copying it: it is empty from then on, whatever becomes of the call,
  and so is every other array on the same buffer. Default: `false`.
  */
  readonly transfer?: boolean | undefined;
}

/** Options of long calls that send vectors. `onProgress` is called at most about 20 times a second. */
export interface LongSendOptions extends SendOptions, LongCallOptions {}
