/**
The names of the options that open an object in a worker, and of those of its calls.

@module
*/
import {
  engineNames,
  initNames,
  longCallNames,
  type NamesOf,
  storeNames,
} from '../bindings/api/option-names.js';
import type {
  LoadOptions,
  LongSendOptions,
  NewEngineOptions,
  NewStoreOptions,
  WorkerBatchProcessorOptions,
  WorkerPlacement,
  WorkerStartOptions,
} from './options.js';

export const startNames: NamesOf<WorkerStartOptions> = {
  ...initNames,
  workerUrl: true,
  workerFactory: true,
  signal: true,
};

const placementNames: NamesOf<WorkerPlacement> = { ...startNames, worker: true };
const loadNames: NamesOf<LoadOptions> = { load: true, transfer: true };

export const newEngineNames = { dim: true, metric: true, ...engineNames } as const;

export const workerEngineNames: NamesOf<NewEngineOptions & LoadOptions & WorkerPlacement> = {
  ...newEngineNames,
  ...loadNames,
  ...placementNames,
};

export const newStoreNames = { dim: true, ...storeNames } as const;

export const workerStoreNames: NamesOf<NewStoreOptions & LoadOptions & WorkerPlacement> = {
  ...newStoreNames,
  ...loadNames,
  ...placementNames,
};

export const workerProcessorNames: NamesOf<WorkerBatchProcessorOptions> = {
  ...{ dim: true, batchSize: true },
  ...placementNames,
};

/** Options that concern a call itself. */
export const sendNames: NamesOf<LongSendOptions> = { ...longCallNames, transfer: true };
