/**
The graphs that the benchmark compares.

@module
*/
import type { QuantizationOptions } from 'vicinal/worker';

export interface GraphKind {
  readonly name: string;
  /** What walks go by; `null`: the floats. */
  readonly quantization: QuantizationOptions | null;
}

export const graphKinds: readonly GraphKind[] = [
  { name: 'by 8 bits', quantization: { codec: 'scalar', bits: 8 } },
  { name: 'by floats', quantization: null },
];

/** From what ten hits need to where little more is found. */
export const efSearches = [10, 14, 20, 28, 40, 64, 128, 256] as const;
