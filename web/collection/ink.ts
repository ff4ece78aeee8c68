/** How dark an image is, as a number that filters can ask for. */
import type { Images } from '../fashion.js';

/** Mean of the pixels, in percent of the darkest. */
export function inkOf({ pixels, dim }: Images, row: number): number {
  const sum = pixels.subarray(row * dim, (row + 1) * dim).reduce((total, pixel) => total + pixel, 0);
  return Math.round((100 * sum) / (255 * dim));
}
