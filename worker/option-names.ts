/**
The names of the options that open an object in a worker.

@module
*/
import { engineNames, initNames, type NamesOf, storeNames } from '../bindings/api/option-names.js';
import type {
  LoadOptions,
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

export const workerEngineNames: NamesOf<NewEngineOptions & LoadOptions & WorkerPlacement> = {
  ...{ dim: true, metric: true },
  ...engineNames,
  ...loadNames,
  ...placementNames,
};

export const workerStoreNames: NamesOf<NewStoreOptions & LoadOptions & WorkerPlacement> = {
  dim: true,
  ...storeNames,
  ...loadNames,
  ...placementNames,
};

export const workerProcessorNames: NamesOf<WorkerBatchProcessorOptions> = {
  ...{ dim: true, batchSize: true },
  ...placementNames,
};
