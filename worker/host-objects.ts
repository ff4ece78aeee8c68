/**
The objects in the worker, and what each call of the protocol does to them.

@module
*/
import { BatchProcessor } from '../bindings/api/batch-processor.js';
import { CompressedVectorStore } from '../bindings/api/compressed-store.js';
import { VectorSearchError } from '../bindings/api/errors.js';
import init, { currentRuntime } from '../bindings/api/init.js';
import { performanceMetrics } from '../bindings/api/performance-metrics.js';
import { recommendSteps } from '../bindings/api/recommend-quantization.js';
import { VectorSearchEngine } from '../bindings/api/search-engine.js';
import type { SearchResults } from '../bindings/api/search-results.js';
import type { Steps } from '../bindings/api/steps.js';
import type { BatchOperation, BatchOptions, InitOptions, Variant } from '../bindings/api/types.js';
import { Restoration } from './collection/durable/restoration.js';
import { Shard } from './collection/shard.js';
import type { RestorationCalls, ShardCalls } from './collection/shard-protocol.js';
import { packResults } from './packed-results.js';
import type {
  EngineCalls,
  OpenedObject,
  OpenRequest,
  PackedResults,
  ProcessorCalls,
  SentBatchOptions,
  WorkerCalls,
} from './protocol.js';
import { removeStored } from './storage/storage.js';

export type HostObject = VectorSearchEngine | BatchProcessor | Shard | Restoration;

/** For each call of the protocol, how it is done on an object: at once, in steps, or by others. */
type CallTable<Target, Calls> = {
  readonly [Method in keyof Calls]: Calls[Method] extends (...args: infer Arguments) => infer Result
    ? (target: Target, ...args: Arguments) => Result | Steps<Result> | Promise<Result>
    : never;
};

const engineCalls: CallTable<VectorSearchEngine, EngineCalls> = {
  size: (engine) => engine.size,
  add: (engine, vector) => engine.add(vector),
  addBatch: (engine, flat, count) => engine.addBatchSteps(flat, count),
  get: (engine, id) => engine.get(id),
  has: (engine, id) => engine.has(id),
  update: (engine, id, vector) => engine.update(id, vector),
  remove: (engine, id) => engine.remove(id),
  search: (engine, query, k, options) => packResults([engine.search(query, k, options)]),
  searchBatch: (engine, queries, k, options) => packSteps(engine.searchBatchSteps(queries, k, options)),
  train: (engine, vectors, options) => engine.trainSteps(vectors, options),
  estimateRecall: (engine, queries, k, options) => engine.estimateRecallSteps(queries, k, options),
  reserve: (engine, count) => engine.reserve(count),
  stats: (engine) => engine.stats(),
  checkGraph: (engine) => engine.checkGraph(),
  calibrate: (engine, queries) => engine.calibrateSteps(queries),
  compact: (engine) => engine.compact(),
  clear: (engine) => engine.clear(),
  save: (engine) => engine.save(),
};

const processorCalls: CallTable<BatchProcessor, ProcessorCalls> = {
  process: (processor, vectors, operation, options) =>
    processor.processSteps(vectors, operation, batchOptions(options)),
  project: (processor, vectors, model) => processor.projectSteps(vectors, model),
};

const shardCalls: CallTable<Shard, ShardCalls> = {
  upsert: (shard, batch, ...flats) => thenReturn(shard.upsert(batch, flats), flats),
  updateVectors: (shard, batch, ...flats) => thenReturn(shard.updateVectors(batch, flats), flats),
  deleteVectors: (shard, names, points) => shard.deleteVectors(names, points),
  delete: (shard, points) => shard.delete(points),
  setPayload: (shard, payload, points, key) => shard.setPayload(payload, points, key),
  overwritePayload: (shard, payload, points) => shard.overwritePayload(payload, points),
  deletePayload: (shard, keys, points) => shard.deletePayload(keys, points),
  clearPayload: (shard, points) => shard.clearPayload(points),
  createPayloadIndex: (shard, key, schema) => shard.createPayloadIndex(key, schema),
  deletePayloadIndex: (shard, key) => shard.deletePayloadIndex(key),
  loadSome: (shard) => shard.loadSome(),
  indexSome: (shard, renews) => shard.indexSome(renews),
  optimize: (shard) => shard.optimize(),
  holdFiles: ({ stored }) => stored.holdFiles(),
  readFile: ({ stored }, hold, name, offset, size) => stored.readFile(hold, name, offset, size),
  releaseFiles: ({ stored }, hold) => stored.releaseFiles(hold),
  release: (shard) => shard.release(),
  verify: ({ stored }) => stored.verify(),
  checkpointSome: (shard, wanted) => shard.checkpointSome(wanted),
  rest: ({ stored }) => stored.rest(),
  search: (shard, request, queries) => shard.search(request, queries),
  statistics: (shard, using, target) => shard.statistics(using, target),
  retrieve: (shard, ids, returned) => shard.retrieve(ids, returned),
  vectorsOf: (shard, ids, using) => shard.vectorsOf(ids, using),
  missing: (shard, ids) => shard.missing(ids),
  scroll: (shard, request) => shard.scroll(request),
  ordered: (shard, orderBy, filter, limit) => shard.ordered(orderBy, filter, limit),
  count: (shard, filter) => shard.count(filter),
  facet: (shard, key, filter, limit) => shard.facet(key, filter, limit),
  info: (shard) => shard.info(),
  close: (shard) => shard.close(),
};

/** Those that change points: however many are asked for at once. */
const pointChanges: ReadonlySet<string> = new Set<keyof ShardCalls>([
  ...(['upsert', 'updateVectors', 'deleteVectors', 'delete'] as const),
  ...(['setPayload', 'overwritePayload', 'deletePayload', 'clearPayload'] as const),
]);

/** Long ones that leave all that is read as it is, between two of their steps. */
const letReadsIn: ReadonlySet<string> = new Set<keyof ShardCalls>([
  ...(['search', 'optimize', 'createPayloadIndex', 'info'] as const),
]);

/** Those that only read. */
const shardReads: ReadonlySet<string> = new Set<keyof ShardCalls>([
  ...(['search', 'statistics', 'retrieve', 'vectorsOf', 'missing', 'scroll'] as const),
  ...(['ordered', 'count', 'facet', 'info'] as const),
]);

const restorationCalls: CallTable<Restoration, RestorationCalls> = {
  write: (files, shard, name, offset, bytes) => files.write(shard, name, offset, bytes),
  finish: (files) => files.finish(),
  close: (files) => files.close(),
};

const workerCalls: CallTable<undefined, WorkerCalls> = {
  performanceMetrics: () => performanceMetrics(),
  removeStorage: (_, place) => removeStored(place),
  recommendQuantization: (_, sample, dim, options) => recommendSteps(sample, dim, options),
};

/** Loads the module; tells which one. */
export async function startModule(options: InitOptions): Promise<Variant> {
  await init(options);
  return currentRuntime().variant;
}

/** Why the module can no longer be used, or nothing where it can. */
export function trapMessage(): string | undefined {
  try {
    currentRuntime().call(() => undefined);
    return undefined;
  } catch (error) {
    return error instanceof VectorSearchError ? String(error.actual) : String(error);
  }
}

/** @throws {VectorSearchError} as the constructors and `load` do. */
export async function openObject(request: OpenRequest): Promise<{
  readonly object: HostObject;
  readonly opened: OpenedObject;
}> {
  if (request.kind === 'processor') {
    const processor = new BatchProcessor(request.dim, request.batchSize);
    return { object: processor, opened: { dim: processor.dim, batchSize: processor.batchSize } };
  }
  if (request.kind === 'shard') {
    const shard = await Shard.open(request.config);
    const { opened } = shard;
    return { object: shard, opened: { dim: 0, ...(opened !== undefined && { shard: opened }) } };
  }
  if (request.kind === 'restoration') return { object: await Restoration.open(request), opened: { dim: 0 } };
  const object = request.kind === 'engine' ? openEngine(request) : openStore(request);
  return { object, opened: { dim: object.dim, metric: object.metric } };
}

function openEngine(request: Extract<OpenRequest, { kind: 'engine' }>): VectorSearchEngine {
  if ('load' in request) return VectorSearchEngine.load(request.load);
  return new VectorSearchEngine(request.dim, request.metric, request.options);
}

function openStore(request: Extract<OpenRequest, { kind: 'store' }>): CompressedVectorStore {
  if ('load' in request) return CompressedVectorStore.load(request.load);
  return new CompressedVectorStore(request.dim, request.options);
}

/**
Does a call, or starts it where it is long: the result is a generator then.

@param object - Nothing for calls on the worker itself.
@throws {VectorSearchError} as the object's methods do.
*/
export function callObject(
  object: HostObject | undefined,
  method: string,
  args: readonly unknown[],
): unknown {
  const table = tableOf(object);
  const call = Object.hasOwn(table, method) ? table[method as keyof typeof table] : undefined;
  if (call === undefined)
    throw new VectorSearchError('INTERNAL', undefined, `the worker has no call ${method}`);
  return (call as (target: unknown, ...args: readonly unknown[]) => unknown)(object, ...args);
}

/** Whether changes of an object are to be made durable, by {@link settleObject}, before they are acknowledged. */
export function owesFlush(object: HostObject): boolean {
  return object instanceof Shard && object.owesFlush;
}

/** Whether a call is a change that may be made durable together with others. */
export function changesWithOthers(object: HostObject, method: string): boolean {
  return object instanceof Shard && pointChanges.has(method);
}

/** Whether a call of an object changes nothing. */
export function onlyReads(object: HostObject | undefined, method: string): boolean {
  return object instanceof Shard && shardReads.has(method);
}

/** Whether a call of an object may be answered between the steps of another, which changes nothing that it reads. */
export function readsWithin(object: HostObject | undefined, running: string, method: string): boolean {
  return letReadsIn.has(running) && onlyReads(object, method);
}

/** Resolves once what was done may be acknowledged; nothing where it may be at once. */
export function settleObject(object: HostObject | undefined): Promise<void> | undefined {
  return object instanceof Shard || object instanceof Restoration ? object.settle() : undefined;
}

/** What is to be called in place of an object, made anew; nothing where it is itself. */
export function openAgain(object: HostObject | undefined): Promise<HostObject> | undefined {
  return object instanceof Shard ? object.openAgain() : undefined;
}

export function disposeObject(object: HostObject): void {
  if (!(object instanceof BatchProcessor)) object.dispose();
}

function tableOf(object: HostObject | undefined): object {
  if (object instanceof VectorSearchEngine) return engineCalls;
  if (object instanceof Shard) return shardCalls;
  if (object instanceof Restoration) return restorationCalls;
  return object instanceof BatchProcessor ? processorCalls : workerCalls;
}

function* packSteps(steps: Steps<SearchResults[]>): Steps<PackedResults> {
  return packResults(yield* steps);
}

/**
Gives back the arrays that a call has brought, in the buffers that they came in, to be filled again: left to the garbage
collector, some megabytes a batch would have it run again and again.
*/
function* thenReturn(steps: Steps<unknown>, arrays: readonly Float32Array[]): Steps<readonly Float32Array[]> {
  yield* steps;
  return arrays;
}

/** The options as the processor takes them: with an array for `out`, whose length it checks. */
function batchOptions({ outLength, ...options }: SentBatchOptions): BatchOptions[BatchOperation] {
  return (
    outLength === undefined ? options : { ...options, out: new Float32Array(outLength) }
  ) as BatchOptions[BatchOperation];
}
