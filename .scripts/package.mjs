// Assembles the npm package in pkg/ from the built modules and the TypeScript sources.
//
//   node .scripts/package.mjs [--target all|web|bundler|nodejs] [--dev] [--build FOLDER] [--out FOLDER]
//
//   vicinal_simd128.wasm, vicinal_relaxed.wasm   the two modules (of a development build: source-maps/ too)
//   web/   index.js, worker.js and the chunk they share; vicinal-worker.js, the one self-contained worker file
//   node/  the same for Node
//   types/ declarations, as tsc writes them
//
// Sources named *-web.ts speak to a browser; the bundle for Node has their *-node.ts neighbours in their place.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const variants = ['simd128', 'relaxed'];
const flavours = { all: ['web', 'node'], web: ['web'], bundler: ['web'], nodejs: ['node'] };

const nodeInPlaceOfWeb = {
  name: 'node-in-place-of-web',
  setup({ onResolve }) {
    onResolve({ filter: /-web\.js$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(/-web\.js$/, '-node.ts')),
    }));
  },
};

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', default: 'all' },
    dev: { type: 'boolean', default: false },
    build: { type: 'string', default: join(root, 'build') },
    out: { type: 'string', default: join(root, 'pkg') },
  },
});
const targets = flavours[options.target];
if (targets === undefined)
  fail(`--target is one of ${Object.keys(flavours).join(', ')}, not ${options.target}`);
const out = resolve(options.out);

mkdirSync(out, { recursive: true });
const glue = copyModules();
for (const flavour of ['web', 'node']) {
  rmSync(join(out, flavour), { recursive: true, force: true });
  if (targets.includes(flavour)) await bundle(flavour);
}
emitTypes();
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
for (const file of ['README.md', 'LICENSE']) copyFileSync(join(root, file), join(out, file));
if (out === join(root, 'pkg')) linkByName();
report();

/** Copies both modules; returns the path of their glue, which is one file for both. */
function copyModules() {
  const paths = variants.map((variant) => {
    const folder = join(options.build, `wasm-${variant}`);
    const module = join(folder, 'vicinal.wasm');
    if (!existsSync(module))
      fail(`${relative(root, module)} is not there: build the preset wasm-${variant} first`);
    copyFileSync(module, join(out, `vicinal_${variant}.wasm`));
    const maps = join(out, 'source-maps', variant);
    rmSync(maps, { recursive: true, force: true });
    if (options.dev && existsSync(`${module}.map`)) {
      mkdirSync(maps, { recursive: true });
      copyFileSync(`${module}.map`, join(maps, 'vicinal.wasm.map'));
    }
    return join(folder, 'vicinal.mjs');
  });
  const [first, second] = paths.map((path) => readFileSync(path, 'utf8'));
  if (first !== second)
    fail('the glue of the two modules differs, and the package has room for one: build both anew');
  return paths[0];
}

async function bundle(flavour) {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: flavour === 'node' ? 'node' : 'browser',
    outdir: join(out, flavour),
    sourcemap: true,
    // Node shows the line of an uncaught error, so lines stay short there.
    minify: flavour === 'web' && !options.dev,
    legalComments: 'none',
    define: { VICINAL_DEV: String(options.dev) },
    alias: { 'vicinal-glue': glue },
    plugins: flavour === 'node' ? [nodeInPlaceOfWeb] : [],
    logLevel: 'warning',
  };
  await build({
    ...shared,
    entryPoints: { index: 'bindings/api/index.ts', worker: 'worker/index.ts' },
    splitting: true,
    chunkNames: 'shared-[hash]',
  });
  await build({ ...shared, entryPoints: { 'vicinal-worker': 'worker/host-entry.ts' } });
}

function emitTypes() {
  const types = join(out, 'types');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const config = join(root, '.scripts', 'tsconfig.types.json');
  rmSync(types, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, [tsc, '-p', config, '--outDir', types], { cwd: root, stdio: 'pipe' });
  } catch (error) {
    fail(`the declarations cannot be written:\n${error.stdout}`);
  }
}

function manifest() {
  const entry = (name, types) => ({
    types: `./types/${types}`,
    ...(targets.includes('node') && { node: `./node/${name}.js` }),
    default: `./${targets.includes('web') ? 'web' : 'node'}/${name}.js`,
  });
  const files = Object.fromEntries(
    variants.map((variant) => [`./vicinal_${variant}.wasm`, `./vicinal_${variant}.wasm`]),
  );
  const { types: _, ...worker } = entry('vicinal-worker', '');
  return {
    name: 'vicinal',
    version: '0.1.0',
    description: 'Vector search in the page: C++ compiled to WebAssembly, typed, in a worker',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: ['./*/vicinal-worker.js'],
    exports: {
      '.': entry('index', 'bindings/api/index.d.ts'),
      './worker': entry('worker', 'worker/index.d.ts'),
      './vicinal-worker.js': worker,
      ...files,
      './package.json': './package.json',
    },
  };
}

/** Lets the page and the tests of this repository import the package by its name. */
function linkByName() {
  const link = join(root, 'node_modules', manifest().name);
  rmSync(link, { recursive: true, force: true });
  symlinkSync(relative(dirname(link), out), link, 'junction');
}

function report() {
  const files = readdirSync(out, { recursive: true }).filter((path) => /\.(wasm|js)$/.test(path));
  for (const path of files.sort()) {
    const bytes = readFileSync(join(out, path));
    const gzipped = gzipSync(bytes, { level: 9 }).length;
    console.log(`${path.padEnd(32)} ${kilobytes(bytes.length)} KB, gzipped ${kilobytes(gzipped)} KB`);
  }
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1).padStart(7);
}

function fail(message) {
  console.error(`package.mjs: ${message}`);
  process.exit(1);
}
