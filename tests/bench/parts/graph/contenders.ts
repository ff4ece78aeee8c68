/**
What is compared: this package's graph, by codes of 8 bits beside the floats unless its name tells otherwise, those of
other packages in pages, and native ones. All with the same M and efConstruction.

@module
*/
import type { QuantizationOptions } from 'vicinal';
import type { WantedGraph } from '../../measured/graphs/graphs.js';
import type { DataSet } from '../../rows/data-sets.js';
import type { NativeGraphName } from '../../runtimes/native-graph.js';

export const M = 16;
export const EF_CONSTRUCTION = 200;
const SEED = 1;

interface Named {
  readonly name: string;
}

/** Measured in Node and in pages. */
export interface InRuntime extends Named {
  readonly wanted: WantedGraph;
  /** Another package for pages: measured where others are. */
  readonly peer?: true;
  /** Another package, for Node alone: measured in the first Node. */
  readonly native?: true;
  /** The name of what it does by codes of its own. */
  readonly byCodes?: string;
}

/** Measured in a native program of its own. */
export interface Native extends Named {
  readonly nativeGraph: NativeGraphName;
}

export type Contender = InRuntime | Native;

export function contenders({ metric }: DataSet): Contender[] {
  const all = { metric, m: M, efConstruction: EF_CONSTRUCTION, seed: SEED };
  const vicinal = (name: string, quantization?: QuantizationOptions | null): InRuntime => ({
    name,
    wanted: { ...all, graph: 'vicinal', ...(quantization !== undefined && { quantization }) },
  });
  return [
    vicinal('vicinal'),
    vicinal('vicinal, floats', null),
    vicinal('vicinal, 4 bits', { codec: 'scalar', bits: 4 }),
    vicinal('vicinal, codes only', { codec: 'scalar', bits: 8, keepVectors: false }),
    { name: 'hnswlib-wasm', wanted: { ...all, graph: 'hnswlib-wasm' }, peer: true },
    { name: 'edgevec', wanted: { ...all, graph: 'edgevec' }, peer: true, byCodes: 'edgevec, sign bits' },
    { name: 'vicinal, native', nativeGraph: 'vicinal' },
    { name: 'vicinal, floats, native', nativeGraph: 'vicinal_floats' },
    { name: 'hnswlib, native', nativeGraph: 'hnswlib' },
    { name: 'usearch f32, native', wanted: { ...all, graph: 'usearch f32' }, native: true },
    { name: 'usearch f16, native', wanted: { ...all, graph: 'usearch f16' }, native: true },
  ];
}
