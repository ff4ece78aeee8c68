/** Functions on vectors, beside sums in double precision. */
import fc from 'fast-check';
import init, {
  cosineSimilarity,
  cosineSimilarityBatch,
  dotProduct,
  dotProductBatch,
  euclideanDistance,
  euclideanDistanceBatch,
  manhattanDistance,
  manhattanDistanceBatch,
  normalizeVector,
  normalizeVectors,
  type VectorInput,
} from 'vicinal';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => init());

const maxFloat = 3.4028234663852886e38;

interface Functions {
  readonly ofPair: (a: VectorInput, b: VectorInput) => number;
  readonly ofRows: (query: VectorInput, flat: Float32Array) => Float32Array;
  /** In double precision. */
  readonly exact: (a: ArrayLike<number>, b: ArrayLike<number>) => number;
  /** What errors of float32 sums are a share of. */
  readonly magnitude: (a: ArrayLike<number>, b: ArrayLike<number>) => number;
}

function sum(a: ArrayLike<number>, b: ArrayLike<number>, of: (a: number, b: number) => number): number {
  return Array.from(a).reduce((total, value, i) => total + of(value, b[i] as number), 0);
}

const dot: Functions['exact'] = (a, b) => sum(a, b, (x, y) => x * y);
const absoluteDot: Functions['exact'] = (a, b) => sum(a, b, (x, y) => Math.abs(x * y));
const l1: Functions['exact'] = (a, b) => sum(a, b, (x, y) => Math.abs(x - y));
const l2: Functions['exact'] = (a, b) => Math.sqrt(sum(a, b, (x, y) => (x - y) ** 2));

const functions: Readonly<Record<string, Functions>> = {
  'dot product': { ofPair: dotProduct, ofRows: dotProductBatch, exact: dot, magnitude: absoluteDot },
  'cosine similarity': {
    ofPair: cosineSimilarity,
    ofRows: cosineSimilarityBatch,
    exact: (a, b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
    magnitude: () => 1,
  },
  'L2 distance': { ofPair: euclideanDistance, ofRows: euclideanDistanceBatch, exact: l2, magnitude: l2 },
  'L1 distance': { ofPair: manhattanDistance, ofRows: manhattanDistanceBatch, exact: l1, magnitude: l1 },
};

/** A vector's length, and how large its values are: up to where their squares leave float32. */
const shapes = fc.record({
  dim: fc.integer({ min: 1, max: 300 }),
  count: fc.integer({ min: 0, max: 9 }),
  exponent: fc.integer({ min: -30, max: 30 }),
});

const rowsOf = (count: number, dim: number, exponent: number) =>
  fc
    .array(fc.integer({ min: -99_999, max: 99_999 }), {
      minLength: count * dim,
      maxLength: count * dim,
    })
    .map((values) => Float32Array.from(values, (value) => ((value || 1) / 99_999) * 10 ** exponent));

describe.each(Object.entries(functions))('the %s', (name, { ofPair, ofRows, exact, magnitude }) => {
  it('is what sums in double precision are, of pairs and of many', () => {
    const given = shapes.chain(({ dim, count, exponent }) =>
      fc.tuple(fc.constant(dim), rowsOf(1, dim, exponent), rowsOf(count, dim, exponent)),
    );
    fc.assert(
      fc.property(given, ([dim, query, flat]) => {
        const many = ofRows(query, flat);
        expect(many.length).toBe(flat.length / dim);
        for (const [row, value] of many.entries()) {
          const vector = flat.subarray(row * dim, (row + 1) * dim);
          const wanted = Math.max(-maxFloat, Math.min(maxFloat, exact(query, vector)));
          const error = dim * 2 ** -23 * magnitude(query, vector) + 2 ** -126;
          for (const found of [value, ofPair(query, vector), ofPair([...query], [...vector])])
            if (!(Math.abs(found - wanted) <= error))
              throw new Error(`${name} of ${dim} values: ${found}, and not ${wanted}`);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('of vectors at the ends of float32 is a number', () => {
    for (const end of [maxFloat, 1e-38, 1e-45])
      for (const dim of [1, 3, 16, 65]) {
        const [a, b] = [new Float32Array(dim).fill(end), new Float32Array(dim).fill(-end)];
        const wanted = Math.max(-maxFloat, Math.min(maxFloat, exact(a, b)));
        for (const found of [ofPair(a, b), ...ofRows(a, b)])
          expect(Math.abs(found - wanted), `${name}, ${end}, ${dim}: ${found}`).toBeLessThanOrEqual(
            Math.abs(wanted) * 1e-5 + 2 ** -126,
          );
      }
  });
});

describe('normalizing', () => {
  it('gives vectors of length 1 in the same direction', () => {
    const given = shapes.chain(({ dim, count, exponent }) =>
      fc.tuple(fc.constant(dim), rowsOf(count, dim, exponent)),
    );
    fc.assert(
      fc.property(given, ([dim, flat]) => {
        const before = flat.slice();
        const made = normalizeVectors(flat, dim);
        expect(flat).toEqual(before);
        for (let row = 0; row * dim < flat.length; row++) {
          const [from, to] = [flat, made].map((all) => all.subarray(row * dim, (row + 1) * dim)) as [
            Float32Array,
            Float32Array,
          ];
          expect(normalizeVector(from)).toEqual(to);
          const length = Math.sqrt(dot(from, from));
          for (const [i, value] of to.entries())
            expect(Math.abs(value - (from[i] as number) / length)).toBeLessThan(1e-6);
        }
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});
