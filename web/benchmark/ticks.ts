/** Narrower than this an axis has room for two numbers only, in pixels. */
const NARROW = 120;

/** What an axis from 0 to `max` has numbers at: how many to choose, or, where it is narrow, 0 and a round one. */
export function axisTicks(max: number, width: number): number | readonly number[] {
  if (width >= NARROW) return Math.min(6, width / 60);
  const power = 10 ** Math.floor(Math.log10(max));
  const round = [5, 2, 1].map((factor) => factor * power).find((value) => value <= max);
  return round ? [0, round] : [0];
}

/** Narrower than this two numbers of a logarithmic axis would touch, in pixels. */
const LEAST_APART = 40;

/** What a logarithmic axis has numbers at: some of a few times powers of ten, as many as there is room for. */
export function decimalTicks(min: number, max: number, width: number): number[] {
  const decade = width / Math.log10(max / min);
  const hasRoom = (factor: number): boolean => decade * Math.log10(factor) >= LEAST_APART;
  const powers = ticksInside(min, max, [1]);
  if (hasRoom(2)) return ticksInside(min, max, [1, 2, 5]);
  return hasRoom(3) || powers.length < 2 ? ticksInside(min, max, [1, 3]) : powers;
}

function ticksInside(min: number, max: number, factors: readonly number[]): number[] {
  const ticks = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
    // Not by multiplication, which would tell 0.05 as 0.05000000000000001.
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks.filter((tick) => tick >= min && tick <= max);
}
