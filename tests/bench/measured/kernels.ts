/**
The kernels of one module by themselves (kernel_exports.cpp): the read bound and the best a tile of rows in cache gives.

@module
*/

interface KernelModule {
  _bench_kernel_count(): number;
  _bench_kernel_name(kernel: number): number;
  _bench_kernel_queries(kernel: number): number;
  _bench_prepare(rowCount: number, dim: number): void;
  _bench_scan(kernel: number, firstRow: number, rowCount: number, inCache: boolean): void;
  UTF8ToString(at: number): string;
}

// Enough for some forty milliseconds.
const TILE_ROWS = 64_000;

export interface Kernels {
  /** Milliseconds to read one byte of every cache line of all rows, a number of times over. */
  touch(): number;
  /** Reads one byte of every cache line of so many bytes, whole rows of floats, as `touch` does. */
  touchBytes(bytes: number): void;
  /** Operations a second of a tile kernel on rows in cache, two operations a value, in billions. */
  tileGops(kernel: string): number;
}

/**
@param address - Of `bench_kernels.mjs`.
*/
export async function openKernels(address: string, rowCount: number, dim: number): Promise<Kernels> {
  const { default: createModule } = (await import(address)) as { default: () => Promise<KernelModule> };
  const module = await createModule();
  module._bench_prepare(rowCount, dim);
  const kernels = new Map<string, number>();
  for (let kernel = 0; kernel < module._bench_kernel_count(); kernel++) {
    kernels.set(module.UTF8ToString(module._bench_kernel_name(kernel)), kernel);
  }
  const time = (kernel: number, rows: number, inCache: boolean) => {
    const started = performance.now();
    module._bench_scan(kernel, 0, rows, inCache);
    return performance.now() - started;
  };
  return {
    touch: () => time(kernels.get('touch_f32')!, rowCount, false),
    touchBytes: (bytes) => {
      const rows = Math.min(rowCount, Math.max(1, Math.round(bytes / (dim * 4))));
      module._bench_scan(kernels.get('touch_f32')!, 0, rows, false);
    },
    tileGops(name) {
      const kernel = kernels.get(name);
      if (kernel === undefined) throw new RangeError(`no kernel ${name}`);
      const operations = 2 * module._bench_kernel_queries(kernel) * TILE_ROWS * dim;
      return operations / time(kernel, TILE_ROWS, true) / 1e6;
    },
  };
}
