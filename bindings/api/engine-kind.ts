/**
What an engine is made as: its index, its codes, its graph; and how these cross into the module.

@module
*/
import { checkOptions } from './arguments.js';
import { invalidArgument } from './errors.js';
import { checkHnsw, hnswFromWords, hnswToWords, hnswWords } from './hnsw.js';
import { copyWords } from './module-arrays.js';
import type { ModuleRuntime } from './module-runtime.js';
import { engineNames } from './option-names.js';
import {
  checkQuantization,
  type EngineQuantization,
  fromWords,
  quantizationWords,
  toWords,
} from './quantization.js';
import { scratchBytes } from './scratch.js';
import type { Complete, EngineOptions, HnswOptions, IndexName, Metric } from './types.js';

/** In the order of their numbers in the module (src/engine/search_engine.h). */
const indexNames: readonly IndexName[] = ['flat', 'ivf', 'hnsw'];

/** Checked, with all defaults. */
export interface EngineKind {
  readonly index: IndexName;
  /** `null`: floats only. */
  readonly quantization: EngineQuantization | null;
  /** `null` for another index. */
  readonly hnsw: Complete<HnswOptions> | null;
}

/** An `EngineKind` as the module's functions take it: see raw-module.ts. */
export interface CrossedKind {
  readonly quantization: number;
  readonly index: number;
  readonly hnsw: number;
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkKind(options: EngineOptions, dim: number, metric: Metric): EngineKind {
  checkOptions(options, engineNames);
  const { index = 'flat' } = options;
  if (!indexNames.includes(index))
    throw invalidArgument(`the index to be one of ${indexNames.join(', ')}`, index);
  const hnsw = checkHnsw(options);
  const { quantization = defaultQuantization(index, metric) } = options;
  const checked = quantization === null ? null : checkQuantization(quantization, dim, metric, true);
  if (hnsw !== null && checked !== null) checkWalkable(checked, metric);
  return { index, quantization: checked, hnsw };
}

/** Walks by codes are faster than by floats, and the floats find the right order of what they meet. */
function defaultQuantization(index: IndexName, metric: Metric) {
  return index === 'hnsw' && metric !== 'manhattan' ? {} : null;
}

/** A graph is made of distances between codes, which only these have. */
function checkWalkable({ codec, bits }: EngineQuantization, metric: Metric): void {
  if (codec !== 'scalar' || bits < 4) {
    throw invalidArgument("scalar codes of 8 or 4 bits with the index 'hnsw'", `${codec}, ${bits}`);
  }
  if (metric === 'manhattan') {
    throw invalidArgument("a metric other than manhattan with codes and the index 'hnsw'", metric);
  }
}

/** Its words are the module's until the next use of the scratch memory. */
export function crossKind(runtime: ModuleRuntime, { index, quantization, hnsw }: EngineKind): CrossedKind {
  const scratch = runtime.scratch(scratchBytes(quantizationWords) + scratchBytes(hnswWords));
  return {
    quantization: quantization === null ? 0 : scratch.putWords(toWords(quantization)),
    index: indexNames.indexOf(index),
    hnsw: hnsw === null ? 0 : scratch.putWords(hnswToWords(hnsw)),
  };
}

/** What the engine at `address` was made as. */
export function kindOf(runtime: ModuleRuntime, address: number): EngineKind {
  const words = (at: number, count: number) => (at === 0 ? null : copyWords(runtime.memory, at, count));
  const quantization = words(
    runtime.call((raw) => raw.engineQuantization(address)),
    quantizationWords,
  );
  const hnsw = words(
    runtime.call((raw) => raw.engineHnsw(address)),
    hnswWords,
  );
  return {
    index: indexNames[runtime.call((raw) => raw.engineIndex(address))] as IndexName,
    quantization: quantization && fromWords(quantization),
    hnsw: hnsw && hnswFromWords(hnsw),
  };
}
