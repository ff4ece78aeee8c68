/** Rows of a collection as they are kept in the page: compact, and decoded a slice at a time when an engine takes them. */
export interface Rows {
  readonly count: number;
  readonly dim: number;
  /** Some rows, `[count x dim]`: a new array, which may be given away. */
  slice(first: number, count: number): Float32Array<ArrayBuffer>;
}

/** Values of a slice. Decoding so many takes a millisecond or two, so that a frame has time for it. */
const SLICE_VALUES = 2 ** 18;

/** Takes rows, as the engines and stores of Vicinal do. */
interface RowTaker {
  addBatch(
    flat: Float32Array,
    count: number,
    options: { readonly transfer: true; readonly signal: AbortSignal },
  ): Promise<number>;
}

/**
Add all rows to an engine or a store, slice by slice.

@param onProgress - Called with the number of rows that are in.
@throws The signal's reason; the rows of the slices before are in then.
*/
export async function addRows(
  target: RowTaker,
  rows: Rows,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  const sliceRows = Math.max(1, Math.floor(SLICE_VALUES / rows.dim));
  for (let first = 0; first < rows.count; first += sliceRows) {
    const count = Math.min(sliceRows, rows.count - first);
    await target.addBatch(rows.slice(first, count), count, { transfer: true, signal });
    onProgress(first + count);
  }
}
