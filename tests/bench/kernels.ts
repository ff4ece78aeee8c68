// Times every kernel of each WebAssembly variant beside native AVX2 and the read bound.
//
//   node kernels.mjs [--rows N] [--dim D] [--rounds N] [--only TEXT] [--json FILE] [BUILD_FOLDER...]
//
// A build folder holds bench_kernels.mjs (a WebAssembly variant) or bench_kernels_native; default: those of the
// presets wasm-simd128, wasm-relaxed and native-release, where they have been built. The rows are measured in
// short slices, all programs taking turns at each slice, so that what else the machine does falls on all of them;
// medians over slices and rounds are shown, scaled to all rows.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';

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

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** One WebAssembly variant. `time` gives the milliseconds of one kernel on some rows. */
async function openModule(file, rowCount, dim) {
  const { default: createModule } = await import(pathToFileURL(file));
  const module = await createModule();
  const kernels = new Map();
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
      module._bench_scan(kernels.get(kernel).index, firstRow, rows, inCache);
      return performance.now() - started;
    },
  };
}

/** The native program, spoken to a line at a time. */
function openNative(file) {
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
    close: () => child.stdin.end(),
  };
}

/** Calls every kernel, and leaves time for the engine to put optimised code in place. */
async function warmUp(modules) {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const module of modules) {
      for (const kernel of module.kernels.keys()) module.time(kernel, 0, SLICE_ROWS, true);
    }
    await sleep(OPTIMISE_MS);
  }
}

/** Medians of one kernel in one place: { bound, native, [form or variant]: milliseconds for all rows }. */
async function measure(kernel, inCache, { modules, native, rounds, rowCount }) {
  const { rowBytes, queries } = modules[0].kernels.get(kernel);
  const measuredRows = queries === 1 ? SLICE_ROWS : BLOCK_ROWS;
  const turns = modules.map((module) => [
    module.variant,
    (firstRow, rows) => module.time(kernel, firstRow, rows, inCache),
  ]);
  if (native) {
    const asked = [['bound', 'touch_f32', 'avx2']];
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
  const times = Object.fromEntries(turns.map(([who]) => [who, []]));
  for (let round = 0; round < rounds; round++) {
    for (let firstRow = 0; firstRow < rowCount; firstRow += SLICE_ROWS) {
      const rows = Math.min(measuredRows, rowCount - firstRow);
      for (const [who, turn] of turns) times[who].push(((await turn(firstRow, rows)) / rows) * rowCount);
      turns.push(turns.shift()); // none is always the first, which finds the caches as another process left them
    }
  }
  return Object.fromEntries(Object.entries(times).map(([who, values]) => [who, median(values)]));
}

function printTable(results, variants, { rowCount, dim }) {
  const number = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '');
  const columns = ['kernel', 'variant', 'memory ms', 'x native', 'x bound', 'cache ms', 'x native', 'Gop/s'];
  const rows = [];
  for (const { kernel, queries, memory, cache } of results) {
    for (const who of [...variants, ...Object.keys(NATIVE_FORMS)]) {
      if (memory[who] === undefined) continue;
      rows.push([
        kernel,
        who === 'native' ? 'native AVX2' : who,
        number(memory[who]),
        number(memory[who] / memory.native),
        number(memory[who] / memory.bound),
        number(cache[who]),
        number(cache[who] / cache.native),
        number((2 * queries * rowCount * dim) / cache[who] / 1e6, 1),
      ]);
    }
  }
  const widths = columns.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const line = (cells) =>
    cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ');
  console.log(line(columns));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(row));
}

/** The build folders of the presets that hold a kernel benchmark. */
function builtFolders() {
  const build = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../build');
  return ['wasm-simd128', 'wasm-relaxed', 'native-release']
    .map((preset) => path.join(build, preset))
    .filter((folder) => PROGRAMS.some((program) => existsSync(path.join(folder, program))));
}

/** Opens what the folders hold; a relaxed module is left out where the engine cannot run it. */
async function openAll(folders, rowCount, dim) {
  const modules = [];
  let native;
  for (const folder of folders) {
    const [module, program] = PROGRAMS.map((name) => path.resolve(folder, name));
    if (existsSync(module)) {
      try {
        modules.push(await openModule(module, rowCount, dim));
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
  if (modules.length === 0) throw new Error('no WebAssembly variant to measure: name its build folder');
  return { modules, native };
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
  const rowCount = Number(options.rows);
  const dim = Number(options.dim);
  const rounds = Number(options.rounds);
  const { modules, native } = await openAll(folders.length > 0 ? folders : builtFolders(), rowCount, dim);
  const variants = modules.map((module) => module.variant);
  console.log(
    `${cpus()[0].model}, Node ${process.version} (V8 ${process.versions.v8}), ${variants.join(' and ')}`,
  );
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
  await warmUp(modules);
  const results = [];
  for (const [kernel, { rowBytes, queries }] of modules[0].kernels) {
    if (!kernel.includes(options.only)) continue;
    const setting = { modules, native, rounds, rowCount };
    const memory = await measure(kernel, false, setting);
    const cache = await measure(kernel, true, setting);
    results.push({ kernel, rowBytes, queries, memory, cache });
  }
  native?.close();
  printTable(results, variants, { rowCount, dim });
  if (options.json) {
    const machine = { cpu: cpus()[0].model, node: process.version, v8: process.versions.v8 };
    writeFileSync(
      options.json,
      `${JSON.stringify({ machine, rowCount, dim, variants, results }, null, 2)}\n`,
    );
  }
}

await main();
