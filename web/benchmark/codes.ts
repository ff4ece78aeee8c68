/**
The codes that the benchmark compares.

@module
*/
import type { CodecName, QuantizationOptions } from 'vicinal/worker';

export interface CodeKind {
  /** Short: it stands beside a dot. */
  readonly name: string;
  readonly family: CodecName;
  readonly quantization: QuantizationOptions;
}

export const codeKinds: readonly CodeKind[] = [
  { name: '8 bits', family: 'scalar', quantization: { codec: 'scalar', bits: 8 } },
  { name: '4 bits', family: 'scalar', quantization: { codec: 'scalar', bits: 4 } },
  { name: '2 bits', family: 'scalar', quantization: { codec: 'scalar', bits: 2 } },
  { name: '1 bit', family: 'scalar', quantization: { codec: 'scalar', bits: 1 } },
  { name: 'binary', family: 'binary', quantization: { codec: 'binary' } },
  { name: 'signs', family: 'binary', quantization: { codec: 'binary', rotation: false } },
  { name: 'PQ 8', family: 'product', quantization: { codec: 'product', bits: 8 } },
  { name: 'PQ 4', family: 'product', quantization: { codec: 'product', bits: 4 } },
];
