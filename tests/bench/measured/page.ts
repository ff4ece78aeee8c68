/**
Entry of the page: the browser's driver calls `callBench`.

@module
*/
import { Bench } from './bench.js';

const bench = new Bench({
  tfjsFolder: new URL('../tfjs/', location.href).href,
  edgevecModule: () => fetch('../edgevec/edgevec_bg.wasm'),
});

Object.assign(globalThis, {
  callBench: (name: string, args: unknown[]) =>
    (bench as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args),
});
