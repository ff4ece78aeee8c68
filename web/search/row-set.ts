/** Rows to search among, as a search takes them: bit `id % 32` of word `id / 32`. */
export interface RowSet {
  readonly bits: Uint32Array;
  readonly count: number;
}

export function rowSet(rowCount: number, includes: (id: number) => boolean): RowSet {
  const bits = new Uint32Array(Math.ceil(rowCount / 32));
  let count = 0;
  for (let id = 0; id < rowCount; id++) {
    if (!includes(id)) continue;
    const word = id >>> 5;
    bits[word] = (bits[word] ?? 0) | (1 << (id & 31));
    count++;
  }
  return { bits, count };
}
