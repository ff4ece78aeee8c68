/** Three digits, so that alike times can be told apart. */
export function time(ms: number): string {
  return `${ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)} ms`;
}
