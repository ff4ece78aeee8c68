/** How the page writes numbers. */

const whole = new Intl.NumberFormat('en');
const twoDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

export function number(value: number): string {
  return whole.format(value);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Two digits are as many as a time measured once is worth. Some browsers' clocks tick in whole milliseconds. */
export function milliseconds(ms: number): string {
  return ms === 0 ? 'under 1 ms' : `${twoDigits.format(ms)} ms`;
}
