/**
Times every kernel of each WebAssembly variant beside native AVX2 and the read bound.

    node build/bench/kernels.mjs [--rows N] [--dim D] [--rounds N] [--only TEXT] [--json FILE] [BUILD_FOLDER...]

A build folder holds bench_kernels.mjs (a WebAssembly variant) or bench_kernels_native; default:
wasm/simd128, wasm/relaxed and native-release, where they have been built. The rows are measured in short slices, all
programs taking turns at each slice, so that what else the machine does falls on all of them; medians over slices and
rounds are shown, scaled to all rows.

@module
*/
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { describe, machine } from './machine.js';
import { paths } from './paths.js';
import { type Cell, printTable } from './table.js';
import { median } from './turns.js';

// A module of one instruction, the relaxed multiply-add: engines without relaxed SIMD refuse it.
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
);
const PROGRAMS = ['bench_kernels.mjs', 'bench_kernels_native'];
const SLICE_ROWS = 2_080; // 13 blocks, some hundred microseconds: seldom interrupted
const BLOCK_ROWS = 160;
const WARM_UP_ROUNDS = 3;
const OPTIMISE_MS = 300;
// What the native program has: the forms of these kernels, as kernels_native.cpp tells, and their names here.
const NATIVE_KERNELS = new Set(['dot_f32', 'l2_squared_f32', 'l1_f32']);
const NATIVE_FORMS = { native: 'avx2', 'native, 128 bits': 'sse', 'native, row by row': 'avx2_by_row' };

interface KernelFacts {
  readonly index: number;
  readonly rowBytes: number;
  /** Queries of one call. */
  readonly queries: number;
}

interface Variant {
  readonly variant: string;
  readonly kernels: ReadonlyMap<string, KernelFacts>;
  /** Milliseconds of one kernel on some rows. */
  time(kernel: string, firstRow: number, rows: number, inCache: boolean): number;
}

interface Native {
  time(
    kernel: string,
    form: string,
    firstRow: number,
    rows: number,
    rowBytes: number,
    inCache: boolean,
  ): Promise<number>;
  close(): void;
}

interface Programs {
  readonly modules: readonly [Variant, ...Variant[]];
  readonly native: Native | undefined;
}

interface Sizes {
  readonly rowCount: number;
  readonly dim: number;
  readonly rounds: number;
}

/** Milliseconds for all rows: of `bound`, `native` and the other forms, and each variant. */
type Medians = Readonly<Record<string, number>>;

interface Result {
  readonly kernel: string;
  readonly rowBytes: number;
  readonly queries: number;
  readonly memory: Medians;
  readonly cache: Medians;
}

async function openModule(file: string, { rowCount, dim }: Sizes): Promise<Variant> {
  const { default: createModule } = await import(pathToFileURL(file).href);
  const module = await createModule();
  const kernels = new Map<string, KernelFacts>();
  for (let index = 0; index < module._bench_kernel_count(); index++) {
    kernels.set(module.UTF8ToString(module._bench_kernel_name(index)), {
      index,
      rowBytes: module._bench_kernel_row_bytes(index, dim),
      queries: module._bench_kernel_queries(index),
    });
  }
  module._bench_prepare(rowCount, dim);
  return {
    variant: module.UTF8ToString(module._bench_variant()),
    kernels,
    time(kernel, firstRow, rows, inCache) {
      const started = performance.now();
      module._bench_scan(kernels.get(kernel)!.index, firstRow, rows, inCache);
      return performance.now() - started;
    },
  };
}

/** The native program, spoken to a line at a time. */
function openNative(file: string): Native {
  const child = spawn(file, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async time(kernel, form, firstRow, rows, rowBytes, inCache) {
      child.stdin.write(
        `${kernel} ${form} ${firstRow} ${rows} ${rowBytes} ${inCache ? 'cache' : 'memory'}\n`,
      );
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended while timing ${kernel} (${form})`);
      return Number(value);
    },
    close() {
      child.stdin.end();
    },
  };
}

/** Calls every kernel, and leaves time for the engine to put optimised code in place. */
async function warmUp(modules: readonly Variant[]): Promise<void> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const module of modules) {
      for (const kernel of module.kernels.keys()) module.time(kernel, 0, SLICE_ROWS, true);
    }
    await sleep(OPTIMISE_MS);
  }
}

/** One kernel in one place. */
async function measure(
  kernel: string,
  inCache: boolean,
  { modules, native }: Programs,
  { rounds, rowCount }: Sizes,
): Promise<Medians> {
  const { rowBytes, queries } = modules[0].kernels.get(kernel)!;
  const measuredRows = queries === 1 ? SLICE_ROWS : BLOCK_ROWS;
  type Turn = readonly [who: string, take: (firstRow: number, rows: number) => number | Promise<number>];
  const turns: Turn[] = modules.map(
    (module) => [module.variant, (firstRow, rows) => module.time(kernel, firstRow, rows, inCache)] as const,
  );
  if (native) {
    const asked: [who: string, kernel: string, form: string][] = [['bound', 'touch_f32', 'avx2']];
    if (kernel === 'touch_f32') asked.push(['native', 'touch_f32', 'avx2']);
    if (NATIVE_KERNELS.has(kernel)) {
      for (const [who, form] of Object.entries(NATIVE_FORMS)) asked.push([who, kernel, form]);
    }
    // They share their rows: each works far from where another has just been, whose rows are still in a cache.
    const apart = Math.floor(rowCount / SLICE_ROWS / asked.length) * SLICE_ROWS;
    asked.forEach(([who, name, form], at) => {
      turns.push([
        who,
        (firstRow, rows) => {
          const first = (firstRow + at * apart) % rowCount;
          return native.time(name, form, Math.min(first, rowCount - rows), rows, rowBytes, inCache);
        },
      ]);
    });
  }
  const times = new Map<string, number[]>(turns.map(([who]) => [who, []]));
  for (let round = 0; round < rounds; round++) {
    for (let firstRow = 0; firstRow < rowCount; firstRow += SLICE_ROWS) {
      const rows = Math.min(measuredRows, rowCount - firstRow);
      for (const [who, turn] of turns) {
        times.get(who)!.push(((await turn(firstRow, rows)) / rows) * rowCount);
      }
      turns.push(turns.shift()!); // none is always the first, which finds the caches as another process left them
    }
  }
  return Object.fromEntries([...times].map(([who, values]) => [who, median(values)]));
}

function printResults(
  results: readonly Result[],
  variants: readonly string[],
  { rowCount, dim }: Sizes,
): void {
  const columns = ['kernel', 'variant', 'memory ms', 'x native', 'x bound', 'cache ms', 'x native', 'Gop/s'];
  const rows: Cell[][] = [];
  for (const { kernel, queries, memory, cache } of results) {
    const over = (medians: Medians, who: string, other: string) =>
      medians[other] === undefined ? undefined : medians[who]! / medians[other];
    for (const who of [...variants, ...Object.keys(NATIVE_FORMS)]) {
      if (memory[who] === undefined) continue;
      rows.push([
        kernel,
        who === 'native' ? 'native AVX2' : who,
        memory[who],
        over(memory, who, 'native'),
        over(memory, who, 'bound'),
        cache[who],
        over(cache, who, 'native'),
        (2 * queries * rowCount * dim) / cache[who]! / 1e6,
      ]);
    }
  }
  printTable(columns, [0, 0, 2, 2, 2, 2, 2, 1], rows);
}

/** The build folders that hold a kernel benchmark. */
function builtFolders(): string[] {
  return ['wasm/simd128', 'wasm/relaxed', 'native-release']
    .map((folder) => path.join(paths.build, folder))
    .filter((folder) => PROGRAMS.some((program) => existsSync(path.join(folder, program))));
}

/** Opens what the folders hold; a relaxed module is left out where the engine cannot run it. */
async function openAll(folders: readonly string[], sizes: Sizes): Promise<Programs> {
  const modules: Variant[] = [];
  let native: Native | undefined;
  for (const folder of folders) {
    const [module, program] = PROGRAMS.map((name) => path.resolve(folder, name)) as [string, string];
    if (existsSync(module)) {
      try {
        modules.push(await openModule(module, sizes));
      } catch (error) {
        if (WebAssembly.validate(RELAXED_PROBE) || !/CompileError/.test(String(error))) throw error;
        console.log(`Node ${process.version} has no relaxed SIMD: ${folder} is left out`);
      }
    } else if (existsSync(program)) {
      native = openNative(program);
    } else {
      throw new Error(
        `no kernel benchmark in ${folder}: build its target bench_kernels or bench_kernels_native`,
      );
    }
  }
  const [first, ...rest] = modules;
  if (!first) throw new Error('no WebAssembly variant to measure: name its build folder');
  return { modules: [first, ...rest], native };
}

async function main() {
  // Optimised code is what is measured: without this, a busy machine may still be compiling it (Node 22 and newer).
  if (WebAssembly.validate(RELAXED_PROBE)) setFlagsFromString('--wasm-sync-tier-up');
  const { values: options, positionals: folders } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '100000' },
      dim: { type: 'string', default: '768' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
    },
  });
  const sizes = {
    rowCount: Number(options.rows),
    dim: Number(options.dim),
    rounds: Number(options.rounds),
  };
  const { rowCount, dim } = sizes;
  const programs = await openAll(folders.length > 0 ? folders : builtFolders(), sizes);
  const variants = programs.modules.map((module) => module.variant);
  console.log(`${describe(machine())}, Node ${process.version} (V8 ${process.versions.v8})`);
  console.log(
    `Milliseconds for ${rowCount} rows of ${dim} values on one core, medians over slices of ${SLICE_ROWS}.`,
  );
  console.log('Memory: rows streamed from memory. Cache: one block of 160 rows. Tiles: 16 queries at once.');
  console.log('Bound: one byte read of every cache line, native. Gop/s: two operations a value, in cache.');
  console.log(
    'Native AVX2 reads rows as the WebAssembly kernels do, 256 bits at a time for their 128; then the',
  );
  console.log(
    'same with 128 bits, and the plain loop over one row after another, as libraries mostly have it.\n',
  );
  await warmUp(programs.modules);
  const results: Result[] = [];
  for (const [kernel, { rowBytes, queries }] of programs.modules[0].kernels) {
    if (!kernel.includes(options.only)) continue;
    const memory = await measure(kernel, false, programs, sizes);
    const cache = await measure(kernel, true, programs, sizes);
    results.push({ kernel, rowBytes, queries, memory, cache });
  }
  programs.native?.close();
  printResults(results, variants, sizes);
  if (options.json) {
    const facts = { ...machine(), node: process.version, v8: process.versions.v8 };
    writeFileSync(
      options.json,
      `${JSON.stringify({ machine: facts, rowCount, dim, variants, results }, null, 2)}\n`,
    );
  }
}

await main();
