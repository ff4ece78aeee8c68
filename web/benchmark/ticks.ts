/** Narrower than this an axis has room for two numbers only, in pixels. */
const NARROW = 120;

/** What an axis from 0 to `max` has numbers at: how many to choose, or, where it is narrow, 0 and a round one. */
export function axisTicks(max: number, width: number): number | readonly number[] {
  if (width >= NARROW) return Math.min(6, width / 60);
  const power = 10 ** Math.floor(Math.log10(max));
  const round = [5, 2, 1].map((factor) => factor * power).find((value) => value <= max);
  return round ? [0, round] : [0];
}
