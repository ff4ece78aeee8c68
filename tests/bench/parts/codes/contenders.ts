/**
What is compared: each kind of codes, and the other package that searches by codes in a page.

@module
*/
import type { QuantizationOptions } from 'vicinal';
import type { Wanted } from '../../measured/bench.js';
import type { DataSet } from '../../rows/data-sets.js';

export interface Contender {
  readonly name: string;
  readonly wanted: Wanted;
  /** It can rescore by the floats. */
  readonly rescores: boolean;
  /** It reads only some of the codes: no bound is told. */
  readonly isGraph?: true;
  /** Another package, measured where others are. */
  readonly peer?: true;
  /** The figure of Faiss to compare with, in tests/data/faiss_codes.json. */
  readonly faiss?: string;
}

/** Its graph of 10,000 rows takes edgevec half a minute to build, of 100,000 five. */
const MOST_GRAPH_ROWS = 5_000;

export function contenders({ dim, metric, rowCount }: DataSet): Contender[] {
  const vicinal = (name: string, quantization: QuantizationOptions, faiss?: string): Contender => ({
    name,
    wanted: { searcher: 'vicinal', metric, quantization },
    rescores: true,
    ...(faiss && { faiss }),
  });
  const product = (bits: 8 | 4, values: 8 | 4, rotation = false): Contender => {
    const segments = Math.ceil(dim / values);
    const name = `product, ${bits} bits for ${values} values${rotation ? ', rotated' : ''}`;
    const faiss = rotation ? undefined : `PQ${segments}x${bits}`;
    return vicinal(name, { codec: 'product', bits, segments, rotation }, faiss);
  };
  const edgevecScan: Contender = {
    name: 'edgevec, sign bits',
    wanted: { searcher: 'edgevec scan', metric },
    rescores: false,
    peer: true,
  };
  const edgevecGraph: Contender = {
    name: 'edgevec, sign bits, graph',
    wanted: { searcher: 'edgevec graph', metric },
    rescores: true,
    isGraph: true,
    peer: true,
  };
  return [
    vicinal('scalar, 8 bits', { codec: 'scalar', bits: 8 }, 'SQ8'),
    vicinal('scalar, 4 bits', { codec: 'scalar', bits: 4 }, 'SQ4'),
    vicinal('scalar, 2 bits', { codec: 'scalar', bits: 2 }),
    vicinal('scalar, 1 bit', { codec: 'scalar', bits: 1 }),
    vicinal(
      'scalar, 8 bits, one grid',
      { codec: 'scalar', bits: 8, quantile: 0.99 },
      'SQ8 uniform, quantile 0.99',
    ),
    vicinal('binary', { codec: 'binary' }, 'RaBitQ'),
    vicinal('binary, sign bits', { codec: 'binary', rotation: false }, 'sign bits'),
    product(8, 8),
    product(4, 4),
    product(4, 8),
    product(4, 8, true),
    edgevecScan,
    ...(rowCount <= MOST_GRAPH_ROWS ? [edgevecGraph] : []),
  ];
}
