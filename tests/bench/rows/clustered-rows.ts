/**
Seeded clusters of unit vectors: harder to tell apart than random ones, and the same on every machine.

@module
*/

const CLUSTERS = 200;
const SPREAD = 0.5; // of a row around its cluster's centre, both of unit length

/** What they are, for people. */
export const CLUSTERED_ROWS = `${CLUSTERS} seeded clusters, each row its cluster's centre (a random unit vector) plus ${SPREAD} times another random unit vector, scaled to unit length; queries drawn likewise, by another seed`;

/**
@param seed - Of the rows. The clusters are always the same.
@returns `[count x dim]`, row-major, unit length.
*/
export function clusteredRows(count: number, dim: number, seed: number): Float32Array {
  const centers = unitRows(CLUSTERS, dim, randomNumbers(1));
  const random = randomNumbers(seed);
  const rows = unitRows(count, dim, random);
  for (let row = 0; row < count; row++) {
    const center = Math.floor((random() + 0.5) * CLUSTERS) * dim;
    for (let i = 0; i < dim; i++) rows[row * dim + i] = centers[center + i]! + SPREAD * rows[row * dim + i]!;
  }
  return normalised(rows, dim);
}

/** Numbers in [-0.5, 0.5), the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  };
}

function unitRows(count: number, dim: number, random: () => number): Float32Array {
  const rows = new Float32Array(count * dim);
  for (let i = 0; i < rows.length; i++) rows[i] = random();
  return normalised(rows, dim);
}

/** Scales the rows themselves. */
export function normalised(rows: Float32Array, dim: number): Float32Array {
  for (let at = 0; at < rows.length; at += dim) {
    let squares = 0;
    for (let i = at; i < at + dim; i++) squares += rows[i]! ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let i = at; i < at + dim; i++) rows[i]! *= scale;
  }
  return rows;
}
