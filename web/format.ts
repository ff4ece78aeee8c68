/** How the page writes numbers. A number and its unit stay on one line. */

const whole = new Intl.NumberFormat('en');
const twoDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

export function number(value: number): string {
  return whole.format(Math.round(value));
}

export function bytes(value: number): string {
  if (value === 0) return 'none';
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}\u00a0GB`;
  return value < 100_000 ? `${(value / 1e3).toFixed(1)}\u00a0KB` : `${(value / 1e6).toFixed(1)}\u00a0MB`;
}

/** Two digits are as many as a time measured once is worth. Some browsers' clocks tick in whole milliseconds. */
export function milliseconds(ms: number): string {
  return ms === 0 ? 'under\u00a01\u00a0ms' : `${ms < 100 ? twoDigits.format(ms) : number(ms)}\u00a0ms`;
}

/** One thing, or several: `1 passage`, `3 passages`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
