// Assembles the npm package in pkg/ from the built modules and the TypeScript sources.
//
//   node .scripts/package.mjs [--target all|web|bundler|nodejs] [--dev] [--build FOLDER] [--out FOLDER]
//
//   web/   vicinal_simd128.wasm and vicinal_relaxed.wasm, the two modules (of a development build: source-maps/ too);
//          index.js, worker.js and shared.js, which both import; vicinal-worker.js, the one self-contained worker
//          file; inline.js, worker-inline.js and inline-shared.js, which have a module and the worker within them
//   node/  the same scripts for Node, which read the modules from web/; vicinal-packed-module.js and
//          vicinal-worker-source.js, which stand in for files that a bundle for a server has left behind
//   types/ declarations of what the entries export
//   worker.js, inline.js, worker/inline.js: the entries for tools that do not read `exports`
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
import { bundle } from './package/bundles.mjs';
import { emitDeclarations } from './package/declarations.mjs';
import { fail } from './package/fail.mjs';
import { writeForwards } from './package/forwards.mjs';
import { manifest, variants } from './package/manifest.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const flavours = { all: ['web', 'node'], web: ['web'], bundler: ['web'], nodejs: ['node'] };

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

const web = join(out, 'web');
// Nothing of an earlier package may stay: whatever lies here is packed.
clearPackage();
mkdirSync(web, { recursive: true });
// First, so that the folder is known for a package also where packing is broken off.
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest(targets), null, 2)}\n`);
const glue = copyModules();
const module = join(web, 'vicinal_simd128.wasm');
for (const flavour of ['web', 'node']) {
  if (targets.includes(flavour)) await bundle(flavour, { root, out, glue, module, dev: options.dev });
}
emitDeclarations(root, join(out, 'types'));
writeForwards(out, targets[0]);
for (const file of ['README.md', 'LICENSE']) copyFileSync(join(root, file), join(out, file));
// What the README points to, and the licence of what is bundled into the worker.
mkdirSync(join(out, 'worker/collection'));
copyFileSync(join(root, 'worker/collection/qdrant.md'), join(out, 'worker/collection/qdrant.md'));
copyFileSync(join(root, 'node_modules/@orama/stemmers/LICENSE.md'), join(out, 'LICENSE-orama-stemmers.md'));
if (out === join(root, 'pkg')) linkByName();
report();

function clearPackage() {
  const nameOf = (file) => existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name;
  if (existsSync(out) && readdirSync(out).length > 0 && nameOf(join(out, 'package.json')) !== 'vicinal')
    fail(`${out} holds something else than a package of an earlier run`);
  rmSync(out, { recursive: true, force: true });
}

/** Copies both modules; returns the path of their glue, which is one file for both. */
function copyModules() {
  const paths = variants.map((variant) => {
    const folder = join(options.build, 'wasm', variant);
    const module = join(folder, 'vicinal.wasm');
    if (!existsSync(module)) fail(`${relative(root, module)} is not there: build the preset wasm first`);
    copyFileSync(module, join(web, `vicinal_${variant}.wasm`));
    const maps = join(web, 'source-maps', variant);
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

/** Lets the page and the tests of this repository import the package by its name. */
function linkByName() {
  const link = join(root, 'node_modules', 'vicinal');
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
