/**
What one writes without a package: a loop in JavaScript over one array of unit rows, with four sums that do not wait for
one another, and an insertion into the k best. Cosine and inner product.

@module
*/
import type { OpenSearcher } from './searcher.js';

export const openPlainLoop: OpenSearcher = async ({ dim }) => {
  let rows: Float32Array = new Float32Array();
  return {
    addBatch(added) {
      rows = added;
    },
    search(query, k) {
      const ids = new Uint32Array(k);
      const scores = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
      for (let row = 0, start = 0; start < rows.length; row++, start += dim) {
        const score = dot(query, rows, start, dim);
        if (score > scores[k - 1]!) insert(ids, scores, row, score);
      }
      return ids;
    },
    dispose() {
      rows = new Float32Array();
    },
  };
};

function dot(query: Float32Array, rows: Float32Array, start: number, dim: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= dim; i += 4) {
    a += query[i]! * rows[start + i]!;
    b += query[i + 1]! * rows[start + i + 1]!;
    c += query[i + 2]! * rows[start + i + 2]!;
    d += query[i + 3]! * rows[start + i + 3]!;
  }
  for (; i < dim; i++) a += query[i]! * rows[start + i]!;
  return a + b + c + d;
}

/** Puts a row among the best, best first; the last falls out. */
function insert(ids: Uint32Array, scores: Float64Array, row: number, score: number): void {
  let at = ids.length - 1;
  for (; at > 0 && scores[at - 1]! < score; at--) {
    scores[at] = scores[at - 1]!;
    ids[at] = ids[at - 1]!;
  }
  scores[at] = score;
  ids[at] = row;
}
