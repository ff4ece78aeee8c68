/**
Entry of the page: the browser's driver calls `callBench`.

@module
*/
import { Bench } from './bench.js';

const bench = new Bench({
  tfjsFolder: new URL('../tfjs/', location.href).href,
  edgevecModule: () => fetch('../edgevec/edgevec_bg.wasm'),
  workerUrl: import.meta.resolve('vicinal/vicinal-worker.js'),
  rawWorkerUrl: new URL('raw-worker.js', location.href).href,
});

Object.assign(globalThis, {
  async callBench(name: string, args: unknown[]) {
    try {
      return await (bench as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
    } catch (error) {
      // Packages throw objects of their own, of which a driver tells nothing.
      throw error instanceof Error
        ? error
        : new Error(String((error as Error | undefined)?.message ?? error));
    }
  },
});
