/**
What the application must find, by hand: see fixtures/app/fruit.js.

@module
*/
export interface Answer {
  readonly variant: string;
  readonly hits: readonly { readonly name: string; readonly score: number }[];
}

const hits = [
  { name: 'apple', score: 0.994 },
  { name: 'pear', score: 0.963 },
];

/** By the module that engines with relaxed SIMD get, as Chromium. */
export const byRelaxed: Answer = { variant: 'relaxed', hits };
/** By the module that every engine runs, which is the embedded one. */
export const bySimd128: Answer = { variant: 'simd128', hits };

export interface PageReport {
  readonly page?: Answer | string;
  readonly worker: Answer | string;
}
